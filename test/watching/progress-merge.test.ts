// The merge rule of plays exists in memory, and as expressions for stored plays and for stream leases. All agree.
import fc from 'fast-check'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Play, toPlayProgress, type StoredPlay } from '../../models/play.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { DEFAULT_PLANS } from '../../src/domain/plans.js'
import {
  completionThresholdMs,
  isFailedStart,
  mergePlayProgress,
  playProgressOfEvent,
  type ItemTiming,
  type PlayProgress,
  type ProgressEvent,
} from '../../src/domain/progress.js'
import type { ProfileRef } from '../../src/watching/deps.js'
import {
  findPlay,
  mergeIntoRecords,
  mergePlay,
  mergePlays,
  type PlaySubject,
} from '../../src/watching/history/plays.js'
import { acquireLease, applyEvent, findLease, toLeaseProgress } from '../../src/watching/streams/stream-leases.js'
import { createTestDatabase } from '../support/app.js'

const START = { startedAt: 10, startPositionMs: 5_000 }
const TIMINGS: readonly ItemTiming[] = [
  { durationMs: 100_000, creditsStartMs: null },
  { durationMs: 100_000, creditsStartMs: 70_000 },
  { durationMs: null, creditsStartMs: null },
]
/** Some are ordered differently by UTF-16 code units and by UTF-8 bytes; two are equal after normalisation. */
const EVENT_IDS = [
  '',
  'a',
  'B',
  '$b',
  'é',
  'e\u0301',
  'ß',
  'א',
  '映画',
  '가',
  '\uFB01',
  '～',
  '\uFFFD',
  '🎬',
  '👩‍👩‍👧',
  '𠮷',
]

const anyEventId = fc.oneof(fc.constantFrom(...EVENT_IDS), fc.string({ unit: 'binary', maxLength: 3 }))
const anyEvent: fc.Arbitrary<ProgressEvent> = fc.record({
  // Few moments, so that the event ID often decides.
  at: fc.integer({ min: 1, max: 15 }),
  positionMs: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(5_000, 70_000, 90_000)),
  watchedMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
  eventId: anyEventId,
})
/** Events, and the order in which they arrive: each at least once. */
const anyDelivery = fc.array(anyEvent, { minLength: 1, maxLength: 8 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
    repeated: fc.array(fc.constantFrom(...events), { maxLength: 5 }),
  })
).map(({ events, shuffled, repeated }) => ({ events, arriving: [...shuffled, ...repeated] }))

const subject: PlaySubject = {
  title: new Types.ObjectId().toString(),
  item: new Types.ObjectId().toString(),
  season: null,
  episode: null,
  titleName: '$9.99',
  itemName: null,
  mediaFile: null,
}

/** Progress of a play that has started and has no event yet. */
function startedPlay ({ durationMs }: ItemTiming): PlayProgress {
  return {
    ...START,
    at: 0,
    eventId: '',
    positionMs: START.startPositionMs,
    durationMs,
    furthestMs: START.startPositionMs,
    watchedMs: null,
    reachedEndAt: null,
    reachedEndWatchedMs: null,
  }
}

function toProgress (event: ProgressEvent, timing: ItemTiming): PlayProgress {
  return { ...playProgressOfEvent(event, timing), ...START }
}

function mergeInMemory (events: readonly ProgressEvent[], timing: ItemTiming): PlayProgress {
  return events.map((event) => toProgress(event, timing)).reduce(mergePlayProgress, startedPlay(timing))
}

async function runAll (writes: ReadonlyArray<() => Promise<unknown>>, isConcurrent: boolean): Promise<void> {
  if (isConcurrent) await Promise.all(writes.map(async (write) => await write()))
  else for (const write of writes) await write()
}

async function mergeByPipeline (
  ref: ProfileRef,
  events: readonly ProgressEvent[],
  timing: ItemTiming,
  isConcurrent: boolean,
): Promise<PlayProgress | null> {
  const all = [startedPlay(timing), ...events.map((event) => toProgress(event, timing))]
  await runAll(all.map((progress) => async () => await mergePlay(ref, 'play', subject, progress, true)), isConcurrent)
  const play = await findPlay(ref, 'play')
  return play === null ? null : toPlayProgress(play)
}

/** Each write knows the play as an earlier write left it, or not at all. */
async function mergeIntoKnown (
  ref: ProfileRef,
  events: readonly ProgressEvent[],
  timing: ItemTiming,
  isConcurrent: boolean,
): Promise<readonly StoredPlay[]> {
  const all = [startedPlay(timing), ...events.map((event) => toProgress(event, timing))]
  let known: readonly StoredPlay[] = []
  const [first, ...others] = all.map((progress, i) => async () => {
    const write = { playKey: 'play', subject, progress, isPlayed: true }
    await mergePlays(ref, [write], i % 4 === 3 ? [] : known)
    known = mergeIntoRecords(ref, known, [write])
  })
  await first?.()
  await runAll(others, isConcurrent)
  const play = await findPlay(ref, 'play')
  if (!isConcurrent) t.strictSame(known, [play])
  return play === null ? [] : [play]
}

