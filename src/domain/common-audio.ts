// Finds audio that the episodes of a season share, in their chromaprint fingerprints: lists of 32-bit points, of which
// similar sounds have most bits in common.

/** Time between two points of chromaprint's algorithm 2: 1365 samples at 11025 Hz. */
export const POINT_MS = 1_365 / 11.025
/** Audio that one point describes: 16 frames of 4096 samples, which start 1365 samples apart. */
const POINT_WINDOW_MS = (15 * 1_365 + 4_096) / 11.025

/** Maximum number of bits in which points of the same sound differ. Unrelated points differ in about 16 of 32. */
const MAX_BIT_ERRORS = 7
/** Maximum number of consecutive different points inside a run, for example speech over the music. */
const MAX_GAP = 12
/** Minimum number of consecutive similar points at both ends of a run: one point may be similar by chance. */
const MIN_STREAK = 3
/** Minimum share of similar points in a run. */
const MIN_SIMILAR_SHARE = 0.7
/** Minimum share of distinct points in a run: silence and held tones repeat a few points, music does not. */
const MIN_DISTINCT_SHARE = 0.2
/** Episodes with a longer run, as a share of the compared audio, have the same file. Such a run is no intro. */
const MAX_LENGTH_SHARE = 0.9
/** Half points that occur more often do not help to find the offset. */
const MAX_REPEATS = 12
/** Maximum number of offsets that are compared, those with the most equal half points first. */
const MAX_OFFSETS = 24
const MIN_VOTES = 4
const MAX_RUNS = 4
/** Episodes before and after an episode that it is compared with: this limits the time for long seasons. */
const MAX_NEIGHBOURS = 6
/** Runs of an episode with several others are the same audio when their overlap is this share of their union. */
const MIN_OVERLAP = 0.7
/** Minimum share of the compared episodes that have the same audio. */
const MIN_SUPPORT = 0.3
/** Share of its window that is different audio for the first and the last similar point of a run. */
const EDGE_SHARE = 0.25

export interface RunLimits {
  readonly minMs: number
  readonly maxMs: number
}

/** Audio of two fingerprints that is the same. */
export interface CommonRun {
  /** First point in both. */
  readonly startA: number
  readonly startB: number
  /** Points. */
  readonly length: number
  /** From 0 (unrelated) to 1 (equal). */
  readonly similarity: number
}

/** A part of an episode that other episodes have too. */
export interface SharedPart {
  /** From the start of the fingerprint. */
  readonly startMs: number
  readonly endMs: number
  /** From 0 to 1: how similar the audio is, and how many of the compared episodes have it. */
  readonly confidence: number
}

/**
 * Finds for each fingerprint the audio that most of the others share.
 * @param fingerprints of the same part of the episodes of a season, in order
 * @returns for each fingerprint, null when there is none
 */
export function findSharedParts (fingerprints: readonly Uint32Array[], limits: RunLimits): Array<SharedPart | null> {
  const runs: RunsWithPartner[][] = fingerprints.map(() => [])
  for (const [a, b] of listPairs(fingerprints.length)) {
    const common = findCommonRuns(fingerprints[a] as Uint32Array, fingerprints[b] as Uint32Array, limits)
    runs[a]?.push(common.map(({ startA, length, similarity }) => ({ start: startA, length, similarity })))
    runs[b]?.push(common.map(({ startB, length, similarity }) => ({ start: startB, length, similarity })))
  }
  return runs.map((ofEpisode, i) => agreeOnPart(ofEpisode, fingerprints[i]?.length ?? 0))
}

interface Run {
  readonly start: number
  readonly length: number
  readonly similarity: number
}
type RunsWithPartner = readonly Run[]

/** Pairs of neighbours; the last episodes are those of the first. */
export function listPairs (count: number): Array<readonly [number, number]> {
  const pairs = new Map<string, readonly [number, number]>()
  for (let a = 0; a < count; a++) {
    for (let distance = 1; distance <= Math.min(MAX_NEIGHBOURS, count - 1); distance++) {
      const b = (a + distance) % count
      const pair = [Math.min(a, b), Math.max(a, b)] as const
      pairs.set(pair.join(' '), pair)
    }
  }
  return [...pairs.values()]
}

/** The part with the most partners; of several, the longest. Its bounds are the medians of the runs. */
function agreeOnPart (partners: readonly RunsWithPartner[], pointCount: number): SharedPart | null {
  let best: readonly Run[] = []
  for (const candidate of partners.flat()) {
    const agreeing = partners.flatMap((runs) => runs.find((run) => overlapShare(run, candidate) >= MIN_OVERLAP) ?? [])
    const isBetter = agreeing.length > best.length ||
      (agreeing.length === best.length && medianOf(agreeing, lengthOf) > medianOf(best, lengthOf))
    if (isBetter) best = agreeing
  }
  if (best.length === 0 || best.length < partners.length * MIN_SUPPORT) return null
  const start = medianOf(best, ({ start }) => start)
  const end = medianOf(best, ({ start, length }) => start + length - 1)
  // At the bounds of the fingerprint there is no different audio.
  const isAtStart = start < MIN_STREAK
  const isAtEnd = end >= pointCount - MIN_STREAK
  const edgeMs = POINT_WINDOW_MS * EDGE_SHARE
  return {
    startMs: isAtStart ? 0 : Math.round(start * POINT_MS + edgeMs),
    endMs: Math.round((isAtEnd ? pointCount - 1 : end) * POINT_MS + POINT_WINDOW_MS - (isAtEnd ? 0 : edgeMs)),
    confidence: roundConfidence(medianOf(best, ({ similarity }) => similarity) * best.length / partners.length),
  }
}

