// What changes for a profile, for its other devices: asked for now and then, or sent as it happens.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { createRequestLocaliser } from '../src/http/content-language.js'
import { openEventStream, type EventStream } from '../src/http/server-sent-events.js'
import type { FeedCursor } from '../src/changes/read-changes.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf, profileOf } from '../src/plugins/auth.js'
import { Changes, toChanges } from '../src/schemas/changes.js'
import { responses, Cursor, ProfileParams, ref, strict } from '../src/schemas/common.js'
import { profileRef } from './playback.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { ChangeReader } from '../src/changes/read-changes.js'
import type { ChangeFeedBroadcaster } from '../src/changes/change-feed-broadcaster.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'
const ChangesQuery = strict({
  since: Type.Optional(
    Type.Unsafe<string>({ ...Cursor, description: 'cursor of the answer before; without it the feed begins now' }),
  ),
})

export interface ChangesRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly changeReader: ChangeReader
  readonly changeFeeds: ChangeFeedBroadcaster
  readonly cursors: CursorCodec
}

const changes: FastifyPluginAsyncTypebox<ChangesRouteOptions> = async (app, deps) => {
  const { access, changeReader, changeFeeds, cursors } = deps

  function scopeOf (request: FastifyRequest): string[] {
    return ['changes', profileOf(request).id]
  }

  /** A page from a place on; the profile is looked up each time, for its ceiling may change while a feed is open. */
  async function readPage (request: FastifyRequest, since: FeedCursor | null) {
    const watcher = profileRef(request)
    const viewer = await access.findProfile(watcher.account, watcher.profile) ?? fail(notFound('profile'))
    const page = await changeReader.read(watcher, viewer, since)
    return {
      page,
      body: toChanges(page, cursors.encode(page.position, scopeOf(request)), createRequestLocaliser(deps, request)),
    }
  }

  /** Sends what changes until either side ends it; wakes that come together are one look. */
  async function sendEvents (request: FastifyRequest, reply: FastifyReply, since: FeedCursor | null) {
    let position = since
    let isLooking = false
    let isAsked = false
    let leave = (): void => undefined
    const stream: EventStream = openEventStream(() => {
      leave()
    })

    async function look (): Promise<void> {
      isAsked = true
      if (isLooking) return
      isLooking = true
      try {
        while (isAsked && !stream.body.destroyed) {
          isAsked = false
          const { page, body } = await readPage(request, position)
          const isFirst = position === since
          position = page.position
          if (isFirst || body.items.length > 0 || body.reset) {
            stream.send('changes', body.cursor, { items: body.items, reset: body.reset })
          }
        }
      } catch (error) {
        request.log.warn({ err: error }, 'a change feed ends: its client comes back for the rest')
        stream.end()
      } finally {
        isLooking = false
      }
    }

    const { accountId, sessionId, boundProfileId } = callerOf(request)
    leave = await changeFeeds.listen({
      accountId,
      sessionId,
      profileId: profileOf(request).id,
      isBound: boundProfileId !== null,
      wake: () => {
        void look()
      },
      beat: stream.comment,
      end: stream.end,
    })
    if (stream.body.destroyed) leave()
    void look()
    return await reply.type(`${EVENTS}; charset=utf-8`).header('cache-control', 'no-store').header(
      'connection',
      'close',
    ).header('x-accel-buffering', 'no').send(stream.body)
  }

  app.get('/profiles/:profileId/changes', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'What changed for this profile since a place in its feed',
      description:
        'Progress, wishlist, ratings, and the catalogue as this profile sees it. With `Accept: text/event-stream` the answer goes on: each event is named `changes`, its data is `items` and `reset`, its id is the cursor, which `Last-Event-ID` takes as `since` does.',
      operationId: 'listChanges',
      params: ProfileParams,
      querystring: ChangesQuery,
      headers: Type.Object({
        'last-event-id': Type.Optional(
          Type.String({ maxLength: 600, description: 'The id of the last event that was received' }),
        ),
      }),
      response: responses({
        200: { content: { [JSON_TYPE]: { schema: ref(Changes) }, [EVENTS]: { schema: Type.String() } } },
      }),
    },
  }, async (request, reply) => {
    const wantsEvents = new Negotiator(request.raw).mediaType([JSON_TYPE, EVENTS]) === EVENTS
    const cursor = (wantsEvents ? request.headers['last-event-id'] : undefined) ?? request.query.since
    const since = cursors.decode<FeedCursor>(cursor, scopeOf(request))
    reply.header('vary', 'Accept, Accept-Language, Authorization, Origin')
    if (wantsEvents) return await sendEvents(request, reply, since)
    return await reply.type(`${JSON_TYPE}; charset=utf-8`).header('cache-control', 'private, no-store').send(
      (await readPage(request, since)).body,
    )
  })
}

export default changes
