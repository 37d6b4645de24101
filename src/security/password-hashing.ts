// Hashes passwords and PINs with bcrypt in worker threads, behind a bounded queue.
import bcrypt from 'bcryptjs'
import { createHmac } from 'node:crypto'
import { Piscina } from 'piscina'
import { unavailable } from '../errors.js'
import type { PasswordTask } from './password-worker.js'

const PLACE = Symbol('place in the queue')
/** Proves that its holder has a place in the queue. A task without one takes its own. */
export type QueuePlace = typeof PLACE

export interface PasswordHasher {
  /**
   * Takes a place in the queue for the tasks of an attempt before its other work. A rejected attempt then costs no
   * access to the database, and is not counted as a failed one.
   * @throws DomainError 503 `busy` when the queue is full
   */
  withPlace<T>(work: (place: QueuePlace) => Promise<T>): Promise<T>
  /** @throws DomainError 503 `busy` when the queue is full */
  hash(password: string, place?: QueuePlace): Promise<string>
  /** @throws DomainError 503 `busy` when the queue is full */
  verify(password: string, hash: string, place?: QueuePlace): Promise<boolean>
  /** Does the work of a verification for an account that does not exist, so that both take the same time. */
  verifyDummyHash(password: string, place?: QueuePlace): Promise<false>
  /** True when the hash has a lower cost than the configuration. */
  needsRehash(hash: string): boolean
  /** Finishes running and queued tasks, then stops the threads. */
  close(): Promise<void>
}

export interface PasswordHasherOptions {
  /** Secret of the service that is mixed into every password. */
  readonly pepper: string
  /** Cost of bcrypt; each step doubles the work. */
  readonly cost: number
  readonly threads?: number
  /** Length of the queue, 1 or more. */
  readonly maxQueued?: number
}

const BUSY_RETRY_AFTER_SECONDS = 2
const THREAD_IDLE_TIMEOUT_MS = 60_000

/** The worker threads start when they are needed, and stop after a minute without work; `close()` stops them. */
export function createPasswordHasher (
  { pepper, cost, threads = 2, maxQueued = 64 }: PasswordHasherOptions,
): PasswordHasher {
  const pool = new Piscina<PasswordTask, string | boolean>({
    filename: new URL('./password-worker.js', import.meta.url).href,
    // What --import preloads in the main thread, such as a tracer, would be loaded for each thread.
    execArgv: [],
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: THREAD_IDLE_TIMEOUT_MS,
    // Its two histograms would take 700 kB, before the first task.
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 32 },
    // On a busy machine, requests have priority over log-ins. Has no effect without the optional native addon.
    niceIncrement: 10,
  })
  /** 64 characters for every password, because bcrypt silently ignores bytes after the 72nd. */
  function digestPassword (password: string): string {
    return createHmac('sha384', pepper).update(password.normalize('NFKC')).digest('base64')
  }
  const running = new Set<Promise<string | boolean>>()
  const maxPlaces = threads + maxQueued
  let places = 0
  let isClosing = false
  const busy = (): Error =>
    unavailable('busy', 'Too many log-ins are in progress. Retry in a moment.', BUSY_RETRY_AFTER_SECONDS)
  async function withPlace<T> (work: (place: QueuePlace) => Promise<T>): Promise<T> {
    if (isClosing || places >= maxPlaces) throw busy()
    places++
    try {
      return await work(PLACE)
    } finally {
      places--
    }
  }
  async function run (task: PasswordTask, place?: QueuePlace): Promise<string | boolean> {
    if (place === undefined) return await withPlace(async (place) => await run(task, place))
    if (isClosing) throw busy()
    const result = pool.run(task)
    running.add(result)
    try {
      return await result
    } finally {
      running.delete(result)
    }
  }
  // A well-formed hash that no password has.
  const dummyHash = bcrypt.genSaltSync(cost) + '.'.repeat(31)
  return {
    withPlace,
    async hash (password, place) {
      return String(await run({ kind: 'hash', digest: digestPassword(password), cost }, place))
    },
    async verify (password, hash, place) {
      return await run({ kind: 'verify', digest: digestPassword(password), hash }, place) === true
    },
    async verifyDummyHash (password, place) {
      await run({ kind: 'verify', digest: digestPassword(password), hash: dummyHash }, place)
      return false
    },
    needsRehash: (hash) => bcrypt.getRounds(hash) < cost,
    async close () {
      isClosing = true
      // The close method of Piscina drops tasks that wait for a starting thread.
      await Promise.allSettled(running)
      await pool.destroy()
    },
  }
}
