// Follows the writes of every process to the documents that caches, the catalogue and the change feeds depend on, by
// one change stream over the database. Writes of this process are reported before they return.
import type mongoose from 'mongoose'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { onWrite, type FollowedCollection } from '../../models/write-notifications.js'
import { changesDatabase } from './connection.js'

/** Caches of these collections are used while the watch is current. */
const CACHED_COLLECTIONS: readonly FollowedCollection[] = [
  'accounts',
  'sessions',
  'apitokens',
  'serviceaccounts',
  'streams',
  'changelogs',
  'webhookendpoints',
]
const COLLECTIONS: readonly FollowedCollection[] = [
  ...CACHED_COLLECTIONS,
  'titles',
  'media',
  'collections',
  'personpictures',
]

/** How long the server waits for a change before it returns an empty batch. */
const MAX_AWAIT_MS = 1_000
/** Cached data is used while all changes are known that are older. The service promises five seconds. */
const MAX_AGE_MS = 4_500
const REOPEN_DELAY_MS = 500
/**
 * Changes that follow closely arrive together: each request for more changes costs this process and the database more
 * time than a change. The first change after a pause is not delayed.
 */
const MIN_REQUEST_INTERVAL_MS = 20
/** Consecutive responses without a change before the end of the wait: the stream has ended. */
const MAX_EARLY_RESPONSES = 20

/** @param id of the changed document; null when any document of the collection may have changed */
export type FollowedChangeListener = (id: string | null) => void

export interface ChangeWatch {
  /**
   * True while all changes are known that are older than `MAX_AGE_MS`. Caches may only be used then. A change usually
   * arrives within milliseconds.
   */
  isCurrent(): boolean
  /** Adds a listener for changes that make cached data invalid. */
  onChange(collection: FollowedCollection, listener: FollowedChangeListener): void
}

/** A watch that is not current until it is opened. */
export interface OpenableChangeWatch extends ChangeWatch {
  /**
   * Adds a listener that is called after all listeners of `onChange`, which it may use.
   * @returns a function that removes it
   */
  afterChange(collection: FollowedCollection, listener: FollowedChangeListener): () => void
  /** Resume token: all changes before it were reported to the listeners. Null while no stream is open. */
  position(): unknown
  /** Resolves when the watch is current; immediately if it is. */
  untilOpen(): Promise<void>
  /** Resolves when changes are followed. A stream that is lost later is opened again. */
  open(): Promise<void>
  close(): Promise<void>
}

interface OpenedStream {
  readonly opened: mongoose.mongo.ChangeStream
  readonly first: Promise<unknown>
}

interface FollowedChange {
  readonly ns?: { readonly coll: string }
  readonly documentKey?: { readonly _id: unknown }
  readonly clusterTime?: mongoose.mongo.Timestamp
}

type Listeners = ReadonlyMap<FollowedCollection, Set<FollowedChangeListener>>

/** The driver does not document the cursor of a stream. If it is missing, no request is delayed. */
function hasBufferedChanges (stream: mongoose.mongo.ChangeStream): boolean {
  const { cursor } = stream as { cursor?: { bufferedCount(): number } }
  return cursor === undefined || cursor.bufferedCount() > 0
}

function createListeners (): Listeners {
  return new Map(COLLECTIONS.map((name) => [name, new Set<FollowedChangeListener>()]))
}

