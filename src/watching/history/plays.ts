// Writes plays: the database merges progress into a stored play, in one update by ID and in any order of events.
import { Types, type PipelineStage } from 'mongoose'
import { newMark, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import { updateWithPipeline, upsertOnce } from '../../../models/upsert.js'
import { episodeNumbers, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { PlayProgress } from '../../domain/progress.js'
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
): Promise<void> {
  await updateWithPipeline(Play, id, buildMergePipeline(ref, subject, progress, isPlayed), { upsert: true })
}

/** One play of a bulk write. */
export interface PlayWrite {
  readonly playKey: string
  readonly subject: PlaySubject
  readonly progress: PlayProgress
  readonly isPlayed: boolean
}

/** Merges progress into several plays in one round trip. Returns their IDs in the order of the writes. */
export async function mergePlays (ref: ProfileRef, writes: readonly PlayWrite[]): Promise<Types.ObjectId[]> {
  const ids = writes.map(({ playKey }) => derivePlayId(ref.profile, playKey))
  const operations = writes.map(({ subject, progress, isPlayed }, i) => ({
    updateOne: {
      filter: { _id: ids[i] },
      update: buildMergePipeline(ref, subject, progress, isPlayed),
      upsert: true,
    },
  }))
  // Merging again changes nothing, so the whole batch may be repeated.
  await upsertOnce(async () => await Play.collection.bulkWrite(operations as never, { ordered: false }))
  return ids
}

/** Names are literals: a title may start with "$". */
function buildMergePipeline (
  ref: ProfileRef,
  subject: PlaySubject,
  progress: PlayProgress,
  isPlayed: boolean,
): PipelineStage[] {
  const { isNewest, isFirst, fields } = playMergeExpressions(progress)
  const mediaFile = subject.mediaFile === null
    ? { $ifNull: ['$mediaFile', null] }
    : new Types.ObjectId(subject.mediaFile)
  return [
    { $set: { isNewest, isFirst } },
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
    { $unset: ['isNewest', 'isFirst'] },
  ]
}

export async function findPlay (ref: ProfileRef, playKey: string): Promise<StoredPlay | null> {
  return await Play.findById(derivePlayId(ref.profile, playKey)).lean<StoredPlay>()
}
