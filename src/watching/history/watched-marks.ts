// Marks items as watched or unwatched on request. A mark overrides the plays before it and can be undone.
import { Types } from 'mongoose'
import { findPlaysOfTitle, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { hasAired } from '../../domain/watch-order.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { flushProfileLeases } from '../streams/flush.js'
import { refreshLeases } from '../streams/lease-history.js'
import { createItemMark } from './plays.js'
import { projectTitle } from './projection.js'
import { anyIdOf } from './soft-delete.js'
import { storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'

/** What a mark covers: one item, a season, or a whole title. */
export interface MarkScope {
  readonly title: CatalogueTitle
  /** Null for a whole title or season. */
  readonly item: CatalogueItem | null
  readonly season: number | null
}

/** Lists the items to mark as watched: aired episodes only, and for a whole show only those in its watch order. */
export function itemsToMark (watching: WatchingDeps, { title, item, season }: MarkScope): readonly CatalogueItem[] {
  if (item !== null) return [item]
  if (title.kind === 'movie') return title.items
  const episodes = season === null ? title.order : title.items.filter((episode) => episode.season === season)
  return episodes.filter((episode) => hasAired(episode, watching.now()))
}

/** Lists the items to mark as unwatched: all of them. */
export function itemsToUnmark ({ title, item, season }: MarkScope): readonly CatalogueItem[] {
  if (item !== null) return [item]
  return season === null ? title.items : title.items.filter((episode) => episode.season === season)
}

/**
 * Marks items as watched or unwatched.
 * @param watchedAt when the items were watched; the time of the request for unwatched items
 */
export async function markItems (
  watching: WatchingDeps,
  ref: ProfileRef,
  title: CatalogueTitle,
  items: readonly CatalogueItem[],
  isWatched: boolean,
  watchedAt: Date,
): Promise<UndoToken> {
  await flushProfileLeases(watching, ref)
  const now = watching.now()
  const undoId = new Types.ObjectId()
  const isMarked = isWatched ? () => true : await findItemsWithRecords(ref, title.id)
  const marks = items.filter(({ id }) => isMarked(id)).map((item) =>
    createItemMark(ref, title, item, {
      _id: derivePlayId(ref.profile, `mark ${item.id}`),
      kind: 'mark',
      startedAt: now,
      at: watchedAt,
      watched: isWatched,
      eventId: undoId.toString(),
    })
  )
  const previous = await Play.find({ _id: anyIdOf(marks) }).lean<StoredPlay[]>()
  const previousById = new Map(previous.map((mark) => [mark._id.toString(), mark]))
  const rows = marks.map(({ _id }) => ({ id: _id, before: previousById.get(_id.toString()) ?? null }))
  const undo = await storeUndo(watching, ref, title.id, { kind: 'rows', rows }, undoId)
  if (marks.length > 0) {
    await Play.bulkWrite(
      marks.map((mark) => ({ replaceOne: { filter: { _id: mark._id }, replacement: mark, upsert: true } })) as never,
    )
    await projectTitle(watching, ref, title.id)
    await refreshLeases(watching, ref, title.id)
  }
  return undoTokenOf(undo)
}

/** An item without plays and marks is unwatched already and needs no mark. */
async function findItemsWithRecords (ref: ProfileRef, titleId: string): Promise<(itemId: string) => boolean> {
  const itemIds = new Set((await findPlaysOfTitle(ref.profile, titleId)).map(({ item }) => item.toString()))
  return (itemId) => itemIds.has(itemId)
}
