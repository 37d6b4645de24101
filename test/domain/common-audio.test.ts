// Parts that fingerprints share: runs, neighbours, and what is no intro.
import t from 'tap'
import { findCommonRuns, findSharedParts, listPairs, POINT_MS } from '../../src/domain/common-audio.js'

const LIMITS = { minMs: 15_000, maxMs: 120_000 }
const RUN = Math.round(25_000 / POINT_MS)

function createPoints (seed: number, length: number): Uint32Array {
  let state = seed
  return Uint32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state ^ state >>> 13
  })
}

const join = (...parts: readonly Uint32Array[]): Uint32Array => Uint32Array.from(parts.flatMap((part) => [...part]))

const intro = createPoints(99, RUN)
const episode = (seed: number, before: number, common = intro): Uint32Array =>
  join(createPoints(seed, before), common, createPoints(seed + 1, 300))

t.test('a common run is found although two bits of each point differ', async (t) => {
  const changed = intro.map((point, i) => point ^ 1 << i % 32 ^ 1 << (i * 7 + 3) % 32)
  const [run] = findCommonRuns(episode(1, 40), episode(11, 90, changed), LIMITS)
  t.match(run, { startA: 40, startB: 90, length: RUN })
  t.ok(run!.similarity > 0.8 && run!.similarity < 1)
})

t.test('a run continues over a short difference and ends at a long one', async (t) => {
  const withGap = (length: number): Uint32Array => {
    const points = intro.slice()
    points.set(createPoints(5, length), 140)
    return points
  }
  t.match(findCommonRuns(episode(1, 40), episode(11, 90, withGap(8)), LIMITS), [{ length: RUN }])
  const [run] = findCommonRuns(episode(1, 40), episode(11, 90, withGap(40)), LIMITS)
  t.match(run, { startA: 40, length: 140 })
})

t.test('silence, short and long runs, and copies of a file are no intro', async (t) => {
  const silence = new Uint32Array(RUN).fill(627_964_279)
  t.strictSame(findCommonRuns(episode(1, 40, silence), episode(11, 40, silence), LIMITS), [])
  const short = createPoints(7, 60)
  t.strictSame(findCommonRuns(episode(1, 40, short), episode(11, 40, short), LIMITS), [])
  const long = createPoints(7, 1_200)
  t.strictSame(findCommonRuns(episode(1, 400, long), episode(11, 400, long), LIMITS), [])
  t.strictSame(findCommonRuns(episode(1, 40), episode(1, 40), LIMITS), [])
  t.strictSame(findCommonRuns(new Uint32Array(0), episode(1, 40), LIMITS), [])
})

t.test('each episode is compared with its neighbours', async (t) => {
  t.equal(listPairs(6).length, 15)
  t.equal(listPairs(100).length, 600)
  t.strictSame(listPairs(1), [])
})

t.test('the part that most episodes share wins; an episode without it gets none', async (t) => {
  const other = createPoints(55, RUN + 40)
  const parts = findSharedParts([
    ...[10, 50, 90, 130, 170].map((before, i) => episode(100 * i + 1, before)),
    episode(900, 60, createPoints(901, RUN)),
    // Two share another part, longer than the intro.
    join(episode(1_001, 20), other),
    join(episode(2_001, 0), other),
  ], LIMITS)
  t.equal(parts[5], null)
  for (const [i, before] of [10, 50, 90, 130, 170].entries()) {
    const part = parts[i]!
    t.ok(Math.abs(part.startMs - before * POINT_MS) < 1_000)
    t.equal(part.confidence, 0.86, '6 of 7 others have it')
  }
  t.equal(parts[7]!.startMs, 0)
  t.match(parts[6], { confidence: 0.86 })
})

t.test('one other episode of many is not enough', async (t) => {
  const parts = findSharedParts([
    episode(1, 10),
    episode(11, 50),
    ...[1, 2, 3, 4, 5].map((seed) => episode(1_000 * seed, 30, createPoints(seed * 777, RUN))),
  ], LIMITS)
  t.ok(parts.every((part) => part === null))
})
