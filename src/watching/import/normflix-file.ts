// Our own export as a file to import: every fact as it was, each bounded as an event's would be.
import type { Static } from 'typebox'
import { toPlayProgressOfEvent, type ItemTiming, type PlayProgress } from '../../domain/progress.js'
import type { HistoryFile } from '../../schemas/history-transfer.js'
import { MAX_IMPORTED_PLAYS, tooManyPlays, type ImportedPlay } from './imported-play.js'
import type { ParsedTitle } from './match-title.js'
import { clampTime } from '../history/record.js'

type ExportedPlay = Static<typeof HistoryFile>['plays'][number]

/** @throws DomainError 422 */
export function readNormflixFile ({ plays }: Static<typeof HistoryFile>, now: Date): ImportedPlay[] {
  if (plays.length > MAX_IMPORTED_PLAYS) throw tooManyPlays()
  return plays.map((play, i) => {
    const startedAt = play.startedAt ?? play.lastWatchedAt
    return {
      line: i + 1,
      text: textOf(play),
      skip: null,
      wanted: () => ({
        itemId: play.item?.id ?? null,
        titleId: play.title.id ?? null,
        externalIds: play.title.externalIds ?? {},
        readings: [readingOf(play)],
      }),
      playId: play.id ?? null,
      moment: `${new Date(startedAt).toISOString()} ${play.startPositionMs ?? play.positionMs}`,
      isSetBack: [startedAt, play.lastWatchedAt, play.endAt ?? startedAt].some((time) =>
        Date.parse(time) > now.getTime()
      ),
      factsFor: (timing: ItemTiming) => factsOf(play, timing, now),
    }
  })
}

function textOf ({ title, item }: ExportedPlay): string {
  const numbers = item === undefined || item.season === null ? '' : `: S${item.season}E${item.episode ?? '?'}`
  return `${title.title}${numbers}${item?.title === undefined || numbers === '' ? '' : ` ${item.title}`}`
}

function readingOf ({ title, item }: ExportedPlay): ParsedTitle {
  const isShow = item !== undefined && (item.season !== null || item.episode !== null)
  return {
    kind: title.kind ?? (isShow ? 'show' : 'movie'),
    titleName: title.title,
    year: title.year ?? null,
    season: item?.season ?? null,
    episode: item?.episode ?? null,
    episodeNames: item?.title === undefined ? [] : [item.title],
    isSeasonCertain: true,
  }
}

/** What the file leaves out is worked out as if the play had been one event. */
function factsOf (play: ExportedPlay, timing: ItemTiming, now: Date): PlayProgress {
  const at = clampTime(new Date(play.lastWatchedAt), now)
  const durationMs = play.durationMs === undefined ? timing.durationMs : play.durationMs
  const event = toPlayProgressOfEvent({
    positionMs: play.positionMs,
    at,
    watchedMs: play.watchedMs ?? null,
    eventId: play.eventId ?? '',
  }, { ...timing, durationMs })
  const startPositionMs = play.startPositionMs ?? play.positionMs
  return {
    ...event,
    startedAt: play.startedAt === undefined ? at : clampTime(new Date(play.startedAt), now),
    startPositionMs,
    furthestMs: Math.max(play.furthestMs ?? 0, play.positionMs, startPositionMs),
    endAt: play.endAt === undefined ? event.endAt : timeOrNull(play.endAt, now),
    endWatchedMs: play.endWatchedMs === undefined ? event.endWatchedMs : play.endWatchedMs,
  }
}

function timeOrNull (time: string | null, now: Date): number | null {
  return time === null ? null : clampTime(new Date(time), now)
}
