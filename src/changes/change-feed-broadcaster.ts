// Notifies the open change feeds of this process. While there are feeds, it follows the change logs and the stream
// leases by change streams, and regularly checks that each feed is still allowed.
import mongoose, { Types, type Model } from 'mongoose'
import { Account, type StoredProfile } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { CATALOGUE_LOG_ID, ChangeLog } from '../../models/change-log.js'
import { isSessionLive, Session, type StoredSession } from '../../models/session.js'
import { changedDocumentId, watchCollection, type ChangeStream } from '../database/change-stream.js'
import { splitIntoBatches } from '../domain/arrays.js'
import { DomainError, unavailable } from '../errors.js'
import { publishMeasurement, type Measurements } from '../measurements.js'

/** A feed that is no longer allowed ends within this time, plus the time of two reads: at most 5 s in each process. */
const PING_INTERVAL_MS = 2_000
/** Per account and process: the devices of a household, and connections that were lost without notice. */
export const MAX_FEEDS_PER_ACCOUNT = 20
const REOPEN_DELAY_MS = 1_000
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
  readonly log: { warn(details: object, message: string): void }
  now(): Date
}

interface Following {
  /** Resolves when all change streams are open. */
  readonly ready: Promise<void>
  stop(): void
}

export function createChangeFeedBroadcaster ({ log, now }: ChangeFeedDeps): ChangeFeedBroadcaster {
  const subscribers = new Set<Subscriber>()
  /** Why the service closes a feed; clients close the others. */
  const endReasons = new WeakMap<Subscriber, Measurements['feed-ended']['reason']>()
  let following: Following | null = null
  let isClosed = false

  function notifyWhere (isConcerned: (subscriber: Subscriber) => boolean): void {
    for (const subscriber of subscribers) if (isConcerned(subscriber)) subscriber.notify()
  }

  const notifyByChangeLog = (id: string): void => {
    notifyWhere(({ profileId }) => id === CATALOGUE_LOG_ID.toString() || id === profileId)
  }
  const notifyByStreams = (id: string): void => {
    notifyWhere(({ accountId }) => id === accountId)
  }

  /** Follows the collections until it is stopped. A lost stream is opened again, and all subscribers are notified. */
  function follow (): Following {
    const stopped = new AbortController()
    const openStreams = new Set<ChangeStream>()

    async function followCollection (
      model: Pick<Model<unknown>, 'collection'>,
      notify: (documentId: string) => void,
      onOpen: () => void,
    ): Promise<void> {
      while (!stopped.signal.aborted) {
        let stream: ChangeStream | null = null
        try {
          stream = watchCollection(model)
          openStreams.add(stream)
          await stream.tryNext()
          onOpen()
          notifyWhere(() => true)
          for await (const change of stream) {
            const id = changedDocumentId(change)
            if (id !== null) notify(id)
          }
        } catch (error) {
          if (!stopped.signal.aborted) log.warn({ err: error }, 'change stream of the feeds lost, opening it again')
        }
        if (stream !== null) openStreams.delete(stream)
        await stream?.close().catch(() => undefined)
        if (!stopped.signal.aborted) await new Promise((resolve) => setTimeout(resolve, REOPEN_DELAY_MS).unref())
      }
    }

    const opened = ([[ChangeLog, notifyByChangeLog], [AccountStreams, notifyByStreams]] as const).map(
      async ([model, notify]) => {
        await new Promise<void>((resolve) => {
          void followCollection(model, notify, resolve)
        })
      },
    )
    let isPinging = false
    const pingTimer = setInterval(() => {
      if (isPinging) return
      isPinging = true
      pingSubscribers().catch(logFailedCheck).finally(() => {
        isPinging = false
      })
    }, PING_INTERVAL_MS)
    pingTimer.unref()
    return {
      ready: Promise.all(opened).then(() => undefined),
      stop () {
        stopped.abort()
        clearInterval(pingTimer)
        for (const stream of openStreams) void stream.close().catch(() => undefined)
      },
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
    following?.stop()
    following = null
  }

  return {
    async subscribe (subscriber) {
      if (isClosed) throw unavailable('stopping', 'The server is shutting down. Connect again.', 1)
      const feedCount = [...subscribers].filter(({ accountId }) => accountId === subscriber.accountId).length
      if (feedCount >= MAX_FEEDS_PER_ACCOUNT) throw tooManyFeeds()
      subscribers.add(subscriber)
      publishMeasurement('feed-opened', {})
      following ??= follow()
      await following.ready
      // The check of the request may have used a cached account: the first check of the feed does not wait.
      pingBatch([subscriber]).catch(logFailedCheck)
      return () => {
        unsubscribe(subscriber)
      }
    },
    closeAll () {
      isClosed = true
      for (const subscriber of [...subscribers]) close(subscriber, 'shutdown')
      following?.stop()
    },
  }
}

async function findLiveSessions (ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const sessions = await Session.find({ _id: inIds(ids) }).lean<StoredSession[]>()
  return new Set(sessions.filter((session) => isSessionLive(session, now)).map(({ _id }) => _id.toString()))
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
