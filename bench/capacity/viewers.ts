// Viewers of the service: each opens the home page, browses, searches, plays with a heartbeat each 10 s, and stops. The
// clock decides when a request is due, not the answer to the last one.
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { createRandom } from '../generated-titles.js'
import { sendOnce, type LoadRequest } from '../peers/load.js'
import type { ServiceTokens } from '../peers/service-tokens.js'
import { HEARTBEAT_INTERVAL_MS } from '../peers/streams.js'
import { DURATION_MS, type Household, type TestData } from '../peers/test-data.js'

/** What a viewer plays at a time: between an episode and a movie. */
export const PLAYING_MS = 30 * 60_000
const CARDS = 20

export type RequestKind = 'home' | 'browse' | 'search' | 'start' | 'heartbeat' | 'stop'
export const REQUEST_KINDS: readonly RequestKind[] = ['home', 'browse', 'search', 'start', 'heartbeat', 'stop']

/** Between two plays: when each request follows the stop, s. */
export const BROWSING = [
  [2, 'continue'],
  [5, 'home'],
  [15, 'list'],
  [20, 'movie'],
  [30, 'suggestions'],
  [31, 'suggestions'],
  [32, 'search'],
  [40, 'movie'],
  [50, 'list'],
  [55, 'show'],
  [60, 'season'],
  [75, 'movie'],
] as const
/** The next play starts this long after the stop. */
export const BROWSING_MS = 85_000

type Page = (typeof BROWSING)[number][1]
const KINDS: Readonly<Record<Page, RequestKind>> = {
  home: 'home',
  continue: 'home',
  list: 'browse',
  movie: 'browse',
  show: 'browse',
  season: 'browse',
  search: 'search',
  suggestions: 'search',
}

export interface Sample {
  readonly kind: RequestKind
  /** From the time at which the request was due, ms. */
  readonly latencyMs: number
  /** How late this process sent it, ms. */
  readonly lagMs: number
}

/** What was due since the last call of `take`. */
export interface Recorder {
  readonly samples: Sample[]
  readonly errors: Error[]
}

export interface Audience {
  /** Adds viewers at equal intervals. Each starts to play at once, at a random time before the end of a play. */
  grow(count: number, durationMs: number): Promise<void>
  /** Returns what was recorded since the last call. */
  take(): Recorder
  stop(): void
}

/** @param origin of the service */
export function createAudience (origin: string, data: TestData, tokens: ServiceTokens): Audience {
  const agent = new Agent()
  const random = createRandom(3)
  const stopped = new AbortController()
  // Every viewer waits for it.
  setMaxListeners(0, stopped.signal)
  let recorder: Recorder = { samples: [], errors: [] }
  let viewers = 0
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

  /** @throws AbortError when the audience stops */
  async function waitUntil (dueAt: number): Promise<void> {
    await sleep(Math.max(0, dueAt - performance.now()), undefined, { signal: stopped.signal })
  }

  /** Waits until a request is due, then sends it. Null after an error, which is recorded. */
  async function send<T> (
    kind: RequestKind,
    viewer: number,
    dueAt: number,
    request: () => LoadRequest,
  ): Promise<T | null> {
    try {
      await waitUntil(dueAt)
      const lagMs = performance.now() - dueAt
      const body = await sendOnce<T>(origin, request(), viewer, agent)
      recorder.samples.push({ kind, latencyMs: performance.now() - dueAt, lagMs })
      return body
    } catch (error) {
      if (!stopped.signal.aborted) recorder.errors.push(error as Error)
      return null
    }
  }

  function findPath (page: Page, profileId: string): string {
    const show = pick(pick(data.shows)).title.toString()
    const word = pick(data.movies).titleName.split(' ')[0] ?? ''
    switch (page) {
      case 'home':
        return `/v1/profiles/${profileId}/home`
      case 'continue':
        return `/v1/profiles/${profileId}/continue-watching?limit=${CARDS}`
      case 'list':
        return `/v1/titles?genre=${encodeURIComponent(pick(data.genres))}&sort=popularity&limit=${CARDS}`
      case 'movie':
        return `/v1/movies/${pick(data.movies).item.toString()}`
      case 'show':
        return `/v1/shows/${show}`
      case 'season':
        return `/v1/shows/${show}/seasons/1`
      case 'search':
        return `/v1/search?q=${encodeURIComponent(word)}`
      case 'suggestions':
        return `/v1/search/suggestions?q=${encodeURIComponent(word.slice(0, 3))}`
    }
  }

  /** Plays and browses until the audience is stopped. */
  async function view (viewer: number, startAt: number): Promise<void> {
    const household = data.households[viewer % data.households.length] as Household
    const profileId = household.profiles[Math.floor(viewer / data.households.length)]?.id
    if (profileId === undefined) throw new Error('There are more viewers than profiles.')
    const token = (): string => tokens.ofProfile(household, profileId)
    const base = `/v1/profiles/${profileId}/playback`
    let dueAt = startAt
    let playingMs = random() * PLAYING_MS
    while (!stopped.signal.aborted) {
      const itemId = pick(data.movies).item.toString()
      const started = await send<{ streamId: string }>('start', viewer, dueAt, () => ({
        method: 'POST',
        path: base,
        token: token(),
        body: { itemId, device: 'TV' },
      }))
      const stopAt = dueAt + playingMs
      const firstAt = dueAt
      const positionAt = (now: number) => ({
        positionMs: Math.floor(now - firstAt) % DURATION_MS,
        watchedMs: Math.max(0, Math.floor(now - firstAt)),
        at: new Date().toISOString(),
      })
      const path = `${base}/${started?.streamId ?? ''}`
      if (started !== null) {
        let heartbeat: Promise<unknown> = Promise.resolve()
        for (let at = dueAt + HEARTBEAT_INTERVAL_MS; at < stopAt; at += HEARTBEAT_INTERVAL_MS) {
          await waitUntil(at)
          heartbeat = send('heartbeat', viewer, at, () => ({
            method: 'PUT',
            path,
            token: token(),
            body: positionAt(at),
          }))
        }
        await heartbeat
        await send('stop', viewer, stopAt, () => ({
          method: 'POST',
          path: `${path}/stop`,
          token: token(),
          body: positionAt(stopAt),
        }))
      }
      for (const [seconds, page] of BROWSING) {
        const at = stopAt + seconds * 1_000
        await waitUntil(at)
        void send(KINDS[page], viewer, at, () => ({ method: 'GET', path: findPath(page, profileId), token: token() }))
      }
      dueAt = stopAt + BROWSING_MS
      playingMs = PLAYING_MS
    }
  }

  return {
    async grow (count, durationMs) {
      const startedAt = performance.now()
      for (let n = 0; n < count; n++) {
        view(viewers++, startedAt + n * durationMs / count).catch((error: unknown) => {
          if (!stopped.signal.aborted) recorder.errors.push(error as Error)
        })
      }
      await sleep(durationMs)
    },
    take () {
      const taken = recorder
      recorder = { samples: [], errors: [] }
      return taken
    },
    stop () {
      stopped.abort()
      // Also fails the requests in progress.
      void agent.destroy()
    },
  }
}
