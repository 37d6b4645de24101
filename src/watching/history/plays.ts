// Writing plays: the facts of a sitting are merged into its row by the database, in one write by id, in any order.
import { Types, type PipelineStage } from 'mongoose'
import { isDuplicateKey } from '../../../models/upsert.js'
import { newWatchedMark, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import { numbersOf, type CatalogueItem, type CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { PlayProgress } from '../../domain/progress.js'
import type { ProfileRef } from '../watching.js'

/** What a play is of, with the names it is remembered by. */
export interface PlaySubject {
  readonly title: string
  readonly item: string
  readonly season: number | null
  readonly episode: number | null
  readonly titleName: string
  readonly itemName: string | null
  readonly mediaFile: string | null
}

/** A row that is no play: what a watcher said of an item. */
export function newMarkOfItem (
  watcher: ProfileRef,
  title: CatalogueTitle,
  item: CatalogueItem,
  said: Pick<StoredPlay, '_id' | 'kind' | 'startedAt' | 'at' | 'watched' | 'endAt' | 'eventId'>,
): StoredPlay {
  return newWatchedMark({
    account: new Types.ObjectId(watcher.account),
    profile: new Types.ObjectId(watcher.profile),
    title: new Types.ObjectId(title.id),
    item: new Types.ObjectId(item.id),
    ...numbersOf(title, item),
    titleName: title.title,
    itemName: item.name,
    ...said,
  })
}

/** Merges facts into the row of their sitting and answers its id. */
export async function mergePlay (
  watcher: ProfileRef,
  sitting: string,
  subject: PlaySubject,
  facts: PlayProgress,
  isPlayed: boolean,
): Promise<Types.ObjectId> {
  const id = derivePlayId(watcher.profile, sitting)
  await mergeIntoPlay(id, watcher, subject, facts, isPlayed)
  return id
}

/** Merges facts into a row that is known by its id, or makes it. */
export async function mergeIntoPlay (
  id: Types.ObjectId,
  watcher: ProfileRef,
  subject: PlaySubject,
  facts: PlayProgress,
  isPlayed: boolean,
): Promise<void> {
  const pipeline = mergePipeline(watcher, subject, facts, isPlayed) as never
  try {
    await Play.updateOne({ _id: id }, pipeline, { upsert: true, updatePipeline: true })
  } catch (error) {
    // Two first reports at once: the other made the row, so this one merges into it.
    if (!isDuplicateKey(error)) throw error
    await Play.updateOne({ _id: id }, pipeline, { updatePipeline: true })
  }
}

/** `mergeFacts` of the progress rules, as the database does it. Strings are literals: a title may begin with `$`. */
function mergePipeline (
  watcher: ProfileRef,
  subject: PlaySubject,
  facts: PlayProgress,
  isPlayed: boolean,
): PipelineStage[] {
  const at = new Date(facts.at)
  const startedAt = new Date(facts.startedAt)
  const isNewer = lexicographic([['$at', at], ['$eventId', { $literal: facts.eventId }], [
    '$positionMs',
    facts.positionMs,
  ], ['$durationMs', facts.durationMs]], '$lt')
  const isEarlier = lexicographic([['$startedAt', startedAt], ['$startPositionMs', facts.startPositionMs]], '$gt')
  const isNew = { $eq: [{ $type: '$at' }, 'missing'] }
  const newest = (path: string, value: unknown): object => ({ $cond: ['$isNewer', value, path] })
  return [
    { $set: { isNewer: { $or: [isNew, isNewer] }, isEarlier: { $or: [isNew, isEarlier] } } },
    {
      $set: {
        account: { $ifNull: ['$account', new Types.ObjectId(watcher.account)] },
        profile: { $ifNull: ['$profile', new Types.ObjectId(watcher.profile)] },
        kind: 'play',
        title: { $ifNull: ['$title', new Types.ObjectId(subject.title)] },
        item: { $ifNull: ['$item', new Types.ObjectId(subject.item)] },
        season: { $ifNull: ['$season', subject.season] },
        episode: { $ifNull: ['$episode', subject.episode] },
        titleName: { $ifNull: ['$titleName', { $literal: subject.titleName }] },
        itemName: { $ifNull: ['$itemName', { $literal: subject.itemName }] },
        mediaFile: newest(
          '$mediaFile',
          subject.mediaFile === null ? { $ifNull: ['$mediaFile', null] } : new Types.ObjectId(subject.mediaFile),
        ),
        startedAt: { $cond: ['$isEarlier', startedAt, '$startedAt'] },
        startPositionMs: { $cond: ['$isEarlier', facts.startPositionMs, '$startPositionMs'] },
        at: newest('$at', at),
        eventId: newest('$eventId', { $literal: facts.eventId }),
        positionMs: newest('$positionMs', facts.positionMs),
        durationMs: newest('$durationMs', facts.durationMs),
        furthestMs: { $max: ['$furthestMs', facts.furthestMs] },
        watchedMs: maxOrNull('$watchedMs', facts.watchedMs),
        endAt: maxOrNull('$endAt', facts.endAt === null ? null : new Date(facts.endAt)),
        endWatchedMs: maxOrNull('$endWatchedMs', facts.endWatchedMs),
        watched: null,
        removedAt: { $ifNull: ['$removedAt', null] },
      },
    },
    {
      $set: {
        isPlayed: {
          $or: [{ $eq: ['$isPlayed', true] }, isPlayed, { $ne: ['$positionMs', '$startPositionMs'] }, {
            $gt: ['$furthestMs', '$startPositionMs'],
          }, { $gt: ['$watchedMs', 0] }],
        },
      },
    },
    { $unset: ['isNewer', 'isEarlier'] },
  ] as PipelineStage[]
}

function maxOrNull (path: string, value: unknown): object {
  return { $ifNull: [{ $max: [path, value] }, null] }
}

/** The first differing pair decides; null and missing come before everything. */
function lexicographic (pairs: ReadonlyArray<[path: string, value: unknown]>, operator: '$lt' | '$gt'): object {
  const [first, ...rest] = pairs
  if (first === undefined) return { $literal: false }
  const [path, value] = first
  return { $or: [{ [operator]: [path, value] }, { $and: [{ $eq: [path, value] }, lexicographic(rest, operator)] }] }
}

export async function findPlay (watcher: ProfileRef, sitting: string): Promise<StoredPlay | null> {
  return await Play.findById(derivePlayId(watcher.profile, sitting)).lean<StoredPlay>()
}
