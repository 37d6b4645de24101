import fc from 'fast-check'
import t from 'tap'
import { deriveItemState } from '../../src/domain/item-state.js'
import {
  CLOCK_TOLERANCE_MS,
  isFailedStart,
  limitPlayingTime,
  limitToRuntime,
  MAX_PLAYBACK_RATE,
  MAX_REPEATS,
  playProgressOfEvent,
  completionThresholdMs,
  mergePlayProgress,
  type ItemTiming,
  type PlayProgress,
  type ProgressEvent,
} from '../../src/domain/progress.js'

const HOUR = 3_600_000
const timing: ItemTiming = { durationMs: HOUR, creditsStartMs: null }
const event = (at: number, positionMs: number, watchedMs: number | null = null, eventId = ''): ProgressEvent => ({
  at,
  positionMs,
  watchedMs,
  eventId,
})

function playOf (events: readonly ProgressEvent[], item: ItemTiming = timing): PlayProgress {
  return events.map((one) => playProgressOfEvent(one, item)).reduce(mergePlayProgress)
}

function stateOf (...plays: Array<readonly ProgressEvent[]>) {
  return deriveItemState(plays.map((events) => playOf(events)))
}

const anyEvent = fc.record({
  at: fc.integer({ min: 0, max: 50 }),
  positionMs: fc.integer({ min: 0, max: HOUR }),
  watchedMs: fc.option(fc.integer({ min: 0, max: HOUR })),
  eventId: fc.constantFrom('', 'a', 'b', 'c'),
})

t.test('shuffled, repeated and batched events give the same progress', async (t) => {
  const scenario = fc.array(anyEvent, { minLength: 1, maxLength: 12 }).chain((events) =>
    fc.record({
      events: fc.constant(events),
      shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
      repeated: fc.array(fc.constantFrom(...events), { maxLength: 10 }),
      cut: fc.integer({ min: 0, max: events.length }),
    })
  )
  fc.assert(
    fc.property(scenario, ({ events, shuffled, repeated, cut }) => {
      const once = playOf(events)
      const sent = [...shuffled, ...repeated]
      const batches = [sent.slice(0, cut), sent.slice(cut)].filter((batch) => batch.length > 0).map((batch) =>
        playOf(batch)
      )
      t.strictSame(batches.reduce(mergePlayProgress), once)
    }),
    { numRuns: 300 },
  )
})

t.test('playing time is limited by the time since the start, which only the event and its play decide', async (t) => {
  const at = 1_000_000
  const limit = (watchedMs: number | null, startedAt: number | null) =>
    limitPlayingTime(event(at, 0, watchedMs), startedAt).watchedMs
  const maxMs = 100_000 * MAX_PLAYBACK_RATE + CLOCK_TOLERANCE_MS
  t.equal(limit(maxMs, at - 100_000), maxMs)
  t.equal(limit(maxMs + 1, at - 100_000), maxMs)
  t.equal(limit(60 * 86_400_000, at), CLOCK_TOLERANCE_MS)
  t.equal(limit(60 * 86_400_000, at + 1), 60 * 86_400_000, 'a slow clock cannot be compared')
  t.equal(limit(60 * 86_400_000, null), 60 * 86_400_000, 'an unknown start')
  t.equal(limit(null, at), null)
  const play = playOf([event(5, 60 * 86_400_000, 60 * 86_400_000)])
  t.match(play, { positionMs: HOUR, furthestMs: HOUR, startPositionMs: HOUR, watchedMs: HOUR * MAX_REPEATS })
  t.equal(limitToRuntime(play, null), play)
  const longer = { ...timing, longestMs: 2 * HOUR }
  t.match(playOf([event(5, 7_000_000)], longer), { positionMs: 7_000_000, durationMs: 7_000_000 }, 'a longer file')
  t.match(playOf([event(5, 9 * HOUR)], longer), { positionMs: 2 * HOUR, durationMs: 2 * HOUR })
  t.match(playOf([event(5, 7_000_000), event(6, 1_000)], longer), { positionMs: 1_000, durationMs: HOUR })
})

t.test('a player that failed to start is recognised', async (t) => {
  t.ok(isFailedStart(event(5, 999, 0), 1_000))
  t.notOk(isFailedStart(event(5, 1_000, 0), 1_000))
  t.notOk(isFailedStart(event(5, 0, 1), 1_000))
  t.notOk(isFailedStart(event(5, 0, null), 1_000))
})

t.test('the state of an item does not depend on the order of plays', async (t) => {
  const plays = fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      plays.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        t.strictSame(stateOf(...shuffled), stateOf(...list))
      },
    ),
    { numRuns: 300 },
  )
})

t.test('merging is associative, commutative and idempotent', async (t) => {
  fc.assert(
    fc.property(anyEvent, anyEvent, anyEvent, (x, y, z) => {
      const [a, b, c] = [x, y, z].map((one) => playProgressOfEvent(one, timing)) as [
        PlayProgress,
        PlayProgress,
        PlayProgress,
      ]
      t.strictSame(mergePlayProgress(a, b), mergePlayProgress(b, a))
      t.strictSame(mergePlayProgress(mergePlayProgress(a, b), c), mergePlayProgress(a, mergePlayProgress(b, c)))
      t.strictSame(mergePlayProgress(a, a), a)
    }),
    { numRuns: 200 },
  )
})