/** @param now the clock, ms */
export function createChangeWatch (
  log: { warn(details: object, message: string): void },
  now: () => number = Date.now,
): OpenableChangeWatch {
  const listeners = createListeners()
  const laterListeners = createListeners()
  let stream: mongoose.mongo.ChangeStream | null = null
  let isClosed = false
  let reportedUpTo: unknown = null
  /** All changes before this time are known, ms of `performance.now()`. */
  let knownUpTo = -Infinity
  /** Clock of the database server minus that of this process, ms. */
  let clockOffsetMs = 0
  let following: Promise<void> = Promise.resolve()
  let waiting: Array<() => void> = []

  function notify (collection: FollowedCollection, id: string | null): void {
    for (const listener of listeners.get(collection) ?? []) listener(id)
    for (const listener of laterListeners.get(collection) ?? []) listener(id)
  }

  function notifyAll (collections = COLLECTIONS): void {
    for (const collection of collections) notify(collection, null)
  }

  const isRecent = (time: number): boolean => performance.now() - time < MAX_AGE_MS
  const isCurrent = (): boolean => isRecent(knownUpTo)

  function setKnownUpTo (time: number): void {
    knownUpTo = Math.max(knownUpTo, time)
    for (const resolve of waiting) resolve()
    waiting = []
  }

  const stopListening = onWrite(notify)

  function apply ({ ns, documentKey }: FollowedChange): void {
    // A drop or a rename concerns all documents.
    if (ns === undefined || documentKey === undefined) notifyAll()
    else notify(ns.coll as FollowedCollection, String(documentKey._id))
  }

  /** The time of a change, rounded down to a second, ms of `performance.now()`; undefined if the server sends none. */
  function timeOf ({ clusterTime }: FollowedChange): number | undefined {
    if (clusterTime === undefined) return undefined
    return performance.now() - Math.max(0, now() + clockOffsetMs - clusterTime.t * 1_000)
  }

  /**
   * Records that all changes before a response have arrived. Changes arrive in order, each later than those before
   * it: under more writes than the stream delivers, they are older each time.
   */
  function recordResponse (change: FollowedChange | null, askedAt: number): void {
    const time = (change === null ? undefined : timeOf(change)) ?? askedAt
    if (!isRecent(time)) return
    // After a silence, a response without a change does not prove that none is missing.
    if (change === null && !isCurrent()) notifyAll(CACHED_COLLECTIONS)
    setKnownUpTo(time)
  }

  async function openStream (): Promise<OpenedStream> {
    if (isClosed) throw new Error('the watch is closed')
    const db = changesDatabase()
    const { localTime } = await db.admin().command({ hello: 1 })
    clockOffsetMs = localTime instanceof Date ? localTime.getTime() - now() : 0
    // `close` ends the stream that is open then; one that opens afterwards would be followed for ever.
    if (isClosed) throw new Error('the watch is closed')
    const opened = db.watch([
      { $match: { 'ns.coll': { $in: [...COLLECTIONS] } } },
      { $project: { documentKey: 1, ns: 1, operationType: 1, clusterTime: 1 } },
    ], { maxAwaitTimeMS: MAX_AWAIT_MS })
    stream = opened
    const isOpen = new Promise((resolve) => opened.once('resumeTokenChanged', resolve))
    const first = opened.tryNext()
    // Without a change, the first response arrives after `MAX_AWAIT_MS`.
    await Promise.race([isOpen, first])
    // Changes from before the stream was open are unknown.
    notifyAll()
    setKnownUpTo(performance.now())
    return { opened, first }
  }

  async function follow ({ opened, first }: OpenedStream): Promise<void> {
    let next = first
    let earlyResponses = 0
    let nextRequestAt = 0
    for (;;) {
      const askedAt = performance.now()
      const change = await next as FollowedChange | null
      const respondedAt = performance.now()
      recordResponse(change, askedAt)
      if (change !== null) apply(change)
      reportedUpTo = opened.resumeToken ?? null
      // A stream that was closed or ended by the server has no change, and does not wait for one either.
      const isEarly = change === null && respondedAt - askedAt < MAX_AWAIT_MS / 2
      earlyResponses = isEarly ? earlyResponses + 1 : 0
      if (opened.closed || earlyResponses > MAX_EARLY_RESPONSES) throw new Error('the change stream ended')
      if (isEarly) await nextTurn()
      if (change !== null && !hasBufferedChanges(opened)) {
        const delayMs = nextRequestAt - performance.now()
        if (delayMs > 0) await sleep(delayMs)
        nextRequestAt = performance.now() + MIN_REQUEST_INTERVAL_MS
      }
      next = opened.tryNext()
    }
  }

  /** Follows the stream, and opens it again when it is lost. */
  async function followUntilClosed (opened: OpenedStream): Promise<void> {
    let current = opened
    for (;;) {
      try {
        await follow(current)
      } catch (error) {
        knownUpTo = -Infinity
        reportedUpTo = null
        if (isClosed) return
        log.warn({ err: error }, 'change stream lost, opening it again')
      }
      const reopened = await reopenStream()
      if (reopened === null) return
      current = reopened
    }
  }

  /** Tries until it succeeds; null when the watch is closed. */
  async function reopenStream (): Promise<OpenedStream | null> {
    for (;;) {
      await stream?.close().catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, REOPEN_DELAY_MS).unref())
      if (isClosed) return null
      const opened = await openStream().catch(() => null)
      if (opened !== null) return opened
    }
  }

  return {
    isCurrent,
    position: () => reportedUpTo,
    onChange (collection, listener) {
      listeners.get(collection)?.add(listener)
    },
    afterChange (collection, listener) {
      laterListeners.get(collection)?.add(listener)
      return () => {
        laterListeners.get(collection)?.delete(listener)
      }
    },
    async untilOpen () {
      if (isCurrent() || isClosed) return
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    },
    async open () {
      following = followUntilClosed(await openStream())
    },
    async close () {
      isClosed = true
      knownUpTo = -Infinity
      for (const resolve of waiting) resolve()
      stopListening()
      await stream?.close().catch(() => undefined)
      await following
    },
  }
}
