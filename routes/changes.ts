// The change feed of a profile, as JSON or as server-sent events.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { FEED_URL_TTL_MS, signFeedGrant, type FeedGrant } from '../src/changes/feed-urls.js'
import {
  decodeFeedCursor,
  EVENT_STREAM,
  readFeedPage,
  sendFeedEvents,
  type ChangeFeedDeps,
} from '../src/changes/send-feed.js'
import { callerOf, profileOf, profileRef } from '../src/plugins/caller.js'
import { ChangeFeedUrl, Changes, ChangesHeaders, ChangesQuery } from '../src/schemas/changes.js'
import { ref, responses } from '../src/schemas/common.js'
import { ProfileParams } from '../src/schemas/params.js'
import type { KeyRing } from '../src/security/key-ring.js'

const JSON_TYPE = 'application/json'

export interface ChangesRouteOptions extends ChangeFeedDeps {
  readonly keys: KeyRing
  now(): Date
}

const changes: FastifyPluginAsyncTypebox<ChangesRouteOptions> = async (app, deps) => {
  const { keys, now } = deps

  app.get('/profiles/:profileId/changes', {
    config: { access: 'profile' },
    schema: {
      tags: ['Change feed'],
      summary: 'List changes for the profile since a cursor',
      description:
        'Changes of progress, wishlist and ratings, of the catalogue that the profile can see, and of the account. ' +
        'With `Accept: ' +
        'text/event-stream` the response stays open and sends events named `changes`: `data` has `items` and ' +
        '`reset`, `id` is the cursor. `Last-Event-ID` works like `since`. ' +
        'With any other `Accept` the response is JSON.',
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
    const owner = profileRef(request)
    const cursor = (wantsEvents ? request.headers['last-event-id'] : undefined) ?? request.query.since
    const since = decodeFeedCursor(deps, cursor, owner.profile)
    reply.header('vary', 'Accept, Accept-Language, Authorization, Origin')
    if (wantsEvents) return await sendFeedEvents(deps, request, reply, feedGrantOf(request), since)
    const { body } = await readFeedPage(deps, request, owner, since)
    return await reply.type(`${JSON_TYPE}; charset=utf-8`).header('cache-control', 'private, no-store').send(body)
  })

  app.get('/profiles/:profileId/changes/url', {
    config: { access: 'profile' },
    schema: {
      tags: ['Change feed'],
      summary: 'Get a signed URL of the change feed for EventSource',
      description:
        'EventSource of browsers sends no Authorization header. The URL gives access to the events of this profile ' +
        'only and can be opened for five minutes, while the session is live.',
      operationId: 'getChangeFeedUrl',
      params: ProfileParams,
      response: responses({ 200: ref(ChangeFeedUrl) }),
    },
  }, async (request, reply) => {
    const grant = feedGrantOf(request)
    reply.header('cache-control', 'private, no-store')
    return {
      url: `/v1/profiles/${grant.profileId}/changes/events?token=${signFeedGrant(keys, grant)}`,
      expiresAt: new Date(grant.expiresAt).toISOString(),
    }
  })

  function feedGrantOf (request: FastifyRequest): FeedGrant {
    const { accountId, sessionId, boundProfileId, pinVersion } = callerOf(request)
    return {
      accountId,
      sessionId,
      profileId: profileOf(request).id,
      tokenPinVersion: boundProfileId === null ? null : pinVersion,
      expiresAt: now().getTime() + FEED_URL_TTL_MS,
    }
  }
}

export default changes