t.test('the completion threshold is the credits marker or 90%, and before the last second', async (t) => {
  t.equal(completionThresholdMs({ durationMs: 100_000, creditsStartMs: null }), 90_000)
  t.equal(completionThresholdMs({ durationMs: 100_000, creditsStartMs: 95_000 }), 95_000)
  t.equal(completionThresholdMs({ durationMs: 100_000, creditsStartMs: 99_900 }), 99_000)
  t.equal(completionThresholdMs({ durationMs: 5_000, creditsStartMs: null }), 4_000)
  t.equal(completionThresholdMs({ durationMs: null, creditsStartMs: 5 }), null)
})

t.test('an item is started after a minute, or 1% of its runtime if that is shorter', async (t) => {
  t.match(stateOf([event(1, 0, 0), event(2, 35_999, 35_999)]), {
    started: false,
    isResumable: false,
    positionMs: 35_999,
  })
  t.match(stateOf([event(1, 0, 0), event(2, 36_000, 36_000)]), { started: true, isResumable: true })
  t.match(deriveItemState([playOf([event(2, 60_000, 60_000)], { durationMs: 10 * HOUR, creditsStartMs: null })]), {
    started: true,
  })
  t.match(deriveItemState([playOf([event(2, 60_000, 59_999)], { durationMs: 10 * HOUR, creditsStartMs: null })]), {
    started: false,
  })
})

t.test('a finished item keeps its position; the next play starts at 0', async (t) => {
  t.match(stateOf([event(1, 0, 0), event(2, 3_456_789, 3_400_000)]), {
    positionMs: 3_456_789,
    finished: true,
    finishedAt: 2,
    isResumable: false,
    resumeMs: 0,
  })
})

t.test('seeking to the end without watching: not finished, not resumable', async (t) => {
  t.match(stateOf([event(1, 0, 0), event(2, HOUR - 500, 60_000)]), {
    finished: false,
    isResumable: false,
    started: true,
    reachedEndAt: 2,
  })
})

t.test('seeking to the end and back does not finish an item', async (t) => {
  t.match(stateOf([event(1, HOUR - 500, 1_000), event(2, 100_000, 2_000), event(3, 2_000_000, 1_900_000)]), {
    finished: false,
    isResumable: true,
    positionMs: 2_000_000,
  })
})

t.test('half of the runtime may be spread over several plays', async (t) => {
  t.match(
    stateOf([event(1, 0, 0), event(2, 1_200_000, 1_200_000)], [event(3, 3_000_000, 0), event(4, HOUR, 610_000)]),
    { finished: true, finishedAt: 4 },
  )
  t.match(
    stateOf([event(1, 0, 0), event(2, 1_000_000, 1_000_000)], [event(3, 3_000_000, 0), event(4, HOUR, 610_000)]),
    { finished: false },
  )
})

t.test('without a reported playing time, the distance to the furthest position counts', async (t) => {
  t.match(stateOf([event(1, 600_000), event(2, 900_000), event(3, 700_000)]), {
    watchedMs: 300_000,
    positionMs: 700_000,
  })
})

t.test('playing a finished item again keeps it finished and makes it resumable', async (t) => {
  const state = stateOf([event(1, 0, 0), event(2, HOUR, HOUR)], [event(10, 0, 0), event(11, 500_000, 500_000)])
  t.match(state, {
    finished: true,
    finishedAt: 2,
    isResumable: true,
    positionMs: 500_000,
    resumeMs: 500_000,
    watchedMs: 500_000,
  })
})

t.test('a watched mark finishes an item, an unwatched mark resets it, later plays count', async (t) => {
  const half = playOf([event(1, 0, 0), event(2, 1_000_000, 1_000_000)])
  const done = playOf([event(1, 0, 0), event(2, HOUR, HOUR)])
  t.match(deriveItemState([half], { watched: true, markedAt: 5, watchedAt: 4 }), {
    finished: true,
    finishedAt: 4,
    isResumable: false,
    positionMs: 1_000_000,
    resumeMs: 0,
  })
  t.match(deriveItemState([done], { watched: false, markedAt: 5, watchedAt: 5 }), {
    finished: false,
    isResumable: false,
    positionMs: HOUR,
  })
  const later = playOf([event(8, 0, 0), event(9, 700_000, 700_000)])
  t.match(deriveItemState([done, later], { watched: false, markedAt: 5, watchedAt: 5 }), {
    finished: false,
    isResumable: true,
    positionMs: 700_000,
  })
  t.match(deriveItemState([half, later], { watched: true, markedAt: 5, watchedAt: 5 }), {
    finished: true,
    isResumable: true,
  })
  t.match(deriveItemState([], { watched: true, markedAt: 5, watchedAt: 4 }), { finished: true, finishedAt: 4 })
  t.equal(deriveItemState([], { watched: false, markedAt: 5, watchedAt: 5 }), null)
})
