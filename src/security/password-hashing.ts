// Hashes passwords and PINs with bcrypt in worker threads, behind a bounded queue.
import bcrypt from 'bcryptjs'
import { createHmac } from 'node:crypto'
import { Piscina } from 'piscina'
import { unavailable } from '../errors.js'
import type { PasswordTask } from './password-worker.js'

export interface PasswordHasher {
  /** @throws DomainError 503 `busy` when the queue is full */
  hash(password: string): Promise<string>
  /** @throws DomainError 503 `busy` when the queue is full */
  verify(password: string, hash: string): Promise<boolean>
  /** Does the work of a verification for an account that does not exist, so that both take the same time. */
  verifyDummyHash(password: string): Promise<false>
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
    maxQueue: maxQueued,
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
  let isClosing = false
  async function run (task: PasswordTask): Promise<string | boolean> {
    if (isClosing || pool.queueSize >= maxQueued) {
      throw unavailable('busy', 'Too many log-ins are in progress. Retry in a moment.', BUSY_RETRY_AFTER_SECONDS)
    }
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
    hash: async (password) => String(await run({ kind: 'hash', digest: digestPassword(password), cost })),
    verify: async (password, hash) => await run({ kind: 'verify', digest: digestPassword(password), hash }) === true,
    async verifyDummyHash (password) {
      await run({ kind: 'verify', digest: digestPassword(password), hash: dummyHash })
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