const lengthOf = ({ length }: Run): number => length
const roundConfidence = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 100) / 100

function overlapShare (a: Run, b: Run): number {
  const common = Math.min(a.start + a.length, b.start + b.length) - Math.max(a.start, b.start)
  return common <= 0 ? 0 : common / (a.length + b.length - common)
}

function medianOf (runs: readonly Run[], valueOf: (run: Run) => number): number {
  const values = runs.map(valueOf).sort((a, b) => a - b)
  const middle = (values.length - 1) / 2
  return ((values[Math.floor(middle)] ?? 0) + (values[Math.ceil(middle)] ?? 0)) / 2
}

/** Finds runs of the same audio within the limits, longest first. They do not overlap in the first fingerprint. */
export function findCommonRuns (a: Uint32Array, b: Uint32Array, { minMs, maxMs }: RunLimits): CommonRun[] {
  const minLength = Math.ceil((minMs - POINT_WINDOW_MS) / POINT_MS)
  const maxLength = Math.min(Math.floor(maxMs / POINT_MS), Math.min(a.length, b.length) * MAX_LENGTH_SHARE)
  const runs = findOffsets(a, b).flatMap((offset) => findRunsAt(a, b, offset, minLength))
    .sort((one, other) => other.length * other.similarity - one.length * one.similarity)
  const chosen: CommonRun[] = []
  for (const run of runs) {
    const isSeparate = chosen.every(({ startA, length }) =>
      run.startA >= startA + length || run.startA + run.length <= startA
    )
    if (isSeparate) chosen.push(run)
  }
  // What is longer than the limit is no intro, and neither is a part of it.
  return chosen.filter(({ length }) => length <= maxLength).slice(0, MAX_RUNS)
}

/** Offsets of `b` behind `a` at which most half points are equal, found by an inverted index of the halves. */
function findOffsets (a: Uint32Array, b: Uint32Array): number[] {
  const votes = new Map<number, number>()
  for (const shift of [0, 16]) {
    const positions = new Map<number, number[]>()
    b.forEach((point, i) => {
      const half = point >>> shift & 0xffff
      const list = positions.get(half)
      if (list === undefined) positions.set(half, [i])
      else list.push(i)
    })
    a.forEach((point, i) => {
      const list = positions.get(point >>> shift & 0xffff)
      if (list === undefined || list.length > MAX_REPEATS) return
      for (const at of list) votes.set(at - i, (votes.get(at - i) ?? 0) + 1)
    })
  }
  return [...votes].filter(([, count]) => count >= MIN_VOTES).sort((one, other) => other[1] - one[1])
    .slice(0, MAX_OFFSETS).map(([offset]) => offset)
}

/** Runs of similar points at one offset. */
function findRunsAt (a: Uint32Array, b: Uint32Array, offset: number, minLength: number): CommonRun[] {
  const runs: CommonRun[] = []
  const end = Math.min(a.length, b.length - offset)
  let [first, last, streak] = [-1, -1, 0]
  const finish = (): void => {
    if (first >= 0 && last - first + 1 >= minLength) {
      const run = measureRun(a, b, offset, first, last)
      if (run !== null) runs.push(run)
    }
    first = -1
  }
  for (let i = Math.max(0, -offset); i < end; i++) {
    streak = countBits(at(a, i) ^ at(b, i + offset)) <= MAX_BIT_ERRORS ? streak + 1 : 0
    if (first >= 0 && i - last > MAX_GAP) finish()
    if (streak < MIN_STREAK) continue
    if (first < 0) first = i - MIN_STREAK + 1
    last = i
  }
  finish()
  return runs
}

/** @returns null when the run is silence or a held tone, or too little of it is similar */
function measureRun (a: Uint32Array, b: Uint32Array, offset: number, first: number, last: number): CommonRun | null {
  const length = last - first + 1
  const distinct = new Set<number>()
  let [errors, similar] = [0, 0]
  for (let i = first; i <= last; i++) {
    const bits = countBits(at(a, i) ^ at(b, i + offset))
    errors += bits
    if (bits <= MAX_BIT_ERRORS) similar++
    distinct.add(at(a, i))
  }
  if (similar < length * MIN_SIMILAR_SHARE || distinct.size < length * MIN_DISTINCT_SHARE) return null
  // Half of the bits of unrelated points are equal.
  return { startA: first, startB: first + offset, length, similarity: Math.max(0, 1 - errors / length / 16) }
}

const at = (points: Uint32Array, i: number): number => points[i] ?? 0

/** Number of bits that are set in 32. */
function countBits (value: number): number {
  let bits = value - (value >>> 1 & 0x55555555)
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333)
  return (bits + (bits >>> 4) & 0x0f0f0f0f) * 0x01010101 >>> 24
}
