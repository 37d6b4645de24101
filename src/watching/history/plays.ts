// Writes plays: the database merges progress into a stored play, in one update by ID and in any order of events.
import { Types, type PipelineStage } from 'mongoose'
import { newMark, Play, derivePlayId, toPlayProgress, toStoredProgress, type StoredPlay } from '../../../models/play.js'
import { createUpdateGroup } from '../../../models/grouped-updates.js'
import { updateWithPipeline } from '../../../models/upsert.js'
import { episodeNumbers, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { dateOrNull, lastEventAt, mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import type { ProfileRef } from '../deps.js'
import { playMergeExpressions } from '../progress-merge.js'

/** The item of a play, with the names that the history shows after the title is deleted. */
export interface PlaySubject {
  readonly title: string
  readonly item: string
  readonly season: number | null
  readonly episode: number | null
  readonly titleName: string
  readonly itemName: string | null
  readonly mediaFile: string | null
}

export function toPlaySubject (title: CatalogueTitle, item: CatalogueItem): PlaySubject {
  return {
    title: title.id,
    item: item.id,
    ...episodeNumbers(title, item),
    titleName: title.title,
    itemName: item.name,
    mediaFile: null,
  }
}

/** Creates a watched mark or a run mark of an item, as it is stored among the plays. */
export function createItemMark (
  ref: ProfileRef,
  title: CatalogueTitle,
  item: CatalogueItem,
  fields: Pick<StoredPlay, '_id' | 'kind' | 'startedAt' | 'at' | 'watched' | 'cancelledAt' | 'eventId'>,
): StoredPlay {
  return newMark({
    account: new Types.ObjectId(ref.account),
    profile: new Types.ObjectId(ref.profile),
    title: new Types.ObjectId(title.id),
    item: new Types.ObjectId(item.id),
    ...episodeNumbers(title, item),
    titleName: title.title,
    itemName: item.name,
    ...fields,
  })
}

/**
 * Merges progress into the play with a key, which it creates if necessary.
 * @returns the ID of the play
 */
export async function mergePlay (
  ref: ProfileRef,
  playKey: string,
  subject: PlaySubject,
  progress: PlayProgress,
  isPlayed: boolean,
): Promise<Types.ObjectId> {
  const id = derivePlayId(ref.profile, playKey)
  await mergeIntoPlay(id, ref, subject, progress, isPlayed)
  return id
}

/** Merges progress into the play with an ID, which it creates if necessary. */
export async function mergeIntoPlay (
  id: Types.ObjectId,
  ref: ProfileRef,
  subject: PlaySubject,
  progress: PlayProgress,
  isPlayed: boolean,
  continuedPlay: Types.ObjectId | null = null,
): Promise<void> {
  const pipeline = buildMergePipeline(ref, subject, progress, isPlayed, continuedPlay)
  await updateWithPipeline(Play, id, pipeline, { upsert: true })
}

/** One play of a bulk write. */
export interface PlayWrite {
  readonly playKey: string
  /** The ID by which clients know the play; omitted: the key. */
  readonly playId?: string
  readonly subject: PlaySubject
  readonly progress: PlayProgress
  /** The progress of each event; omitted for the events of a stream, which are merged before. */
  readonly events?: readonly PlayProgress[]
  readonly isPlayed: boolean
  /** Time from which the progress counts (ms since the epoch), if it leaves out what was removed before. */
  readonly restartedAt?: number
  /** The play of the viewing that was removed first, if this one continues it. */
  readonly continuedPlay?: Types.ObjectId
}

const group = createUpdateGroup(() => Play.collection as never)

/**
 * Merges progress into plays in one round trip; in two if another writer changed a known play.
 * @param known records of the title as the last write left them; empty if they are unknown
 */
export async function mergePlays (
  ref: ProfileRef,
  writes: readonly PlayWrite[],
  known: readonly StoredPlay[] = [],
): Promise<void> {
  const byId = new Map(known.map((record) => [record._id.toString(), record]))
  await Promise.all(writes.map(async ({ playKey, subject, progress, isPlayed, continuedPlay = null }) => {
    const _id = derivePlayId(ref.profile, playKey)
    const record = byId.get(_id.toString())
    if (record !== undefined && isContinued(record, progress)) {
      const update = buildContinuationPipeline(record, subject, progress)
      if (await group.send({ filter: { _id }, update })) return
    }
    const update = buildMergePipeline(ref, subject, progress, isPlayed, continuedPlay)
    await group.send({ filter: { _id }, update, upsert: true })
  }))
}

/** True for the common case: a newer event of a play that the history lists, and that has not started before. */
function isContinued (
  record: StoredPlay,
  { at, startedAt, startPositionMs, watchedBeforeMs = 0 }: PlayProgress,
): boolean {
  const started = record.startedAt.getTime()
  const isStartSame = started < startedAt || (started === startedAt && record.startPositionMs <= startPositionMs)
  const isCountSame = (record.watchedBeforeMs ?? 0) === watchedBeforeMs
  return record.isPlayed && record.removedAt === null && record.at.getTime() < at && isStartSame && isCountSame
}

/**
 * Merges progress that `isContinued`, as `buildMergePipeline` does. Changes nothing if another writer changed the play
 * so that it is not. The database takes most of its time to read the expressions of the general update.
 */
function buildContinuationPipeline (
  record: StoredPlay,
  { mediaFile }: PlaySubject,
  progress: PlayProgress,
): PipelineStage[] {
  const { eventId, positionMs, durationMs, furthestMs, watchedMs, reachedEndAt, reachedEndWatchedMs } = progress
  const at = new Date(progress.at)
  const isContinuedNow = {
    $and: [
      '$isPlayed',
      { $eq: ['$removedAt', null] },
      { $lt: ['$at', at] },
      { $eq: ['$startedAt', record.startedAt] },
      { $eq: ['$startPositionMs', record.startPositionMs] },
      { $eq: [{ $ifNull: ['$watchedBeforeMs', 0] }, record.watchedBeforeMs ?? 0] },
    ],
  }
  const maximum = (name: keyof StoredPlay, value: unknown): object =>
    value === null ? {} : { [name]: { $max: [`$${name}`, value] } }
  const fields = {
    at,
    // A literal, because an event ID may start with "$".
    eventId: { $literal: eventId },
    positionMs,
    durationMs,
    ...maximum('furthestMs', furthestMs),
    ...maximum('watchedMs', watchedMs),
    ...maximum('reachedEndAt', dateOrNull(reachedEndAt)),
    ...maximum('reachedEndWatchedMs', reachedEndWatchedMs),
    ...mediaFile === null ? {} : { mediaFile: new Types.ObjectId(mediaFile) },
  }
  return [{ $replaceWith: { $cond: [isContinuedNow, { $mergeObjects: ['$$ROOT', fields] }, '$$ROOT'] } }]
}

/** Merges progress into stored records of a title in memory, as `mergePlays` does in the database. */
export function mergeIntoRecords (
  ref: ProfileRef,
  records: readonly StoredPlay[],
  writes: readonly PlayWrite[],
): StoredPlay[] {
  const byId = new Map(records.map((record) => [record._id.toString(), record]))
  for (const write of writes) {
    const _id = derivePlayId(ref.profile, write.playKey)
    byId.set(_id.toString(), mergeIntoRecord(ref, _id, byId.get(_id.toString()) ?? null, write))
  }
  return [...byId.values()]
}

function mergeIntoRecord (
  ref: ProfileRef,
  _id: Types.ObjectId,
  stored: StoredPlay | null,
  { subject, progress, isPlayed, continuedPlay }: PlayWrite,
): StoredPlay {
  const merged = stored === null ? progress : mergePlayProgress(toPlayProgress(stored), progress)
  const isNewest = stored === null || merged.at !== stored.at.getTime() || merged.eventId !== stored.eventId
  const { title, item, mediaFile, ...names } = subject
  return {
    ...stored ?? {
      _id,
      account: new Types.ObjectId(ref.account),
      profile: new Types.ObjectId(ref.profile),
      title: new Types.ObjectId(title),
      item: new Types.ObjectId(item),
      ...names,
      mediaFile: null,
      removedAt: null,
      ...(continuedPlay === undefined ? {} : { continuedPlay }),
    },
    ...toStoredProgress(merged),
    ...(stored?.watchedBeforeMs === undefined && progress.watchedBeforeMs === undefined
      ? {}
      : { watchedBeforeMs: merged.watchedBeforeMs ?? 0 }),
    ...(isNewest && mediaFile !== null ? { mediaFile: new Types.ObjectId(mediaFile) } : {}),
    kind: 'play',
    watched: null,
    isPlayed: stored?.isPlayed === true || isPlayed || merged.positionMs !== merged.startPositionMs ||
      merged.furthestMs > merged.startPositionMs || (merged.watchedMs ?? 0) > 0,
  } as StoredPlay
}

/** Names are literals: a title may start with "$". Does not change a play that was removed before the event. */
function buildMergePipeline (
  ref: ProfileRef,
  subject: PlaySubject,
  progress: PlayProgress,
  isPlayed: boolean,
  continuedPlay: Types.ObjectId | null = null,
): PipelineStage[] {
  const isRemovedBefore = {
    $and: [{ $eq: [{ $type: '$removedAt' }, 'date'] }, { $lt: ['$removedAt', new Date(lastEventAt(progress))] }],
  }
  const { isNewest, isFirst, fields } = playMergeExpressions(progress)
  const mediaFile = subject.mediaFile === null
    ? { $ifNull: ['$mediaFile', null] }
    : new Types.ObjectId(subject.mediaFile)
  return [
    { $set: { isNewest, isFirst, unchanged: { $cond: [isRemovedBefore, '$$ROOT', null] } } },
    {
      $set: {
        account: { $ifNull: ['$account', new Types.ObjectId(ref.account)] },
        profile: { $ifNull: ['$profile', new Types.ObjectId(ref.profile)] },
        kind: 'play',
        title: { $ifNull: ['$title', new Types.ObjectId(subject.title)] },
        item: { $ifNull: ['$item', new Types.ObjectId(subject.item)] },
        season: { $ifNull: ['$season', subject.season] },
        episode: { $ifNull: ['$episode', subject.episode] },
        titleName: { $ifNull: ['$titleName', { $literal: subject.titleName }] },
        itemName: { $ifNull: ['$itemName', { $literal: subject.itemName }] },
        mediaFile: { $cond: ['$isNewest', mediaFile, '$mediaFile'] },
        ...fields,
        watched: null,
        removedAt: { $ifNull: ['$removedAt', null] },
        ...continuedPlay === null ? {} : { continuedPlay },
      },
    },
    {
      $set: {
        isPlayed: {
          $or: [
            { $eq: ['$isPlayed', true] },
            isPlayed,
            { $ne: ['$positionMs', '$startPositionMs'] },
            { $gt: ['$furthestMs', '$startPositionMs'] },
            { $gt: ['$watchedMs', 0] },
          ],
        },
      },
    },
    { $replaceWith: { $ifNull: ['$unchanged', '$$ROOT'] } },
    { $unset: ['isNewest', 'isFirst', 'unchanged'] },
  ]
}

export async function findPlay (ref: ProfileRef, playKey: string): Promise<StoredPlay | null> {
  return await Play.findById(derivePlayId(ref.profile, playKey)).lean<StoredPlay>()
}
