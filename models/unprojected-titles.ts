// Titles whose plays are newer than their watch history entry in the account. A report of progress only adds its title
// here, in the write that logs the change; readers derive such titles from their plays until a job projects them.
import mongoose, { Types } from 'mongoose'
import {
  ChangeLog,
  createStamp,
  logUpdates,
  MAX_LOGGED_CHANGES,
  type StoredChangeLog,
  type UnprojectedTitle,
} from './change-log.js'
import { reportWrite } from './write-notifications.js'

/** More titles than this are projected at once. Fewer than a profile embeds, so that some can be archived. */
export const MAX_UNPROJECTED_TITLES = 16

/**
 * The newest change of a title or of the whole history; the number of the log, 0 without a log, when it has none.
 * `isWaiting`: the title was added to the titles that wait for a projection.
 */
export type LastChange = { readonly stamp: number, readonly isWaiting?: boolean } | { readonly seq: number }

/** Finds the newest change of the history of a title; null for a change that an older version logged. */
export async function findLastChange (profileId: string, titleId: string): Promise<LastChange | null> {
  const log = await findLog(profileId, ['seq', 'entries'])
  if (log === null) return { seq: 0 }
  const last = log.entries.filter(({ kind, title }) =>
    kind === 'history' || (kind === 'watching' && title?.toString() === titleId)
  ).at(-1)
  if (last === undefined) return { seq: log.seq }
  return last.stamp === undefined ? null : { stamp: last.stamp }
}

async function findLog<Name extends keyof StoredChangeLog> (
  profileId: string,
  fields: readonly Name[],
): Promise<Pick<StoredChangeLog, Name> | null> {
  const projection = Object.fromEntries(fields.map((name) => [name, 1]))
  return await ChangeLog.collection.findOne<Pick<StoredChangeLog, Name>>(
    { _id: new Types.ObjectId(profileId) },
    { projection },
  )
}

/** Finds the titles of a profile that are not projected. */
export async function findUnprojectedTitles (profileId: string): Promise<readonly UnprojectedTitle[]> {
  return (await findLog(profileId, ['unprojected']))?.unprojected ?? []
}

/**
 * Logs a change of the plays of a title, which remains to be projected.
 * @param last what the writer knows to be the newest change
 * @returns the change; null when another one followed `last`, when that is unknown, and above the maximum of titles
 */
export async function recordUnprojected (
  owner: { readonly account: string, readonly profile: string },
  titleId: string,
  last: LastChange,
  now: Date,
): Promise<LastChange | null> {
  const title = new Types.ObjectId(titleId)
  if ('stamp' in last && last.isWaiting === true) {
    const repeated = await repeatNewestChange(owner.profile, title, last.stamp)
    if (repeated !== null) return repeated
  }
  const stamp = createStamp()
  const isOfTitle = { $and: [{ $eq: ['$$entry.title', title] }, { $eq: ['$$entry.kind', 'watching'] }] }
  const isOfHistory = { $or: [isOfTitle, { $eq: ['$$entry.kind', 'history'] }] }
  const entries = { $ifNull: ['$entries', []] }
  const newest = { $arrayElemAt: [{ $filter: { input: entries, as: 'entry', cond: isOfHistory } }, -1] }
  const isLast = 'seq' in last
    ? { $eq: [{ $ifNull: ['$seq', 0] }, last.seq] }
    : { $let: { vars: { newest }, in: { $eq: ['$$newest.stamp', last.stamp] } } }
  const unprojected = { $ifNull: ['$unprojected', []] }
  const others = { $filter: { input: unprojected, as: 'one', cond: { $ne: ['$$one.title', title] } } }
  const hasRoom = { $lt: [{ $size: others }, MAX_UNPROJECTED_TITLES] }
  const seq = { $add: [{ $ifNull: ['$seq', 0] }, 1] }
  const changes = {
    $concatArrays: [
      { $filter: { input: entries, as: 'entry', cond: { $not: [isOfTitle] } } },
      [{ seq, kind: 'watching', title, stamp }],
    ],
  }
  const oldest = { $arrayElemAt: ['$$changes', 0] }
  const merged = {
    $let: {
      vars: { changes },
      in: {
        $mergeObjects: ['$$ROOT', {
          account: new Types.ObjectId(owner.account),
          seq,
          entries: { $slice: ['$$changes', -MAX_LOGGED_CHANGES] },
          trimmedSeq: {
            $cond: [
              { $gt: [{ $size: '$$changes' }, MAX_LOGGED_CHANGES] },
              { $let: { vars: { oldest }, in: '$$oldest.seq' } },
              { $ifNull: ['$trimmedSeq', 0] },
            ],
          },
          unprojected: { $concatArrays: [others, [{ title, stamp }]] },
          unprojectedSince: { $ifNull: ['$unprojectedSince', now] },
        }],
      },
    },
  }
  const isRecorded = await logUpdates.send({
    filter: { _id: new Types.ObjectId(owner.profile) },
    update: [{ $replaceWith: { $cond: [{ $and: [isLast, hasRoom] }, merged, '$$ROOT'] } }],
    upsert: 'seq' in last && last.seq === 0,
  })
  reportWrite('changelogs', owner.profile)
  return isRecorded ? { stamp, isWaiting: true } : null
}

