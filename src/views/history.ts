// Views of progress, the watch history and undo.
import { toPlayProgress, type StoredPlay } from '../../models/play.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { ItemState } from '../domain/item-state.js'
import { watchedMsOfPlay } from '../domain/progress.js'
import type { HistoryGroup, HistoryItem, Undo } from '../schemas/history.js'
import type { Progress } from '../schemas/progress.js'
import { hasFinishedItem, type TitleGroup } from '../watching/history/list-history.js'
import type { UndoToken } from '../watching/history/undo-log.js'

export function toProgress (state: ItemState): Progress {
  return {
    positionMs: state.positionMs,
    durationMs: state.durationMs,
    watchedMs: state.watchedMs,
    started: state.started,
    finished: state.finished,
    finishedAt: state.finishedAt === null ? null : new Date(state.finishedAt).toISOString(),
    lastWatchedAt: new Date(state.lastWatchedAt).toISOString(),
  }
}

/** Progress of an item that was never played. @param at time of the report, ms since the epoch */
export function toUnplayedProgress (durationMs: number | null, at: number): Progress {
  return {
    positionMs: 0,
    durationMs,
    watchedMs: 0,
    started: false,
    finished: false,
    finishedAt: null,
    lastWatchedAt: new Date(at).toISOString(),
  }
}

/** Finds a title that the profile may see now; null for a deleted or hidden one. */
export type FindTitle = (titleId: string) => Pick<CatalogueTitle, 'posterUrl' | 'posterPlaceholder'> | null

export function toHistoryItem (play: StoredPlay, findTitle: FindTitle): HistoryItem {
  return {
    id: play._id.toString(),
    title: toPlayedTitle(play, findTitle),
    item: {
      id: play.item.toString(),
      season: play.season,
      episode: play.episode,
      title: play.itemName ?? play.titleName,
    },
    startedAt: play.startedAt.toISOString(),
    lastWatchedAt: new Date(Math.max(play.at.getTime(), play.startedAt.getTime())).toISOString(),
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    watchedMs: watchedMsOfPlay(toPlayProgress(play)),
    finished: hasFinishedItem(play),
  }
}

function toPlayedTitle ({ title, titleName, season }: StoredPlay, findTitle: FindTitle): HistoryItem['title'] {
  const id = title.toString()
  const { posterUrl = null, posterPlaceholder = null } = findTitle(id) ?? {}
  return {
    id,
    kind: season === null ? 'movie' : 'show',
    title: titleName,
    posterUrl,
    posterPlaceholder,
  }
}

export function toHistoryGroup (
  { last, plays, firstWatchedAt }: TitleGroup,
  findTitle: FindTitle,
): HistoryGroup {
  return {
    title: toPlayedTitle(last, findTitle),
    plays,
    firstWatchedAt: firstWatchedAt.toISOString(),
    last: toHistoryItem(last, findTitle),
  }
}

export function toUndo ({ id, expiresAt }: UndoToken): Undo {
  return { undo: id, undoUntil: expiresAt.toISOString() }
}
