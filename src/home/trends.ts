// What is watched these days, from the plays of the last week: counted by the database a day at a time, and kept in memory.
import type { Types } from 'mongoose'
import { Play } from '../../models/play.js'

export interface Trends {
  /** How many profiles played each title this week, the most first; a profile counts once a day. */
  popular(): readonly TitleViewers[]
  /** How often titles are watched by those who watched this one, from 0 to 1. */
  watchedTogether(titleId: string): ReadonlyMap<string, number>
  /** Grows with every count. */
  version(): number
  countPopular(now: Date): Promise<void>
  countTogether(now: Date): Promise<void>
}

export interface TitleViewers {
  readonly titleId: string
  readonly viewers: number
}

const DAY_MS = 86_400_000
const DAYS = 7
/** Of one day, and of the week. */
const COUNTED_TITLES = 500
/** What of a week is looked at to learn what goes together: bounded, because it is asked of the database as a whole. */
const [SAMPLED_PLAYS, SAMPLED_PROFILES, TITLES_OF_PROFILE] = [50_000, 5_000, 12]
const KEPT_TOGETHER = 20
/** Fewer say more about themselves than about the titles. */
const ENOUGH_PROFILES = 3

const NOTHING: ReadonlyMap<string, number> = new Map()

export function createTrends (): Trends {
  /** Viewers by title, by the day that they are of; a day that is over is counted once more and then kept. */
  const days = new Map<number, { readonly viewers: ReadonlyMap<string, number>, readonly isOver: boolean }>()
  let popular: TitleViewers[] = []
  let together = new Map<string, ReadonlyMap<string, number>>()
  let version = 0

  async function countPopular (now: Date): Promise<void> {
    const today = Math.floor(now.getTime() / DAY_MS)
    for (const day of days.keys()) if (day <= today - DAYS || day > today) days.delete(day)
    for (let day = today - DAYS + 1; day <= today; day++) {
      if (days.get(day)?.isOver !== true) days.set(day, { viewers: await countDay(day), isOver: day < today })
    }
    const week = new Map<string, number>()
    for (const { viewers } of days.values()) {
      for (const [titleId, count] of viewers) week.set(titleId, (week.get(titleId) ?? 0) + count)
    }
    popular = [...week].map(([titleId, viewers]) => ({ titleId, viewers })).sort((a, b) =>
      b.viewers - a.viewers || (a.titleId < b.titleId ? -1 : 1)
    ).slice(0, COUNTED_TITLES)
    version++
  }

  async function countTogether (now: Date): Promise<void> {
    together = pairUp(await readSample(new Date(now.getTime() - DAYS * DAY_MS)))
    version++
  }

  return {
    popular: () => popular,
    watchedTogether: (titleId) => together.get(titleId) ?? NOTHING,
    version: () => version,
    countPopular,
    countTogether,
  }
}

/** What was really played and not taken out of a history since; the second stage, so that the first is all in the index. */
const PLAYED = { $match: { isPlayed: true, removedAt: null } } as const

async function countDay (day: number): Promise<Map<string, number>> {
  const counts = await Play.aggregate<{ _id: Types.ObjectId, viewers: number }>([
    { $match: { startedAt: { $gte: new Date(day * DAY_MS), $lt: new Date((day + 1) * DAY_MS) } } },
    PLAYED,
    { $group: { _id: { title: '$title', profile: '$profile' } } },
    { $group: { _id: '$_id.title', viewers: { $sum: 1 } } },
    { $sort: { viewers: -1 } },
    { $limit: COUNTED_TITLES },
  ])
  return new Map(counts.map(({ _id, viewers }) => [_id.toString(), viewers]))
}

async function readSample (since: Date): Promise<string[][]> {
  const profiles = await Play.aggregate<{ titles: Types.ObjectId[] }>([
    { $match: { startedAt: { $gte: since } } },
    { $sort: { startedAt: -1 } },
    { $limit: SAMPLED_PLAYS },
    PLAYED,
    { $group: { _id: '$profile', titles: { $addToSet: '$title' } } },
    { $limit: SAMPLED_PROFILES },
  ])
  return profiles.map(({ titles }) => titles.slice(0, TITLES_OF_PROFILE).map(String))
}

/** The titles that go with each: shared viewers over the geometric mean of both audiences (cosine similarity). */
function pairUp (profiles: readonly string[][]): Map<string, ReadonlyMap<string, number>> {
  const audience = new Map<string, number>()
  const shared = new Map<string, Map<string, number>>()
  for (const titles of profiles) {
    for (const a of titles) {
      audience.set(a, (audience.get(a) ?? 0) + 1)
      const others = shared.get(a) ?? new Map<string, number>()
      shared.set(a, others)
      for (const b of titles) if (b !== a) others.set(b, (others.get(b) ?? 0) + 1)
    }
  }
  const sizeOf = (titleId: string): number => audience.get(titleId) ?? 1
  return new Map([...shared].map(([a, others]) => [
    a,
    new Map(
      [...others]
        .filter(([, count]) => count >= ENOUGH_PROFILES)
        .map(([b, count]) => [b, count / Math.sqrt(sizeOf(a) * sizeOf(b))] as const)
        .sort(([, a], [, b]) => b - a)
        .slice(0, KEPT_TOGETHER),
    ),
  ]))
}
