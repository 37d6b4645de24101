// Statistics of watching for the staff: plays by day and by title.
import type { Types } from 'mongoose'
import { Play } from '../../models/play.js'

/** The longest period of one request, days. */
export const MAX_PERIOD_DAYS = 92
export const DAY_MS = 86_400_000
/** A longer query would load the database that viewers use. */
const MAX_QUERY_MS = 10_000

/** Whole days in UTC, ms since the epoch. */
export interface Period {
  readonly from: number
  /** Exclusive. */
  readonly until: number
}

export interface PlaysOfDay {
  /** RFC 3339 full-date. */
  readonly date: string
  readonly plays: number
  /** Playing time as players reported it, ms. */
  readonly watchedMs: number
  /** Profiles that played something. */
  readonly profiles: number
}

export interface PlaysOfTitle {
  readonly titleId: string
  /** As it was named when it was played last. */
  readonly titleName: string
  readonly plays: number
  readonly watchedMs: number
  readonly profiles: number
}

/**
 * A stage of its own for the period, so that the index covers it. Marks and removed plays do not count. A restored play
 * and the one that continued it are one viewing: their counters have the time in common, as in `mergePlayProgress`.
 */
const viewingsOf = ({ from, until }: Period) => [
  { $match: { startedAt: { $gte: new Date(from), $lt: new Date(until) } } },
  { $match: { isPlayed: true, kind: 'play', removedAt: null } },
  {
    $group: {
      _id: { $ifNull: ['$continuedPlay', '$_id'] },
      profile: { $last: '$profile' },
      title: { $last: '$title' },
      titleName: { $last: '$titleName' },
      counterMs: { $max: { $add: ['$watchedMs', { $ifNull: ['$watchedBeforeMs', 0] }] } },
      watchedBeforeMs: { $min: { $ifNull: ['$watchedBeforeMs', 0] } },
    },
  },
]

const WATCHED_MS = { $sum: { $subtract: ['$counterMs', '$watchedBeforeMs'] } }

/** Counts the plays of each day of a period, days without plays included. */
export async function countPlaysByDay ({ from, until }: Period): Promise<PlaysOfDay[]> {
  const days: PlaysOfDay[] = []
  for (let day = from; day < until; day += DAY_MS) {
    const [counts] = await Play.aggregate<Omit<PlaysOfDay, 'date'>>([
      ...viewingsOf({ from: day, until: day + DAY_MS }),
      { $group: { _id: '$profile', plays: { $sum: 1 }, watchedMs: WATCHED_MS } },
      {
        $group: { _id: null, plays: { $sum: '$plays' }, watchedMs: { $sum: '$watchedMs' }, profiles: { $sum: 1 } },
      },
      { $project: { _id: 0 } },
    ]).option({ maxTimeMS: MAX_QUERY_MS })
    const date = new Date(day).toISOString().slice(0, 10)
    days.push({ date, ...counts ?? { plays: 0, watchedMs: 0, profiles: 0 } })
  }
  return days
}

/** Lists the most played titles of a period. */
export async function listMostPlayedTitles (period: Period, limit: number): Promise<PlaysOfTitle[]> {
  const titles = await Play.aggregate<Omit<PlaysOfTitle, 'titleId'> & { _id: Types.ObjectId }>([
    ...viewingsOf(period),
    {
      $group: {
        _id: { title: '$title', profile: '$profile' },
        titleName: { $last: '$titleName' },
        plays: { $sum: 1 },
        watchedMs: WATCHED_MS,
      },
    },
    {
      $group: {
        _id: '$_id.title',
        titleName: { $last: '$titleName' },
        plays: { $sum: '$plays' },
        watchedMs: { $sum: '$watchedMs' },
        profiles: { $sum: 1 },
      },
    },
    { $sort: { plays: -1, _id: 1 } },
    { $limit: limit },
  ]).option({ maxTimeMS: MAX_QUERY_MS })
  return titles.map(({ _id, ...counts }) => ({ titleId: _id.toString(), ...counts }))
}
