// Converts the records of Netflix's viewing activity to plays.
import {
  clampToNow,
  mergePlayProgress,
  playProgressOfEvent,
  type ItemTiming,
  type PlayProgress,
} from '../../domain/progress.js'
import type { ImportedPlay } from './imported-play.js'
import type { NetflixRecord } from './netflix-file.js'
import { parseNetflixTitle } from './netflix-titles.js'

/** @param now time of the import, which replaces times in the future */
export function toNetflixPlay (
  { line, text, skip, at, watchedMs, bookmarkMs }: NetflixRecord,
  now: Date,
): ImportedPlay {
  const stoppedAt = at + (watchedMs ?? 0)
  return {
    line,
    text,
    skip,
    toWantedItem: () => ({ itemId: null, titleId: null, externalIds: {}, parsedTitles: parseNetflixTitle(text) }),
    playId: null,
    momentKey: watchedMs === null ? new Date(at).toISOString().slice(0, 10) : new Date(at).toISOString(),
    isTimeClamped: stoppedAt > now.getTime(),
    toProgress: (timing) => {
      const wholeMs = timing.durationMs ?? 0
      return toProgress(clampToNow(new Date(stoppedAt), now), watchedMs ?? wholeMs, bookmarkMs ?? wholeMs, timing)
    },
  }
}

/**
 * Builds the progress of one play.
 * @param stoppedAt ms since the epoch
 * @param bookmarkMs stop position in Netflix's edition, which may be longer than the item
 */
function toProgress (stoppedAt: number, watchedMs: number, bookmarkMs: number, timing: ItemTiming): PlayProgress {
  const positionMs = Math.min(bookmarkMs, timing.durationMs ?? Infinity)
  const start = {
    positionMs: Math.max(0, positionMs - watchedMs),
    at: Math.max(0, stoppedAt - watchedMs),
    watchedMs: 0,
    eventId: '',
  }
  return mergePlayProgress(
    playProgressOfEvent(start, timing),
    playProgressOfEvent({ positionMs, at: stoppedAt, watchedMs, eventId: '' }, timing),
  )
}
