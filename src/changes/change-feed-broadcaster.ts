// Notifies the open change feeds of this process about changes of the change logs and the stream leases. While there
// are feeds, it regularly checks that each is still allowed.
import mongoose, { Types } from 'mongoose'
import { Account, type StoredProfile } from '../../models/account.js'
import { CATALOGUE_LOG_ID } from '../../models/change-log.js'
import { isSessionLive, Session, type StoredSession } from '../../models/session.js'
import type { OpenableChangeWatch } from '../database/change-watch.js'
import { splitIntoBatches } from '../domain/arrays.js'
import { DomainError, unavailable } from '../errors.js'
import { publishMeasurement, type Measurements } from '../measurements.js'

/** A feed that is no longer allowed ends within this time, plus the time of two reads: at most 5 s in each process. */
const PING_INTERVAL_MS = 2_000
/** Per account and process: the devices of a household, and connections that were lost without notice. */
export const MAX_FEEDS_PER_ACCOUNT = 20
/** Changes of sessions are collected for this time: each log-in and each refresh of a token is one. */
const SESSION_CHANGES_DELAY_MS = 250
/** Sessions and accounts that one query reads. */
const CHECK_BATCH_SIZE = 500

export interface Subscriber {
  readonly accountId: string
  readonly sessionId: string
  readonly profileId: string
  /** For a profile token, `pinVersion` of the token; null for an account token. A new PIN ends the feeds of both. */
  readonly tokenPinVersion: number | null
  /** Called after a change that may concern the subscriber. */
  notify(): void
  /** Called after a change of the sessions of the account. */
  notifySessions(): void
  /** Called regularly, to write to the connection: both sides notice a lost connection. */
  ping(): void
  /** Called when the feed is no longer allowed. */
  close(): void
}

export interface ChangeFeedBroadcaster {
  /**
   * Adds a subscriber. When the promise resolves, changes are followed.
   * @returns a function that unsubscribes
   * @throws DomainError 429 `too-many-feeds`, 503 `stopping`
   */
  subscribe(subscriber: Subscriber): Promise<() => void>
  /** Closes all feeds on shutdown. */
  closeAll(): void
}

interface ChangeFeedDeps {
  readonly watch: Pick<OpenableChangeWatch, 'afterChange' | 'untilOpen'>
  readonly log: { warn(details: object, message: string): void }
  now(): Date
}

