// Access tokens: when they expire, and one exchange for all requests that wait for a new one.
import type { Tokens } from './types.js'

export interface AccessToken {
  readonly value: string
  /** Unix time, ms. */
  readonly expiresAt: number
}

/** Renewed this long before its expiry, so that a page has a valid token when it closes and sends the position. */
const RENEW_BEFORE_MS = 60_000

export function isFresh (token: AccessToken): boolean {
  return Date.now() < token.expiresAt - RENEW_BEFORE_MS
}

export function toToken ({ accessToken, expiresIn }: Pick<Tokens, 'accessToken' | 'expiresIn'>): AccessToken {
  return { value: accessToken, expiresAt: Date.now() + expiresIn * 1_000 }
}

/** Shares one run of the work between all callers that wait for it. */
export function createSingleFlight<T> (work: (old: T | null) => Promise<T>): (old: T | null) => Promise<T> {
  let running: Promise<T> | null = null
  return async (old) => {
    running ??= work(old).finally(() => {
      running = null
    })
    return await running
  }
}