async function mergeInLease (
  ref: ProfileRef,
  events: readonly ProgressEvent[],
  timing: ItemTiming,
  isConcurrent: boolean,
): Promise<PlayProgress | null> {
  const now = new Date()
  const result = await acquireLease(
    ref.account,
    DEFAULT_PLANS.largest,
    0,
    {
      profile: new Types.ObjectId(ref.profile),
      session: new Types.ObjectId(),
      title: new Types.ObjectId(subject.title),
      item: new Types.ObjectId(subject.item),
      season: null,
      episode: null,
      mediaFile: new Types.ObjectId(),
      device: null,
      private: false,
      estimatePosition: false,
      videoHeight: 480,
      maxHeight: 2_160,
      startedAt: new Date(START.startedAt),
      startPositionMs: START.startPositionMs,
      durationMs: timing.durationMs,
      completionThresholdMs: completionThresholdMs(timing),
      base: { watchedMs: 0, finishedAt: null, reachedEndAt: null, activeAt: null },
    },
    null,
    now,
  )
  if (!result.isAcquired) throw new Error('the lease was not acquired')
  const streamId = result.lease._id.toString()
  await runAll(events.map((event) => async () => await applyEvent(ref, streamId, event)), isConcurrent)
  const lease = await findLease(ref, streamId)
  return lease === null ? null : toLeaseProgress(lease)
}

t.test('events of a play', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const newRef = (): ProfileRef => ({
    account: new Types.ObjectId().toString(),
    profile: new Types.ObjectId().toString(),
  })

  t.test('merge equally in memory, in a play and in a lease, in any order and repeated', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        anyDelivery,
        fc.constantFrom(...TIMINGS),
        fc.boolean(),
        async ({ events, arriving }, timing, isConcurrent) => {
          const ref = newRef()
          const expected = mergeInMemory(events, timing)
          t.strictSame(mergeInMemory(arriving, timing), expected, 'in memory')
          t.strictSame(await mergeByPipeline(ref, arriving, timing, isConcurrent), expected, 'by pipeline')
          const [play] = await mergeIntoKnown(newRef(), arriving, timing, isConcurrent)
          t.strictSame(play === undefined ? null : toPlayProgress(play), expected, 'into a known play')
          const played = mergeInMemory(events.filter((one) => !isFailedStart(one, START.startPositionMs)), timing)
          t.strictSame(await mergeInLease(ref, arriving, timing, isConcurrent), played, 'in a lease')
        },
      ),
      { numRuns: 60, endOnFailure: true },
    )
  })

  t.test('merge equally when some leave out the playing time of a removed play', async (t) => {
    const anyProgress = fc.record({ event: anyEvent, watchedBeforeMs: fc.constantFrom(0, 0, 7_000, 30_000) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyProgress, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (all, isKnown) => {
          const [timing] = TIMINGS as [ItemTiming]
          const [first, ...rest] = all.map(({ event, watchedBeforeMs }): PlayProgress => ({
            ...toProgress(event, timing),
            ...(watchedBeforeMs === 0 ? {} : { watchedBeforeMs }),
          })) as [PlayProgress, ...PlayProgress[]]
          const expected = rest.reduce(mergePlayProgress, first)
          t.strictSame([...rest, ...rest].reduceRight(mergePlayProgress, first), expected, 'in any order and repeated')
          const ref = newRef()
          let known: readonly StoredPlay[] = []
          for (const progress of [first, ...rest]) {
            const write = { playKey: 'play', subject, progress, isPlayed: true }
            await mergePlays(ref, [write], isKnown ? known : [])
            known = mergeIntoRecords(ref, known, [write])
          }
          const stored = await findPlay(ref, 'play')
          t.strictSame(known, [stored])
          t.strictSame(stored === null ? null : toPlayProgress(stored), expected)
        },
      ),
      { numRuns: 60, endOnFailure: true },
    )
  })

  t.test('of the same moment are ordered by event ID as the database orders text', async (t) => {
    const [timing] = TIMINGS as [ItemTiming]
    for (const [lower, higher] of [['～', '🎬'], ['\uFB01', '𠮷'], ['e\u0301', 'é'], ['B', 'a'], ['', 'a']] as const) {
      const ref = newRef()
      const events = [higher, lower].map((eventId, i) => ({ at: 20, positionMs: i, watchedMs: null, eventId }))
      const names = `${lower} ${higher}`
      t.equal(mergeInMemory(events, timing).eventId, higher, `in memory: ${names}`)
      t.equal((await mergeByPipeline(ref, events, timing, false))?.eventId, higher, `by pipeline: ${names}`)
      t.equal((await mergeInLease(ref, events, timing, false))?.eventId, higher, `in a lease: ${names}`)
    }
  })

  t.test('merge into a known play that another writer deleted and created again', async (t) => {
    const ref = newRef()
    const [timing] = TIMINGS as [ItemTiming]
    const write = (at: number, startedAt: number) => ({
      playKey: 'play',
      subject,
      progress: { ...toProgress({ at, positionMs: at, watchedMs: null, eventId: '' }, timing), startedAt },
      isPlayed: true,
    })
    const known = mergeIntoRecords(ref, [], [write(20, 10)])
    await mergePlays(ref, [write(30, 25)])
    await mergePlays(ref, [write(40, 10)], known)
    const times = async (): Promise<unknown> => {
      const play = await findPlay(ref, 'play')
      return [play?.at.getTime(), play?.startedAt.getTime()]
    }
    t.strictSame(await times(), [40, 10])
    await Play.deleteMany({ profile: ref.profile })
    await mergePlays(ref, [write(50, 10)], known)
    t.strictSame(await times(), [50, 10])
  })

  t.test('are stored with the names of their title', async (t) => {
    const ref = newRef()
    await mergeByPipeline(ref, [{ at: 20, positionMs: 1, watchedMs: null, eventId: '$a' }], TIMINGS[0]!, false)
    const play = await Play.findOne({ profile: ref.profile }).lean()
    t.match(play, { titleName: '$9.99', eventId: '$a', kind: 'play', isPlayed: true, removedAt: null, watched: null })
  })
})
