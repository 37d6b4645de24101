// View of the progress in a movie or an episode.
import type { ItemState } from '../domain/item-state.js'
import type { Progress } from '../schemas/progress.js'

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
