// What changed lately for one profile, or in the catalogue, in the order of its happening: a bounded list in one document,
// so that one atomic write both numbers a change and forgets the oldest.
import mongoose, { Schema, Types, type PipelineStage } from 'mongoose'
import { isDuplicateKey } from './upsert.js'

export const CHANGE_KINDS = ['watching', 'wishlist', 'rating', 'history', 'catalogue'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** Whoever was away for longer reads everything again. */
export const MAX_LOGGED_CHANGES = 200
/** The catalogue's own log: no profile has this id. */
export const CATALOGUE_LOG = new Types.ObjectId('000000000000000000000000')

export interface LoggedChange {
  seq: number
  kind: ChangeKind
  /** Null: any title. */
  title: Types.ObjectId | null
}

export interface StoredChangeLog {
  /** The profile's id, or the catalogue's. */
  _id: Types.ObjectId
  /** Null for the catalogue's. */
  account: Types.ObjectId | null
  /** The number of the newest change. */
  seq: number
  /** The number of the newest change that was forgotten to make room. */
  forgotten: number
  /** Oldest first; of one kind and title only the newest. */
  entries: LoggedChange[]
  /** Only the catalogue's: titles that came or went by their dates until then are told. */
  windowsToldUntil?: Date
}

const changeLogSchema = new Schema<StoredChangeLog>({
  _id: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, default: null },
  seq: { type: Number, default: 0 },
  forgotten: { type: Number, default: 0 },
  entries: {
    type: [
      new Schema({ seq: Number, kind: String, title: { type: Schema.Types.ObjectId, default: null } }, { _id: false }),
    ],
    default: [],
  },
  windowsToldUntil: { type: Date },
}, { collection: 'changelogs', versionKey: false })

// Deletion of an account.
changeLogSchema.index({ account: 1 })

export const ChangeLog = mongoose.model('ChangeLog', changeLogSchema)

export async function recordChange (
  owner: { readonly account: string, readonly profile: string },
  kind: Exclude<ChangeKind, 'catalogue'>,
  titleId: string | null,
): Promise<void> {
  await append(new Types.ObjectId(owner.profile), new Types.ObjectId(owner.account), kind, titleId)
}

/** @param titleId null: any title may have changed */
export async function recordCatalogueChange (titleId: string | null): Promise<void> {
  await append(CATALOGUE_LOG, null, 'catalogue', titleId)
}

/** @param now where it begins when nothing was told yet */
export async function findNotifiedUntil (now: Date): Promise<Date> {
  const log = await ChangeLog.findById(CATALOGUE_LOG, { windowsToldUntil: 1 }).lean<
    Pick<StoredChangeLog, 'windowsToldUntil'>
  >()
  if (log?.windowsToldUntil !== undefined) return log.windowsToldUntil
  await saveNotifiedUntil(now)
  return now
}

export async function saveNotifiedUntil (windowsToldUntil: Date): Promise<void> {
  await ChangeLog.updateOne({ _id: CATALOGUE_LOG }, { $set: { windowsToldUntil } }, { upsert: true })
}

async function append (
  _id: Types.ObjectId,
  account: Types.ObjectId | null,
  kind: ChangeKind,
  titleId: string | null,
): Promise<void> {
  const title = titleId === null ? null : new Types.ObjectId(titleId)
  const isOther = {
    $not: [{ $and: [{ $eq: ['$$entry.kind', { $literal: kind }] }, { $eq: ['$$entry.title', { $literal: title }] }] }],
  }
  const isFull = { $gt: [{ $size: '$entries' }, MAX_LOGGED_CHANGES] }
  const pipeline: PipelineStage[] = [
    {
      $set: {
        account: { $literal: account },
        seq: { $add: [{ $ifNull: ['$seq', 0] }, 1] },
        forgotten: { $ifNull: ['$forgotten', 0] },
        entries: { $ifNull: ['$entries', []] },
      },
    },
    {
      $set: {
        entries: {
          $concatArrays: [{ $filter: { input: '$entries', as: 'entry', cond: isOther } }, [{
            seq: '$seq',
            kind: { $literal: kind },
            title: { $literal: title },
          }]],
        },
      },
    },
    // One is added, so one at most has to go.
    {
      $set: {
        forgotten: {
          $cond: [
            isFull,
            { $let: { vars: { oldest: { $arrayElemAt: ['$entries', 0] } }, in: '$$oldest.seq' } },
            '$forgotten',
          ],
        },
        entries: { $slice: ['$entries', -MAX_LOGGED_CHANGES] },
      },
    },
  ]
  try {
    await ChangeLog.updateOne({ _id }, pipeline as never, { upsert: true, updatePipeline: true })
  } catch (error) {
    // Two first ones at once: the other made the document, so this is an update now.
    if (!isDuplicateKey(error)) throw error
    await ChangeLog.updateOne({ _id }, pipeline as never, { updatePipeline: true })
  }
}
