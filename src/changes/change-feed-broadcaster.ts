// Who waits for changes in this process, and what wakes them: change streams over the logs and the live slots, open only
// while somebody waits. Every few seconds it is asked whether those who wait still may.
import mongoose, { Types, type Model } from 'mongoose'
import { AccountStreams } from '../../models/account-streams.js'
import { CATALOGUE_LOG, ChangeLog } from '../../models/change-log.js'
import { isSessionLive, Session, type StoredSession } from '../../models/session.js'
import type { AccountAccess } from '../accounts/access.js'
import { DomainError, unavailable } from '../errors.js'

/** Whoever ended a session waits no longer than this, and the time of reading it, until its feeds end. */
const BEAT_MS = 4_000
/** For each account, in each process: as many devices as a household has, and some that went away without a word. */
export const MAX_FEEDS_PER_ACCOUNT = 20
const MAX_AWAIT_MS = 200
const REOPEN_AFTER_MS = 1_000

export interface Subscriber {
  readonly accountId: string
  readonly sessionId: string
  readonly profileId: string
  /** Whether its token is the profile's own: a PIN that is set later shuts out the account's. */
  readonly isBound: boolean
  /** Something may have changed. */
  wake(): void
  /** Still here: sent into the connection, so that both sides notice when it is gone. */
  beat(): void
  end(): void
}

export interface ChangeFeedBroadcaster {
  /**
   * Resolves when no change can be missed any more.
   * @returns what ends it
   * @throws DomainError 429 `too-many-feeds`, 503 `stopping`
   */
  listen(listener: Subscriber): Promise<() => void>
  /** Ends everybody: the process stops. */
  close(): void
}

interface HubServices {
  readonly access: AccountAccess
  readonly log: { warn(details: object, message: string): void }
  now(): Date
}

interface Change {
  readonly documentKey?: { readonly _id: Types.ObjectId }
}
interface ChangeStream extends AsyncIterable<Change> {
  tryNext(): Promise<Change | null>
  close(): Promise<void>
}
interface Following {
  readonly ready: Promise<void>
  stop(): void
}

export function createChangeFeedBroadcaster ({ access, log, now }: HubServices): ChangeFeedBroadcaster {
  const listeners = new Set<Subscriber>()
  let following: Following | null = null
  let isClosed = false

  function wakeWhere (isConcerned: (listener: Subscriber) => boolean): void {
    for (const listener of listeners) if (isConcerned(listener)) listener.wake()
  }

  const wakeAll = (): void => {
    wakeWhere(() => true)
  }
  const wakeByLog = (id: string): void => {
    wakeWhere(({ profileId }) => id === CATALOGUE_LOG.toString() || id === profileId)
  }
  const wakeByStreams = (id: string): void => {
    wakeWhere(({ accountId }) => id === accountId)
  }

  /** Follows both collections until it is stopped; a stream that is lost is opened again, and everybody looks again. */
  function follow (): Following {
    const stopped = new AbortController()
    const open = new Set<ChangeStream>()
    async function followOne (
      model: Pick<Model<unknown>, 'collection'>,
      wake: (id: string) => void,
      opened: () => void,
    ): Promise<void> {
      while (!stopped.signal.aborted) {
        let stream: ChangeStream | null = null
        try {
          stream = model.collection.watch([], { maxAwaitTimeMS: MAX_AWAIT_MS }) as unknown as ChangeStream
          open.add(stream)
          await stream.tryNext()
          opened()
          wakeAll()
          for await (const { documentKey } of stream) if (documentKey !== undefined) wake(documentKey._id.toString())
        } catch (error) {
          if (!stopped.signal.aborted) log.warn({ err: error }, 'lost a change stream of the feeds: opening it again')
        }
        if (stream !== null) open.delete(stream)
        await stream?.close().catch(() => undefined)
        if (!stopped.signal.aborted) await new Promise((resolve) => setTimeout(resolve, REOPEN_AFTER_MS).unref())
      }
    }
    const ready = Promise.all(
      ([[ChangeLog, wakeByLog], [AccountStreams, wakeByStreams]] as const).map(async ([model, wake]) => {
        await new Promise<void>((resolve) => {
          void followOne(model, wake, resolve)
        })
      }),
    ).then(() => undefined)
    const beating = setInterval(() => {
      void beat().catch((error: unknown) => {
        log.warn({ err: error }, 'could not see who may still listen to changes')
      })
    }, BEAT_MS)
    beating.unref()
    return {
      ready,
      stop () {
        stopped.abort()
        clearInterval(beating)
        for (const stream of open) void stream.close().catch(() => undefined)
      },
    }
  }

  /** Sessions are read, not taken from the cache: what is remembered there may be as old as this interval. */
  async function beat (): Promise<void> {
    const ids = [...new Set([...listeners].map(({ sessionId }) => sessionId))].map((id) => new Types.ObjectId(id))
    const sessions = await Session.find({ _id: mongoose.trusted({ $in: ids }) }).lean<StoredSession[]>()
    const live = new Set(sessions.filter((session) => isSessionLive(session, now())).map(({ _id }) => _id.toString()))
    for (const listener of [...listeners]) {
      const profile = live.has(listener.sessionId)
        ? await access.findProfile(listener.accountId, listener.profileId)
        : null
      if (profile === null || profile.locked || (profile.hasPin && !listener.isBound)) listener.end()
      else listener.beat()
    }
  }

  function leave (listener: Subscriber): void {
    listeners.delete(listener)
    if (listeners.size > 0) return
    following?.stop()
    following = null
  }

  return {
    async listen (listener) {
      if (isClosed) throw unavailable('stopping', 'This server is stopping. Connect again.', 1)
      if ([...listeners].filter(({ accountId }) => accountId === listener.accountId).length >= MAX_FEEDS_PER_ACCOUNT) {
        throw tooManyFeeds()
      }
      listeners.add(listener)
      following ??= follow()
      await following.ready
      return () => {
        leave(listener)
      }
    },
    close () {
      isClosed = true
      for (const listener of [...listeners]) listener.end()
      following?.stop()
    },
  }
}

function tooManyFeeds (): DomainError {
  return new DomainError(
    429,
    'too-many-feeds',
    'Too many feeds',
    `An account listens with up to ${MAX_FEEDS_PER_ACCOUNT} connections. Close one first.`,
    { maxFeeds: MAX_FEEDS_PER_ACCOUNT },
    { 'retry-after': '60' },
  )
}
