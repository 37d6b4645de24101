// Notifies the open change feeds of this process. While there are feeds, it follows the change logs and the stream
// leases by change streams, and regularly checks that each feed is still allowed.
import mongoose, { Types, type Model } from 'mongoose'
import { AccountStreams } from '../../models/account-streams.js'
import { CATALOGUE_LOG_ID, ChangeLog } from '../../models/change-log.js'
import { isSessionLive, Session, type StoredSession } from '../../models/session.js'
import type { AccountAccess } from '../accounts/access.js'
import { changedDocumentId, watchCollection, type ChangeStream } from '../database/change-stream.js'
import { DomainError, unavailable } from '../errors.js'

/** How long the feed of an ended session stays open at most. */
const PING_INTERVAL_MS = 4_000
/** Per account and process: the devices of a household, and connections that were lost without notice. */
export const MAX_FEEDS_PER_ACCOUNT = 20
const REOPEN_DELAY_MS = 1_000

export interface Subscriber {
  readonly accountId: string
  readonly sessionId: string
  readonly profileId: string
  /** True for a profile token. A new PIN ends the feeds of account tokens. */
  readonly isProfileToken: boolean
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
  readonly access: AccountAccess
  readonly log: { warn(details: object, message: string): void }
  now(): Date
}

interface Following {
  /** Resolves when all change streams are open. */
  readonly ready: Promise<void>
  stop(): void
}

export function createChangeFeedBroadcaster ({ access, log, now }: ChangeFeedDeps): ChangeFeedBroadcaster {
  const subscribers = new Set<Subscriber>()
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
    const pingTimer = setInterval(() => {
      void pingSubscribers().catch((error: unknown) => {
        log.warn({ err: error }, 'could not check whether change feeds are still allowed')
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

  /** Pings allowed subscribers and closes the others. Reads sessions from the database: caches may be outdated. */
  async function pingSubscribers (): Promise<void> {
    const ids = [...new Set([...subscribers].map(({ sessionId }) => sessionId))].map((id) => new Types.ObjectId(id))
    const sessions = await Session.find({ _id: mongoose.trusted({ $in: ids }) }).lean<StoredSession[]>()
    const liveIds = new Set(sessions.filter((session) => isSessionLive(session, now())).map(({ _id }) => String(_id)))
    for (const subscriber of [...subscribers]) {
      const isAllowed = liveIds.has(subscriber.sessionId) && await canReadProfile(subscriber)
      if (isAllowed) subscriber.ping()
      else subscriber.close()
    }
  }

  async function canReadProfile ({ accountId, profileId, isProfileToken }: Subscriber): Promise<boolean> {
    const profile = await access.findProfile(accountId, profileId)
    return profile !== null && !profile.locked && (isProfileToken || !profile.hasPin)
  }

  function unsubscribe (subscriber: Subscriber): void {
    subscribers.delete(subscriber)
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
      following ??= follow()
      await following.ready
      return () => {
        unsubscribe(subscriber)
      }
    },
    closeAll () {
      isClosed = true
      for (const subscriber of [...subscribers]) subscriber.close()
      following?.stop()
    },
  }
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
