// Marking as watched and unwatched, and hiding from continue watching.
import { Types } from 'mongoose'
import { Play, playIdOf } from '../../models/play.js'
import { numbersOf, type CatalogueItem, type CatalogueTitle } from '../catalogue/snapshot.js'
import { hasAired } from './continue-watching.js'
import { projectTitle } from './projection.js'
import type { Watcher, Watching } from './watching.js'

/** What a mark on an id covers: the item itself, or every aired regular episode of a show. */
export function itemsToMark (watching: Watching, title: CatalogueTitle, item: CatalogueItem | null): readonly CatalogueItem[] {
  if (item !== null) return [item]
  return title.kind === 'movie' ? title.items : title.order.filter((episode) => hasAired(episode, watching.now()))
}

/** Says that items were watched (at a time) or were not. A mark counts for what was played before it was made. */
export async function markItems (watching: Watching, watcher: Watcher, title: CatalogueTitle, items: readonly CatalogueItem[], watched: boolean, watchedAt: Date): Promise<void> {
  const now = watching.now()
  if (items.length === 0) return
  await Play.bulkWrite(items.map((item) => ({
    updateOne: {
      filter: { _id: playIdOf(watcher.profile, `mark ${item.id}`) },
      update: {
        $set: {
          account: new Types.ObjectId(watcher.account),
          profile: new Types.ObjectId(watcher.profile),
          title: new Types.ObjectId(title.id),
          item: new Types.ObjectId(item.id),
          ...numbersOf(title, item),
          titleName: title.title,
          itemName: item.name,
          mediaFile: null,
          kind: 'mark' as const,
          startedAt: now,
          at: watchedAt,
          startPositionMs: 0,
          positionMs: 0,
          furthestMs: 0,
          eventId: '',
          durationMs: null,
          watchedMs: null,
          endAt: null,
          endWatchedMs: null,
          watched,
          isPlayed: false,
          removedAt: null,
        },
      },
      upsert: true,
    },
  })))
  await projectTitle(watcher, title.id)
}

/** Hides a title from continue watching until it is played again; its progress is kept. */
export async function hideTitle (watching: Watching, watcher: Watcher, titleId: string): Promise<void> {
  await projectTitle(watcher, titleId, { hiddenAt: watching.now() })
}

export async function unhideTitle (watcher: Watcher, titleId: string): Promise<void> {
  await projectTitle(watcher, titleId, { hiddenAt: null })
}