export function createChangeFeedBroadcaster ({ watch, log, now }: ChangeFeedDeps): ChangeFeedBroadcaster {
  const subscribers = new Set<Subscriber>()
  /** Why the service closes a feed; clients close the others. */
  const endReasons = new WeakMap<Subscriber, Measurements['feed-ended']['reason']>()
  let stopFollowing: (() => void) | null = null
  let isClosed = false

  function notifyWhere (isConcerned: (subscriber: Subscriber) => boolean): void {
    for (const subscriber of subscribers) if (isConcerned(subscriber)) subscriber.notify()
  }

  /** IDs of sessions that changed since the last notification; null: any. */
  const changedSessions = new Set<string | null>()
  let sessionTimer: NodeJS.Timeout | null = null

  /** Notifies the feeds of accounts whose sessions changed, and closes those whose own session has ended. */
  async function notifyOfSessions (): Promise<void> {
    const ids = [...changedSessions]
    changedSessions.clear()
    const isAny = ids.includes(null)
    const known = ids.filter((id) => id !== null)
    const concerned = isAny ? null : await findAccountsOfSessions(known)
    const notified = [...subscribers].filter(({ accountId }) => concerned === null || concerned.has(accountId))
    for (const subscriber of notified) subscriber.notifySessions()
    for (const batch of splitIntoBatches(notified, CHECK_BATCH_SIZE)) await pingBatch(batch)
  }

  /** Follows the collections until the returned function is called. Reads of the feeds see what the caches have. */
  function follow (): () => void {
    const removers = [
      watch.afterChange('changelogs', (id) => {
        notifyWhere(({ profileId }) => id === null || id === CATALOGUE_LOG_ID.toString() || id === profileId)
      }),
      watch.afterChange('streams', (id) => {
        notifyWhere(({ accountId }) => id === null || id === accountId)
      }),
      watch.afterChange('accounts', (id) => {
        notifyWhere(({ accountId }) => id === null || id === accountId)
      }),
      watch.afterChange('sessions', (id) => {
        changedSessions.add(id)
        sessionTimer ??= setTimeout(() => {
          sessionTimer = null
          notifyOfSessions().catch(logFailedCheck)
        }, SESSION_CHANGES_DELAY_MS).unref()
      }),
    ]
    let isPinging = false
    const pingTimer = setInterval(() => {
      if (isPinging) return
      isPinging = true
      pingSubscribers().catch(logFailedCheck).finally(() => {
        isPinging = false
      })
    }, PING_INTERVAL_MS)
    pingTimer.unref()
    return () => {
      clearInterval(pingTimer)
      if (sessionTimer !== null) clearTimeout(sessionTimer)
      sessionTimer = null
      changedSessions.clear()
      for (const remove of removers) remove()
    }
  }

  function logFailedCheck (error: unknown): void {
    log.warn({ err: error }, 'could not check whether change feeds are still allowed')
  }

  /** Pings allowed subscribers and closes the others. Reads from the database: caches may be outdated by 5 s. */
  async function pingSubscribers (): Promise<void> {
    for (const batch of splitIntoBatches([...subscribers], CHECK_BATCH_SIZE)) await pingBatch(batch)
  }

  async function pingBatch (batch: readonly Subscriber[]): Promise<void> {
    const [liveSessions, profiles] = await Promise.all([
      findLiveSessions(batch.map(({ sessionId }) => sessionId), now()),
      findProfiles(batch.map(({ accountId }) => accountId)),
    ])
    for (const subscriber of batch) {
      const profile = profiles.get(subscriber.profileId)
      const isAllowed = liveSessions.has(subscriber.sessionId) && profile !== undefined &&
        canReadProfile(subscriber, profile)
      if (isAllowed) subscriber.ping()
      else close(subscriber, 'not-allowed')
    }
  }

  function close (subscriber: Subscriber, reason: Measurements['feed-ended']['reason']): void {
    endReasons.set(subscriber, reason)
    subscriber.close()
  }

  function unsubscribe (subscriber: Subscriber): void {
    if (!subscribers.delete(subscriber)) return
    publishMeasurement('feed-ended', { reason: endReasons.get(subscriber) ?? 'client' })
    if (subscribers.size > 0) return
    stopFollowing?.()
    stopFollowing = null
  }

  return {
    async subscribe (subscriber) {
      if (isClosed) throw unavailable('stopping', 'The server is shutting down. Connect again.', 1)
      const feedCount = [...subscribers].filter(({ accountId }) => accountId === subscriber.accountId).length
      if (feedCount >= MAX_FEEDS_PER_ACCOUNT) throw tooManyFeeds()
      subscribers.add(subscriber)
      publishMeasurement('feed-opened', {})
      stopFollowing ??= follow()
      await watch.untilOpen()
      // The check of the request may have used a cached account: the first check of the feed does not wait.
      pingBatch([subscriber]).catch(logFailedCheck)
      return () => {
        unsubscribe(subscriber)
      }
    },
    closeAll () {
      isClosed = true
      for (const subscriber of [...subscribers]) close(subscriber, 'shutdown')
      stopFollowing?.()
    },
  }
}

async function findLiveSessions (ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const sessions = await Session.find({ _id: inIds(ids) }).lean<StoredSession[]>()
  return new Set(sessions.filter((session) => isSessionLive(session, now)).map(({ _id }) => _id.toString()))
}

async function findAccountsOfSessions (ids: readonly string[]): Promise<ReadonlySet<string>> {
  const accounts = new Set<string>()
  for (const batch of splitIntoBatches(ids, CHECK_BATCH_SIZE)) {
    const sessions = await Session.find({ _id: inIds(batch) }, { account: 1 })
      .lean<Array<Pick<StoredSession, 'account'>>>()
    for (const { account } of sessions) accounts.add(account.toString())
  }
  return accounts
}

type CheckedProfile = Pick<StoredProfile, '_id' | 'locked' | 'pinHash' | 'pinVersion'>

/** The profiles of accounts, by their ID. */
async function findProfiles (accountIds: readonly string[]): Promise<ReadonlyMap<string, CheckedProfile>> {
  const accounts = await Account.find({ _id: inIds(accountIds) })
    .select('profiles._id profiles.locked profiles.pinHash profiles.pinVersion')
    .lean<Array<{ profiles: CheckedProfile[] }>>()
  return new Map(accounts.flatMap(({ profiles }) => profiles.map((profile) => [profile._id.toString(), profile])))
}

function inIds (ids: readonly string[]) {
  return mongoose.trusted({ $in: [...new Set(ids)].map((id) => new Types.ObjectId(id)) })
}

function canReadProfile ({ tokenPinVersion }: Subscriber, { locked, pinHash, pinVersion }: CheckedProfile): boolean {
  return !locked && (tokenPinVersion === null ? pinHash === null : tokenPinVersion === pinVersion)
}

function tooManyFeeds (): DomainError {
  return new DomainError(
    429,
    'too-many-feeds',
    'Too many feeds',
    `An account can have ${MAX_FEEDS_PER_ACCOUNT} open feeds. Close one first.`,
    { maxFeeds: MAX_FEEDS_PER_ACCOUNT },
    { 'retry-after': '60' },
  )
}
