// What a viewer says of titles without playing them: watched and unwatched, hidden, dropped. All of it can be undone.
import { Types } from 'mongoose'
import { findProfileWatching } from '../../../models/account.js'
import { findPlaysOfTitle, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import type { DismissalState } from '../../../models/undo.js'
import { toTitleState } from '../../../models/watch-entry.js'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { lastPlayed } from '../../domain/next-up.js'
import { hasAired } from '../../domain/watch-order.js'
import { flushLive } from '../streams/flush.js'
import { newMarkOfItem } from './plays.js'
import { findEntry, projectTitle } from './projection.js'
import { among } from './soft-delete.js'
import { findUndoOf, storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/** What a mark covers: one item, a season, or a whole title. */
export interface MarkScope {
  readonly title: CatalogueTitle
  /** Null for a whole title or season. */
  readonly item: CatalogueItem | null
  readonly season: number | null
}

/** The items to mark as watched: of a season or show those that aired, of a whole show no specials outside its order. */
export function itemsToMark (watching: WatchingDeps, { title, item, season }: MarkScope): readonly CatalogueItem[] {
  if (item !== null) return [item]
  if (title.kind === 'movie') return title.items
  const episodes = season === null ? title.order : title.items.filter((episode) => episode.season === season)
  return episodes.filter((episode) => hasAired(episode, watching.now()))
}

/** The items to take back: all there are. */
export function itemsToUnmark ({ title, item, season }: MarkScope): readonly CatalogueItem[] {
  if (item !== null) return [item]
  return season === null ? title.items : title.items.filter((episode) => episode.season === season)
}

/** Says that items were watched (at a time) or were not. A mark counts for what was played before it was made. */
export async function markItems (
  watching: WatchingDeps,
  watcher: ProfileRef,
  title: CatalogueTitle,
  items: readonly CatalogueItem[],
  watched: boolean,
  watchedAt: Date,
): Promise<UndoToken> {
  await flushLive(watching, watcher)
  const now = watching.now()
  const undoId = new Types.ObjectId()
  // What was never played or marked is not watched anyway.
  const known = watched
    ? null
    : new Set((await findPlaysOfTitle(watcher.profile, title.id)).map(({ item }) => item.toString()))
  const marks = items.filter(({ id }) => known?.has(id) ?? true).map((item) =>
    newMarkOfItem(watcher, title, item, {
      _id: derivePlayId(watcher.profile, `mark ${item.id}`),
      kind: 'mark',
      startedAt: now,
      at: watchedAt,
      watched,
      endAt: null,
      eventId: undoId.toString(),
    })
  )
  const before = new Map(
    (await Play.find({ _id: among(marks) }).lean<StoredPlay[]>()).map((row) => [row._id.toString(), row]),
  )
  const rows = marks.map(({ _id }) => ({ id: _id, before: before.get(_id.toString()) ?? null }))
  const undo = await storeUndo(watching, watcher, title.id, { kind: 'rows', rows }, undoId)
  if (marks.length > 0) {
    await Play.bulkWrite(
      marks.map((mark) => ({ replaceOne: { filter: { _id: mark._id }, replacement: mark, upsert: true } })) as never,
    )
    await projectTitle(watching, watcher, title.id)
  }
  return undoTokenOf(undo)
}

/** Hides a title from continue watching until it is played again; its progress is kept. */
export async function hideTitle (watching: WatchingDeps, watcher: ProfileRef, titleId: string): Promise<UndoToken> {
  return await putAway(
    watching,
    watcher,
    titleId,
    (before, playedAt) =>
      before.hiddenAt !== null && before.hiddenAt.getTime() >= playedAt
        ? before
        : { ...before, hiddenAt: watching.now() },
  )
}

/** Gives a title up: it stays away from continue watching, whatever is played or added, until it is brought back. */
export async function dropTitle (watching: WatchingDeps, watcher: ProfileRef, titleId: string): Promise<UndoToken> {
  return await putAway(
    watching,
    watcher,
    titleId,
    (before) => before.droppedAt === null ? { ...before, droppedAt: watching.now() } : before,
  )
}

/** Brings a hidden or dropped title back. */
export async function undismissTitle (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
): Promise<UndoToken> {
  return await putAway(
    watching,
    watcher,
    titleId,
    (before) => before.hiddenAt === null && before.droppedAt === null ? before : { hiddenAt: null, droppedAt: null },
  )
}

/** @param change answers what it was given when there is nothing to change */
async function putAway (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  change: (before: DismissalState, playedAt: number) => DismissalState,
): Promise<UndoToken> {
  await flushLive(watching, watcher)
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const entry = profile === null ? null : await findEntry(profile, titleId)
  const before: DismissalState = { hiddenAt: entry?.hiddenAt ?? null, droppedAt: entry?.droppedAt ?? null }
  const after = change(before, entry === null ? 0 : lastPlayed(toTitleState(entry)))
  if (after === before) {
    // Asked again, perhaps because the answer was lost: the undo of the first time is the one that helps.
    const first = await findUndoOf(watcher, titleId, after)
    if (first !== null) return undoTokenOf(first)
  }
  const undo = await storeUndo(watching, watcher, titleId, { kind: 'entry', before, after })
  await projectTitle(watching, watcher, titleId, after, profile)
  return undoTokenOf(undo)
}
