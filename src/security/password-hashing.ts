// Passwords and PINs: hashed with bcrypt in worker threads, behind a bounded queue.
import bcrypt from 'bcryptjs'
import { createHmac } from 'node:crypto'
import { Piscina } from 'piscina'
import { unavailable } from '../errors.js'
import type { PasswordTask } from './password-worker.js'

export interface PasswordHasher {
  /** @throws DomainError 503 `busy` when too many are waiting */
  hash (password: string): Promise<string>
  verify (password: string, hash: string): Promise<boolean>
  /** The work of a verification without its outcome, for accounts that do not exist. */
  verifyNothing (password: string): Promise<false>
  /** True when a hash was made with a lower cost than is asked for now. */
  needsRehash (hash: string): boolean
  close (): Promise<void>
}

export interface PasswordHasherOptions {
  readonly pepper: string
  /** bcrypt's cost: each step doubles the work. */
  readonly cost: number
  readonly threads?: number
  /** How many may wait; those beyond are told to come again. */
  readonly maxWaiting?: number
}

export function createPasswordHasher ({ pepper, cost, threads = 2, maxWaiting = 64 }: PasswordHasherOptions): PasswordHasher {
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
  async function run (task: PasswordTask): Promise<string | boolean> {
    if (pool.queueSize >= maxWaiting) throw unavailable('busy', 'Too many people are signing in at this moment. Try again shortly.', 2)
    return await pool.run(task)
  }
  let nothing: Promise<string> | null = null
  async function hash (password: string): Promise<string> {
    return String(await run({ kind: 'hash', digest: digestOf(password), cost }))
  }
  return {
    hash,
    verify: async (password, hashed) => await run({ kind: 'verify', digest: digestOf(password), hash: hashed }) === true,
    async verifyNothing (password) {
      nothing ??= hash('no account has this password').catch((error: unknown) => { nothing = null; throw error })
      await run({ kind: 'verify', digest: digestOf(password), hash: await nothing })
      return false
    },
    needsRehash: (hashed) => bcrypt.getRounds(hashed) < cost,
    close: async () => { await pool.destroy() },
  }
}
