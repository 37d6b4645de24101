// Sends a change feed: one page as JSON, or all changes as server-sent events until either side closes the stream.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { AccountAccess } from '../accounts/access.js'
import { createPlayableCheck } from '../catalogue/queries/playable-formats.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { fail, notFound } from '../errors.js'
import { createRequestLocaliser, type ContentLanguageDeps } from '../http/content-language.js'
import { openEventStream, type EventStream } from '../http/server-sent-events.js'
import type { Changes } from '../schemas/changes.js'
import type { CursorCodec } from '../security/cursors.js'
import { toChanges } from '../views/cards.js'
import type { ProfileRef } from '../watching/deps.js'
import type { ChangeFeedBroadcaster, Subscriber } from './change-feed-broadcaster.js'
import { fingerprintSessions } from './fingerprints.js'
import type { ChangeReader, FeedCursor } from './read-changes.js'

export interface ChangeFeedDeps extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly changeReader: ChangeReader
  readonly changeFeeds: ChangeFeedBroadcaster
  readonly cursors: CursorCodec
  now(): Date
}

/** Who reads a feed, and with which token. */
export type FeedReader = Pick<Subscriber, 'accountId' | 'sessionId' | 'profileId' | 'tokenPinVersion'>

export const EVENT_STREAM = 'text/event-stream'

/**
 * Decodes the cursor of a client.
 * @throws DomainError 400 `invalid-cursor` if it is not a cursor of this feed
 */
export function decodeFeedCursor (
  { cursors }: ChangeFeedDeps,
  cursor: string | undefined,
  profileId: string,
): FeedCursor | null {
  return cursors.decode<FeedCursor>(cursor, cursorScope(profileId))
}

function cursorScope (profileId: string): string[] {
  return ['changes', profileId]
}

/**
 * Reads the profile each time: its maturity limits may change while a feed is open.
 * @param sessions the known fingerprint of the sessions; null: they are read
 */
export async function readFeedPage (
  deps: ChangeFeedDeps,
  request: FastifyRequest,
  owner: ProfileRef,
  since: FeedCursor | null,
  sessions: string | null = null,
): Promise<{ readonly cursor: FeedCursor, readonly body: Changes }> {
  const [profile, account] = await Promise.all([
    deps.access.findProfile(owner.account, owner.profile),
    deps.access.findAccount(owner.account),
  ])
  const scope = profile ?? fail(notFound('profile'))
  const isPlayable = createPlayableCheck(deps.catalogue, account?.limits.maxHeight ?? 0)
  const page = await deps.changeReader.read(owner, scope, since, {
    account: account?.fingerprint ?? '',
    sessions: sessions ?? await fingerprintSessions(owner.account, deps.now()),
  })
  const cursor = deps.cursors.encode(page.cursor, cursorScope(owner.profile))
  return { cursor: page.cursor, body: toChanges(page, cursor, isPlayable, createRequestLocaliser(deps, request)) }
}

/** Sends changes until either side closes the stream. Notifications during a read cause one more read. */
export async function sendFeedEvents (
  deps: ChangeFeedDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { accountId, sessionId, profileId, tokenPinVersion }: FeedReader,
  since: FeedCursor | null,
): Promise<FastifyReply> {
  reply
    .type(`${EVENT_STREAM}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header('connection', 'close')
    // nginx must not buffer the events.
    .header('x-accel-buffering', 'no')
  if (request.method === 'HEAD') return await reply.send(Readable.from([]))
  const owner = { account: accountId, profile: profileId }
  let cursor = since
  let isReading = false
  let isNotified = false
  /** Fingerprint of the sessions; null when they may have changed. */
  let sessions: string | null = null
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
        const knownSessions = sessions
        // A notification during the read sets it to null again.
        sessions = ''
        const { cursor: nextCursor, body } = await readFeedPage(deps, request, owner, cursor, knownSessions)
        if (sessions !== null) sessions = nextCursor[4] ?? null
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

  unsubscribe = await deps.changeFeeds.subscribe({
    accountId,
    sessionId,
    profileId,
    tokenPinVersion,
    notify: () => {
      void sendChanges()
    },
    notifySessions: () => {
      sessions = null
      void sendChanges()
    },
    ping: stream.sendComment,
    close: stream.end,
  })
  if (stream.body.destroyed) unsubscribe()
  void sendChanges()
  return await reply.send(stream.body)
}
