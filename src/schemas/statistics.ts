// Statistics for the staff.
import { Type, type Static } from 'typebox'
import { describe, FileFormat, FullDate, Id, nullable, Timestamp } from './common.js'
import { Stream } from './streams.js'

const Plays = Type.Integer({ minimum: 0, description: 'Plays that started; watched marks do not count' })
const WatchedMs = Type.Integer({ minimum: 0, description: 'Playing time that players reported, ms' })
const Profiles = Type.Integer({ minimum: 0, description: 'Profiles that played something' })

export const PlaysOfDay = Type.Object({
  date: FullDate,
  plays: Plays,
  watchedMs: WatchedMs,
  profiles: Profiles,
}, { $id: 'PlaysOfDay', description: 'Plays of one day in UTC' })

export const PlaysOfTitle = Type.Object({
  titleId: Id,
  title: Type.String({ description: 'Title; of a deleted one, as it was named when it was played' }),
  plays: Plays,
  watchedMs: WatchedMs,
  profiles: Profiles,
}, { $id: 'PlaysOfTitle', description: 'Plays of one title in the period' })

export const AccountsOfPlan = Type.Object({
  plan: Type.String({ description: 'Plan; also one that is no longer offered' }),
  accounts: Type.Integer({ minimum: 0, description: 'Open accounts now' }),
  signUps: Type.Integer({ minimum: 0, description: 'Accounts that signed up in the period' }),
}, { $id: 'AccountsOfPlan', description: 'Accounts of one plan' })

export const SignUpsOfDay = Type.Object({
  date: FullDate,
  plan: Type.String({ description: 'Plan that the accounts have now' }),
  signUps: Type.Integer({ minimum: 1, description: 'Accounts that signed up on the day, in UTC' }),
}, { $id: 'SignUpsOfDay', description: 'Sign-ups of one day with one plan' })

export const STORAGE_KINDS = ['media-files', 'packages', 'subtitles', 'thumbnails', 'artwork', 'uploads'] as const

export const StorageOfKind = Type.Object({
  kind: Type.Enum([...STORAGE_KINDS], {
    title: 'StorageKind',
    description: 'Media files, their HLS packages, subtitles, seek thumbnails, artwork, or unfinished uploads',
  }),
  objects: Type.Integer({ minimum: 0, description: 'Number of files; files that share their bytes count once' }),
  bytes: Type.Integer({ minimum: 0, description: 'Size of all of them, bytes' }),
  unmeasured: Type.Integer({
    minimum: 0,
    description: 'Those whose size is unknown, which `bytes` lacks: packages of earlier versions',
  }),
}, { $id: 'StorageOfKind', description: 'Storage use of one kind of files' })

export const ErrorsOfHour = Type.Object({
  hour: describe(Timestamp, 'Start of the hour in UTC'),
  requests: Type.Integer({ minimum: 0, description: 'Responses with a status of 5xx' }),
  jobRuns: Type.Integer({ minimum: 0, description: 'Failed runs of scheduled jobs; they run again' }),
  packagings: Type.Integer({ minimum: 0, description: 'Media files that could not be packaged' }),
  uploads: Type.Integer({ minimum: 0, description: 'Uploads that were interrupted or rejected' }),
}, { $id: 'ErrorsOfHour', description: 'Errors of one hour in all processes' })

export const AccountStream = Type.Object({
  accountId: Id,
  email: nullable(Type.String(), 'Email address of the account; null: it was erased in the meantime'),
  plan: nullable(Type.String(), 'Plan of the account; null: it was erased in the meantime'),
  stream: Stream,
}, { $id: 'AccountStream', description: 'A stream that is playing now, with its account' })
export type AccountStream = Static<typeof AccountStream>

export const DEFAULT_PERIOD_DAYS = 30

/** The format of statistics. */
export const formatQuery = {
  format: describe(FileFormat, 'JSON, or CSV with column names in the first line'),
}

/** The period and the format of statistics. */
export const periodQuery = {
  from: Type.Optional(
    describe(FullDate, `First day in UTC; by default ${DEFAULT_PERIOD_DAYS - 1} days before the last`),
  ),
  to: Type.Optional(describe(FullDate, 'Last day in UTC, inclusive; today by default')),
  ...formatQuery,
}
