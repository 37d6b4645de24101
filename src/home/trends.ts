// Trends of the last seven days, counted from plays by scheduled jobs: the most watched titles and co-watched titles.
import type { Types } from 'mongoose'
import { Play } from '../../models/play.js'

export interface Trends {
  /** Titles of the last seven days, most watched first. */
  popular(): readonly TitleAudience[]
  /** Co-watched titles with their cosine similarity, from 0 to 1. */
  coWatched(titleId: string): ReadonlyMap<string, number>
  /** Grows with each count. */
  version(): number
  countPopular(now: Date): Promise<void>
  countCoWatched(now: Date): Promise<void>
}

export interface TitleAudience {
  readonly titleId: string
  /** Profiles that played the title. A profile counts once a day. */
  readonly profileCount: number
}

const DAY_MS = 86_400_000
const TREND_DAYS = 7
/** Applies to each day and to the week. */
const MAX_POPULAR_TITLES = 500
/** Bounds the query over all plays of the week. */
const [MAX_SAMPLED_PLAYS, MAX_SAMPLED_PROFILES, MAX_TITLES_PER_PROFILE] = [50_000, 5_000, 12]
const MAX_CO_WATCHED = 20
/** Fewer shared profiles are not a pattern. */
const MIN_SHARED_PROFILES = 3

const NO_TITLES: ReadonlyMap<string, number> = new Map()

export function createTrends (): Trends {
  /** Profile counts by title, by day (days since the epoch). A past day is counted once after its end, then reused. */
  const days = new Map<number, { readonly profileCounts: ReadonlyMap<string, number>, readonly isOver: boolean }>()
  let popular: TitleAudience[] = []
  let coWatched = new Map<string, ReadonlyMap<string, number>>()
  let version = 0

  async function countPopular (now: Date): Promise<void> {
    const today = Math.floor(now.getTime() / DAY_MS)
    for (const day of days.keys()) if (day <= today - TREND_DAYS || day > today) days.delete(day)
    for (let day = today - TREND_DAYS + 1; day <= today; day++) {
      if (days.get(day)?.isOver === true) continue
      days.set(day, { profileCounts: await countProfilesOfDay(day), isOver: day < today })
    }
    const week = new Map<string, number>()
    for (const { profileCounts } of days.values()) {
      for (const [titleId, count] of profileCounts) week.set(titleId, (week.get(titleId) ?? 0) + count)
    }
    popular = [...week].map(([titleId, profileCount]) => ({ titleId, profileCount }))
      .sort((a, b) => b.profileCount - a.profileCount || (a.titleId < b.titleId ? -1 : 1))
      .slice(0, MAX_POPULAR_TITLES)
    version++
  }

  async function countCoWatched (now: Date): Promise<void> {
    coWatched = relateTitles(await sampleProfileTitles(new Date(now.getTime() - TREND_DAYS * DAY_MS)))
    version++
  }

  return {
    popular: () => popular,
    coWatched: (titleId) => coWatched.get(titleId) ?? NO_TITLES,
    version: () => version,
    countPopular,
    countCoWatched,
  }
}

/** Excludes marks and removed plays. A stage of its own, so that the index covers the whole first stage. */
const PLAYED = { $match: { isPlayed: true, removedAt: null } } as const

async function countProfilesOfDay (day: number): Promise<Map<string, number>> {
  const counts = await Play.aggregate<{ _id: Types.ObjectId, profileCount: number }>([
    { $match: { startedAt: { $gte: new Date(day * DAY_MS), $lt: new Date((day + 1) * DAY_MS) } } },
    PLAYED,
    { $group: { _id: { title: '$title', profile: '$profile' } } },
    { $group: { _id: '$_id.title', profileCount: { $sum: 1 } } },
    { $sort: { profileCount: -1 } },
    { $limit: MAX_POPULAR_TITLES },
  ])
  return new Map(counts.map(({ _id, profileCount }) => [_id.toString(), profileCount]))
}

/** The titles of each sampled profile. */
async function sampleProfileTitles (since: Date): Promise<string[][]> {
  const profiles = await Play.aggregate<{ titles: Types.ObjectId[] }>([
    { $match: { startedAt: { $gte: since } } },
    { $sort: { startedAt: -1 } },
    { $limit: MAX_SAMPLED_PLAYS },
    PLAYED,
    { $group: { _id: '$profile', titles: { $addToSet: '$title' } } },
    { $limit: MAX_SAMPLED_PROFILES },
  ])
  return profiles.map(({ titles }) => titles.slice(0, MAX_TITLES_PER_PROFILE).map(String))
}

/** Relates titles by cosine similarity: shared profiles divided by the geometric mean of both audiences. */
function relateTitles (profiles: readonly string[][]): Map<string, ReadonlyMap<string, number>> {
  const audiences = new Map<string, number>()
  const shared = new Map<string, Map<string, number>>()
  for (const titleIds of profiles) {
    for (const titleId of titleIds) {
      audiences.set(titleId, (audiences.get(titleId) ?? 0) + 1)
      const others = shared.get(titleId) ?? new Map<string, number>()
      shared.set(titleId, others)
      for (const other of titleIds) if (other !== titleId) others.set(other, (others.get(other) ?? 0) + 1)
    }
  }
  const audienceOf = (titleId: string): number => audiences.get(titleId) ?? 1
  return new Map([...shared].map(([titleId, others]) => [
    titleId,
    new Map(
      [...others]
        .filter(([, count]) => count >= MIN_SHARED_PROFILES)
        .map(([other, count]) => [other, count / Math.sqrt(audienceOf(titleId) * audienceOf(other))] as const)
        .sort(([, a], [, b]) => b - a)
        .slice(0, MAX_CO_WATCHED),
    ),
  ]))
}
