// The change feed of a profile, as JSON or as server-sent events.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import type { ChangeFeedBroadcaster } from '../src/changes/change-feed-broadcaster.js'
import type { ChangeReader, FeedCursor } from '../src/changes/read-changes.js'
import { fail, notFound } from '../src/errors.js'
import { createRequestLocaliser, type ContentLanguageDeps } from '../src/http/content-language.js'
import { openEventStream, type EventStream } from '../src/http/server-sent-events.js'
import { callerOf, profileOf, profileRef } from '../src/plugins/auth.js'
import { Changes } from '../src/schemas/changes.js'
import { Cursor, describe, ref, responses, strict } from '../src/schemas/common.js'
import { ProfileParams } from '../src/schemas/params.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toChanges } from '../src/views/cards.js'

const EVENT_STREAM = 'text/event-stream'
const JSON_TYPE = 'application/json'
const ChangesQuery = strict({
  since: Type.Optional(describe(Cursor, 'cursor of the previous response; omitted: the feed starts now')),
})
const ChangesHeaders = Type.Object({
  'last-event-id': Type.Optional(Type.String({ maxLength: 600, description: 'ID of the last event received' })),
})

export interface ChangesRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly changeReader: ChangeReader
  readonly changeFeeds: ChangeFeedBroadcaster
  readonly cursors: CursorCodec
}

const changes: FastifyPluginAsyncTypebox<ChangesRouteOptions> = async (app, deps) => {
  const { access, changeReader, changeFeeds, cursors } = deps

  app.get('/profiles/:profileId/changes', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'List changes for the profile since a cursor',
      description:
        'Changes of progress, wishlist and ratings, and of the catalogue that the profile can see. With `Accept: ' +
        'text/event-stream` the response stays open and sends events named `changes`: `data` has `items` and ' +
        '`reset`, `id` is the cursor. `Last-Event-ID` works like `since`.',
      operationId: 'listChanges',
      params: ProfileParams,
      querystring: ChangesQuery,
      headers: ChangesHeaders,
      response: responses({
        200: { content: { [JSON_TYPE]: { schema: ref(Changes) }, [EVENT_STREAM]: { schema: Type.String() } } },
      }),
    },
  }, async (request, reply) => {
    const wantsEvents = new Negotiator(request.raw).mediaType([JSON_TYPE, EVENT_STREAM]) === EVENT_STREAM
    const cursor = (wantsEvents ? request.headers['last-event-id'] : undefined) ?? request.query.since
    const since = cursors.decode<FeedCursor>(cursor, scopeOf(request))
    reply.header('vary', 'Accept, Accept-Language, Authorization, Origin')
    if (wantsEvents) return await sendEvents(request, reply, since)
    const { body } = await readPage(request, since)
    return await reply.type(`${JSON_TYPE}; charset=utf-8`).header('cache-control', 'private, no-store').send(body)
  })

  function scopeOf (request: FastifyRequest): string[] {
    return ['changes', profileOf(request).id]
  }

  /** Reads the profile each time: its maturity limits may change while a feed is open. */
  async function readPage (request: FastifyRequest, since: FeedCursor | null) {
    const owner = profileRef(request)
    const scope = await access.findProfile(owner.account, owner.profile) ?? fail(notFound('profile'))
    const page = await changeReader.read(owner, scope, since)
    const cursor = cursors.encode(page.cursor, scopeOf(request))
    return { cursor: page.cursor, body: toChanges(page, cursor, createRequestLocaliser(deps, request)) }
  }

  /** Sends changes until either side closes the stream. Notifications during a read cause one more read. */
  async function sendEvents (request: FastifyRequest, reply: FastifyReply, since: FeedCursor | null) {
    let cursor = since
    let isReading = false
    let isNotified = false
    let unsubscribe = (): void => undefined
    const stream: EventStream = openEventStream(() => {
      unsubscribe()
    })

    async function sendChanges (): Promise<void> {
      isNotified = true
      if (isReading) return
      isReading = true
      try {
        while (isNotified && !stream.body.destroyed) {
          isNotified = false
          const { cursor: nextCursor, body } = await readPage(request, cursor)
          const isFirst = cursor === since
          cursor = nextCursor
          const { cursor: id, ...data } = body
          if (isFirst || data.items.length > 0 || data.reset) stream.send('changes', id, data)
        }
      } catch (error) {
        request.log.warn({ err: error }, 'change feed closed after an error; the client reconnects')
        stream.end()
      } finally {
        isReading = false
      }
    }

    const { accountId, sessionId, boundProfileId, pinVersion } = callerOf(request)
    unsubscribe = await changeFeeds.subscribe({
      accountId,
      sessionId,
      profileId: profileOf(request).id,
      tokenPinVersion: boundProfileId === null ? null : pinVersion,
      notify: () => {
        void sendChanges()
      },
      ping: stream.sendComment,
      close: stream.end,
    })
    if (stream.body.destroyed) unsubscribe()
    void sendChanges()
    return await reply
      .type(`${EVENT_STREAM}; charset=utf-8`)
      .header('cache-control', 'no-store')
      .header('connection', 'close')
      // nginx must not buffer the events.
      .header('x-accel-buffering', 'no')
      .send(stream.body)
  }
}

export default changes
