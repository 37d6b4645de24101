// The change feed at a signed URL, for EventSource of browsers, which sends no Authorization header.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readFeedGrant, type FeedGrant } from '../src/changes/feed-urls.js'
import { decodeFeedCursor, EVENT_STREAM, sendFeedEvents, type ChangeFeedDeps } from '../src/changes/send-feed.js'
import { DomainError } from '../src/errors.js'
import { ChangesHeaders, ChangesQuery } from '../src/schemas/changes.js'
import { responses, strict } from '../src/schemas/common.js'
import { ProfileParams, SignedUrlQuery } from '../src/schemas/params.js'
import type { KeyRing } from '../src/security/key-ring.js'

export interface ChangeEventsRouteOptions extends ChangeFeedDeps {
  readonly keys: KeyRing
  now(): Date
}

/** The error for any invalid token; it does not reveal the reason. */
const feedDenied = (): DomainError =>
  new DomainError(
    403,
    'feed-refused',
    'Change feed denied',
    'The URL is not signed for this feed, has expired, or its session has ended. Request another URL.',
  )

const changeEvents: FastifyPluginAsyncTypebox<ChangeEventsRouteOptions> = async (app, deps) => {
  const { access, keys, now } = deps

  app.get('/profiles/:profileId/changes/events', {
    config: { access: 'signed-url' },
    schema: {
      tags: ['Change feed'],
      summary: 'Open the change feed at a signed URL',
      description: 'The events of the change feed, for EventSource. An open feed ends with its session.',
      operationId: 'openChangeFeed',
      params: ProfileParams,
      querystring: strict({ ...ChangesQuery.properties, ...SignedUrlQuery.properties }),
      headers: ChangesHeaders,
      response: responses({ 200: { content: { [EVENT_STREAM]: { schema: Type.String() } } } }),
    },
  }, async (request, reply) => {
    const { params: { profileId }, query: { since, token = '' }, headers } = request
    const grant = await requireFeedGrant(profileId, token)
    const cursor = decodeFeedCursor(deps, headers['last-event-id'] ?? since, profileId)
    reply.header('vary', 'Accept-Language, Origin')
    return await sendFeedEvents(deps, request, reply, grant, cursor)
  })

  /** @throws DomainError 403 `feed-refused` */
  async function requireFeedGrant (profileId: string, token: string): Promise<FeedGrant> {
    const grant = readFeedGrant(keys, token, now())
    if (grant === null || grant.profileId !== profileId) throw feedDenied()
    const { accountId, sessionId, tokenPinVersion } = grant
    const [isLive, profile] = await Promise.all([
      access.isSessionLive(sessionId, accountId),
      access.findProfile(accountId, profileId),
    ])
    if (!isLive || profile === null || profile.locked) throw feedDenied()
    if (tokenPinVersion === null ? profile.hasPin : tokenPinVersion !== profile.pinVersion) throw feedDenied()
    return grant
  }
}

export default changeEvents
