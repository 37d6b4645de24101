// Random steps of a scenario: playing, reporting, marking, hiding, rewatching and waiting.
import fc from 'fast-check'

export interface Report {
  item: number
  secondsAgo: number
  positionMs: number
  watchedMs: number | null
  eventId: string
  play: number | null
}

/** Numbers of items and titles are indexes; a stream is counted back from the newest. */
export type Step =
  | { do: 'start', item: number, private: boolean }
  | {
    do: 'heartbeat' | 'stop',
    stream: number,
    secondsAgo: number,
    positionMs: number,
    watchedMs: number | null,
    eventId: string,
    state: 'playing' | 'paused',
  }
  | {
    do: 'report' | 'batch',
    events: Report[],
    /** Indexes of events that the batch repeats. */
    repeated: number[],
  }
  | { do: 'mark', item: number, watched: boolean, msAgo: number }
  | { do: 'hide' | 'rewatch', title: number }
  | { do: 'wait', seconds: number }
  | { do: 'clean-up' }

const anyPosition = fc.oneof(
  fc.integer({ min: 0, max: 60_000 }),
  fc.constantFrom(0, 300, 39_999, 40_000, 45_000, 49_500, 54_000, 59_500),
)
const anyWatchedMs = fc.option(anyPosition, { freq: 4 })
const anyEventId = fc.constantFrom('a', 'b', 'c', 'd', 'e')
export const anyReport: fc.Arbitrary<Report> = fc.record({
  item: fc.nat(5),
  secondsAgo: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200_000 })),
  positionMs: anyPosition,
  watchedMs: anyWatchedMs,
  eventId: anyEventId,
  play: fc.option(fc.nat(3), { freq: 3 }),
})
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      item: fc.nat(5),
      private: fc.nat(9).map((n) => n === 0),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('heartbeat' as const, 'heartbeat' as const, 'stop' as const),
      stream: fc.nat(3),
      secondsAgo: fc.constantFrom(0, 0, 0, 3, 30),
      positionMs: anyPosition,
      watchedMs: anyWatchedMs,
      eventId: anyEventId,
      state: fc.constantFrom('playing' as const, 'paused' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      events: fc.array(anyReport, { minLength: 1, maxLength: 1 }),
      repeated: fc.constant<number[]>([]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      events: fc.array(anyReport, { minLength: 1, maxLength: 8 }),
      repeated: fc.array(fc.nat(7), { maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      item: fc.nat(5),
      watched: fc.boolean(),
      msAgo: fc.constantFrom(0, 5_000, 500_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hide' as const, 'rewatch' as const), title: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(5, 20, 70) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clean-up' as const }) },
)