/**
 * Logs a change again that is the newest of the whole log and waits for a projection: the common case, a player that
 * reports every few seconds. The database takes most of its time to read the expressions of the general update.
 * @returns null when the change is not the newest, and when that is unknown
 */
async function repeatNewestChange (
  profileId: string,
  title: Types.ObjectId,
  lastStamp: number,
): Promise<LastChange | null> {
  const stamp = createStamp()
  const seq = { $add: ['$seq', 1] }
  const isNewest = { $and: [isStampOfLast('$entries', lastStamp), isStampOfLast('$unprojected', lastStamp)] }
  const merged = {
    $mergeObjects: ['$$ROOT', {
      seq,
      entries: replaceLast('$entries', { seq, kind: 'watching', title, stamp }),
      unprojected: replaceLast('$unprojected', { title, stamp }),
    }],
  }
  const isRepeated = await logUpdates.send({
    filter: { _id: new Types.ObjectId(profileId) },
    update: [{ $replaceWith: { $cond: [isNewest, merged, '$$ROOT'] } }],
  })
  if (!isRepeated) return null
  reportWrite('changelogs', profileId)
  return { stamp, isWaiting: true }
}

function isStampOfLast (list: string, stamp: number): object {
  const vars = { one: { $arrayElemAt: [{ $ifNull: [list, []] }, -1] } }
  return { $let: { vars, in: { $eq: ['$$one.stamp', stamp] } } }
}

function replaceLast (list: string, one: object): object {
  return { $concatArrays: [{ $slice: [list, { $subtract: [{ $size: list }, 1] }] }, [one]] }
}

/** Removes titles that were projected, except those that changed since they were read. */
export async function removeUnprojected (
  profileId: string,
  projected: readonly UnprojectedTitle[],
  now: Date,
): Promise<void> {
  const isProjected = { $in: ['$$one.stamp', projected.map(({ stamp }) => stamp)] }
  const remaining = {
    $filter: { input: { $ifNull: ['$unprojected', []] }, as: 'one', cond: { $not: [isProjected] } },
  }
  await logUpdates.send({
    filter: { _id: new Types.ObjectId(profileId) },
    update: [
      { $set: { unprojected: remaining } },
      { $set: { unprojectedSince: { $cond: [{ $eq: [{ $size: '$unprojected' }, 0] }, null, now] } } },
    ],
  })
  reportWrite('changelogs', profileId)
}

/** Finds profiles with titles that wait since a time. */
export async function findUnprojectedProfiles (
  until: Date,
  limit: number,
): Promise<ReadonlyArray<{ readonly account: string, readonly profile: string }>> {
  // The lower bound excludes documents with null, and keeps the query inside the index.
  const unprojectedSince = mongoose.trusted({ $gt: new Date(0), $lte: until })
  const logs = await ChangeLog.find({ unprojectedSince }).select('account').limit(limit)
    .lean<Array<Pick<StoredChangeLog, '_id' | 'account'>>>()
  return logs.flatMap(({ _id, account }) =>
    account === null ? [] : [{ account: account.toString(), profile: _id.toString() }]
  )
}
