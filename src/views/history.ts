// Views of progress, the watch history and undo.
import { toPlayProgress, type StoredPlay } from '../../models/play.js'
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

export function toHistoryItem (play: StoredPlay): HistoryItem {
  return {
    id: play._id.toString(),
    title: { id: play.title.toString(), title: play.titleName },
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

export function toHistoryGroup ({ last, plays, firstWatchedAt }: TitleGroup): HistoryGroup {
  return {
    title: { id: last.title.toString(), title: last.titleName },
    plays,
    firstWatchedAt: firstWatchedAt.toISOString(),
    last: toHistoryItem(last),
  }
}

export function toUndo ({ id, expiresAt }: UndoToken): Undo {
  return { undo: id, undoUntil: expiresAt.toISOString() }
}
