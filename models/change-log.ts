// The newest changes for one profile, or of the catalogue, in order. A bounded list in one document: a single atomic
// write numbers a change and removes the oldest.
import mongoose, { Schema, Types, type PipelineStage } from 'mongoose'
import './mongoose-settings.js'
import type { LoggedChangeKind } from '../src/domain/vocabulary.js'
import { createUpdateGroup } from './grouped-updates.js'
import { reportWrite, reportWritesOf } from './write-notifications.js'

/** Clients that missed more changes than this reload everything. */
export const MAX_LOGGED_CHANGES = 200
/** ID of the catalogue's log; no profile has it. */
export const CATALOGUE_LOG_ID = new Types.ObjectId('000000000000000000000000')

export interface LoggedChange {
  seq: number
  kind: LoggedChangeKind
  /** Null when any title may have changed. */
  title: Types.ObjectId | null
  /** Random number of the write, by which a writer notices whether others followed. Absent in older entries. */
  stamp?: number
}

/** A title whose watch history entry is older than its plays. */
export interface UnprojectedTitle {
  title: Types.ObjectId
  /** The `stamp` of its newest change. */
  stamp: number
}

export interface StoredChangeLog {
  /** ID of the profile, or `CATALOGUE_LOG_ID`. */
  _id: Types.ObjectId
  /** Null for the catalogue. */
  account: Types.ObjectId | null
  /** Number of the newest change. */
  seq: number
  /** Number of the newest change that was removed to bound the list. */
  trimmedSeq: number
  /** Oldest first; for each kind and title only the newest change. */
  entries: LoggedChange[]
  /** Profiles only: titles to project; absent when there have been none. */
  unprojected?: UnprojectedTitle[]
  /** When the first of them was added; null when there are none. */
  unprojectedSince?: Date | null
  /** Catalogue only: availability changes up to this time are logged. */
  notifiedUntil?: Date
}

const changeLogSchema = new Schema<StoredChangeLog>({
  _id: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, default: null },
  seq: { type: Number, default: 0 },
  trimmedSeq: { type: Number, default: 0 },
  entries: {
    type: [
      new Schema({
        seq: Number,
        kind: String,
        title: { type: Schema.Types.ObjectId, default: null },
        stamp: { type: Number },
      }, { _id: false }),
    ],
    default: [],
  },
  unprojected: {
    type: [new Schema({ title: Schema.Types.ObjectId, stamp: Number }, { _id: false })],
    default: undefined,
  },
  unprojectedSince: { type: Date },
  notifiedUntil: { type: Date },
}, { collection: 'changelogs', versionKey: false })

// Deletion of an account.
changeLogSchema.index({ account: 1 })
// The job that projects titles.
changeLogSchema.index({ unprojectedSince: 1 })

reportWritesOf(changeLogSchema, 'changelogs')

export const ChangeLog = mongoose.model('ChangeLog', changeLogSchema)

/** Updates of logs. The methods bypass the hooks of Mongoose, which only report the write. */
export const logUpdates = createUpdateGroup(() => ChangeLog.collection as never)

/** Numbers are exact up to 2 ** 53. */
export function createStamp (): number {
  return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
}

export async function recordChange (
  owner: { readonly account: string, readonly profile: string },
  kind: Exclude<LoggedChangeKind, 'catalogue'>,
  titleId: string | null,
): Promise<void> {
  await appendChange(new Types.ObjectId(owner.profile), new Types.ObjectId(owner.account), kind, titleId)
}

/** @param titleId null when any title may have changed */
export async function recordCatalogueChange (titleId: string | null): Promise<void> {
  await appendChange(CATALOGUE_LOG_ID, null, 'catalogue', titleId)
}

/** Returns the time up to which availability changes are logged; the first call sets it to `now`. */
export async function findNotifiedUntil (now: Date): Promise<Date> {
  const log = await ChangeLog.findById(CATALOGUE_LOG_ID, { notifiedUntil: 1 })
    .lean<Pick<StoredChangeLog, 'notifiedUntil'>>()
  if (log?.notifiedUntil !== undefined) return log.notifiedUntil
  await saveNotifiedUntil(now)
  return now
}

export async function saveNotifiedUntil (notifiedUntil: Date): Promise<void> {
  await ChangeLog.updateOne({ _id: CATALOGUE_LOG_ID }, { $set: { notifiedUntil } }, { upsert: true })
}

async function appendChange (
  logId: Types.ObjectId,
  account: Types.ObjectId | null,
  kind: LoggedChangeKind,
  titleId: string | null,
): Promise<void> {
  const title = titleId === null ? null : new Types.ObjectId(titleId)
  const isOther = { $or: [{ $ne: ['$$entry.title', title] }, { $ne: ['$$entry.kind', kind] }] }
  const otherEntries = { $filter: { input: '$entries', as: 'entry', cond: isOther } }
  const change = { seq: '$seq', kind: { $literal: kind }, title: { $literal: title }, stamp: createStamp() }
  const isFull = { $gt: [{ $size: '$entries' }, MAX_LOGGED_CHANGES] }
  const oldestSeq = { $let: { vars: { oldest: { $arrayElemAt: ['$entries', 0] } }, in: '$$oldest.seq' } }
  const pipeline: PipelineStage[] = [
    {
      $set: {
        account: { $literal: account },
        seq: { $add: [{ $ifNull: ['$seq', 0] }, 1] },
        trimmedSeq: { $ifNull: ['$trimmedSeq', 0] },
        entries: { $ifNull: ['$entries', []] },
      },
    },
    { $set: { entries: { $concatArrays: [otherEntries, [change]] } } },
    // One change was added, so at most one is removed.
    {
      $set: {
        trimmedSeq: { $cond: [isFull, oldestSeq, '$trimmedSeq'] },
        entries: { $slice: ['$entries', -MAX_LOGGED_CHANGES] },
      },
    },
  ]
  await logUpdates.send({ filter: { _id: logId }, update: pipeline, upsert: true })
  reportWrite('changelogs', logId.toString())
}
