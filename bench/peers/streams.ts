// Streams of many accounts, and the heartbeats that their players send.
import type { LoadRequest } from './load.js'
import { sendOnce } from './load.js'
import type { ServiceTokens } from './service-tokens.js'
import { DURATION_MS, type Household, type TestData } from './test-data.js'

export const HEARTBEAT_INTERVAL_MS = 10_000
/** A lease lives for 60 s after a heartbeat; older streams are started again. */
const MAX_PAUSE_MS = 40_000
const STARTS_AT_A_TIME = 8

/** Accounts whose first profiles play movies. */
export interface StreamData {
  readonly households: ReadonlyArray<
    & Pick<Household, 'id' | 'session'>
    & { readonly profiles: ReadonlyArray<Pick<Household['profiles'][number], 'id'>> }
  >
  readonly movies: ReadonlyArray<Pick<TestData['movies'][number], 'item'>>
}

type StreamHousehold = StreamData['households'][number]

interface Stream {
  readonly household: StreamHousehold
  readonly profileId: string
  readonly streamId: string
  heartbeats: number
}

export interface Streams {
  readonly count: number
  /** Starts all streams again, unless they had heartbeats a moment ago. */
  keepLive(origin: string): Promise<void>
  /** Starts the streams from a number, up to another one that is excluded, again. */
  start(origin: string, from: number, to: number): Promise<void>
  /** The heartbeat of the n-th request: each stream in turn. */
  heartbeat(n: number, isPaused: boolean): LoadRequest
  /** How often the stream of the n-th request had its turn before; streams start at different numbers. */
  turnOf(n: number): number
}

export function createStreams (data: StreamData, tokens: ServiceTokens, count: number): Streams {
  const streams: Stream[] = []
  let usedAt = -Infinity

  async function startOne (origin: string, n: number): Promise<void> {
    const household = data.households[n] as StreamHousehold
    const profileId = household.profiles[0]?.id ?? ''
    const { streamId } = await sendOnce<{ streamId: string }>(origin, {
      method: 'POST',
      path: `/v1/profiles/${profileId}/playback`,
      token: tokens.ofProfile(household, profileId),
      body: { itemId: data.movies[n * 7 % data.movies.length]?.item.toString() },
    }, n)
    streams[n] = { household, profileId, streamId, heartbeats: 0 }
  }

  async function start (origin: string, from: number, to: number): Promise<void> {
    for (let n = from; n < to; n += STARTS_AT_A_TIME) {
      const numbers = Array.from({ length: Math.min(STARTS_AT_A_TIME, to - n) }, (_, i) => n + i)
      await Promise.all(numbers.map(async (one) => {
        await startOne(origin, one)
      }))
    }
  }

  function heartbeat (n: number, isPaused: boolean): LoadRequest {
    usedAt = performance.now()
    const stream = streams[n % count] as Stream
    const { household, profileId, streamId } = stream
    const playedMs = ++stream.heartbeats * HEARTBEAT_INTERVAL_MS % (DURATION_MS / 2)
    return {
      method: 'PUT',
      path: `/v1/profiles/${profileId}/playback/${streamId}`,
      token: tokens.ofProfile(household, profileId),
      body: {
        positionMs: playedMs,
        watchedMs: playedMs,
        at: new Date().toISOString(),
        state: isPaused ? 'paused' : 'playing',
      },
    }
  }

  return {
    count,
    async keepLive (origin) {
      if (performance.now() - usedAt > MAX_PAUSE_MS) {
        await start(origin, 0, count)
        // The first heartbeat of a stream reads what later ones find in a cache.
        for (let n = 0; n < count; n++) await sendOnce(origin, heartbeat(n, false), n)
      }
      usedAt = performance.now()
    },
    start,
    heartbeat,
    turnOf: (n) => Math.floor(n / count) + n % count,
  }
}
