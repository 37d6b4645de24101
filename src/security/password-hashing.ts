// Passwords and PINs: hashed with bcrypt in worker threads, behind a bounded queue.
import bcrypt from 'bcryptjs'
import { createHmac } from 'node:crypto'
import { Piscina } from 'piscina'
import { unavailable } from '../errors.js'
import type { PasswordTask } from './password-worker.js'

export interface PasswordHasher {
  /** @throws DomainError 503 `busy` when too many are waiting */
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
  /** The work of a verification without its outcome, for accounts that do not exist. */
  verifyDummyHash(password: string): Promise<false>
  /** True when a hash was made with a lower cost than is asked for now. */
  needsRehash(hash: string): boolean
  /** Finishes what runs and waits, then ends the threads. */
  close(): Promise<void>
}

export interface PasswordHasherOptions {
  readonly pepper: string
  /** bcrypt's cost: each step doubles the work. */
  readonly cost: number
  /** Threads that hash. */
  readonly threads?: number
  /** How many may wait, one or more; those beyond are told to come again. */
  readonly maxWaiting?: number
}

/** Opens the worker threads; `close()` ends them. */
export function createPasswordHasher (
  { pepper, cost, threads = 2, maxWaiting = 64 }: PasswordHasherOptions,
): PasswordHasher {
  const pool = new Piscina<PasswordTask, string | boolean>({
    filename: new URL('./password-worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
    maxQueue: maxWaiting,
    idleTimeout: 60_000,
    // Requests go before log-ins on a busy machine; without the optional native addon this does nothing.
    niceIncrement: 10,
  })
  /** 64 characters whatever the password's length: bcrypt reads 72 bytes and cuts the rest silently. */
  function digestOf (password: string): string {
    return createHmac('sha384', pepper).update(password.normalize('NFKC')).digest('base64')
  }
  const busy = new Set<Promise<string | boolean>>()
  let isClosing = false
  async function run (task: PasswordTask): Promise<string | boolean> {
    if (isClosing || pool.queueSize >= maxWaiting) {
      throw unavailable('busy', 'Too many people are signing in at this moment. Try again shortly.', 2)
    }
    const result = pool.run(task)
    busy.add(result)
    try {
      return await result
    } finally {
      busy.delete(result)
    }
  }
  // Well-formed, but of no password: checking it is the work of a verification from the first call on.
  const nothing = bcrypt.genSaltSync(cost) + '.'.repeat(31)
  return {
    hash: async (password) => String(await run({ kind: 'hash', digest: digestOf(password), cost })),
    verify: async (password, hashed) =>
      await run({ kind: 'verify', digest: digestOf(password), hash: hashed }) === true,
    async verifyDummyHash (password) {
      await run({ kind: 'verify', digest: digestOf(password), hash: nothing })
      return false
    },
    needsRehash: (hashed) => bcrypt.getRounds(hashed) < cost,
    async close () {
      isClosing = true
      // Piscina's own close() gives up what waits for a thread that is still starting.
      await Promise.allSettled(busy)
      await pool.destroy()
    },
  }
}
