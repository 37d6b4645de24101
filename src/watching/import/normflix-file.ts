// Parses the service's own export file. Every value is validated like that of a progress event.
import type { Static } from 'typebox'
import { playProgressOfEvent, type ItemTiming, type PlayProgress } from '../../domain/progress.js'
import type { HistoryFile } from '../../schemas/history-transfer.js'
import { clampToNow } from '../history/record-progress.js'
import { MAX_IMPORTED_PLAYS, tooManyPlays, type ImportedPlay } from './imported-play.js'
import type { ParsedTitle } from './match-title.js'

type ExportedPlay = Static<typeof HistoryFile>['plays'][number]

/** @throws DomainError 422 `import-too-long` */
export function parseNormflixFile ({ plays }: Static<typeof HistoryFile>, now: Date): ImportedPlay[] {
  if (plays.length > MAX_IMPORTED_PLAYS) throw tooManyPlays()
  return plays.map((play, i) => {
    const startedAt = play.startedAt ?? play.lastWatchedAt
    return {
      line: i + 1,
      text: describePlay(play),
      skip: null,
      toWantedItem: () => ({
        itemId: play.item?.id ?? null,
        titleId: play.title.id ?? null,
        externalIds: play.title.externalIds ?? {},
        parsedTitles: [toParsedTitle(play)],
      }),
      playId: play.id ?? null,
      momentKey: `${new Date(startedAt).toISOString()} ${play.startPositionMs ?? play.positionMs}`,
      isTimeClamped: [startedAt, play.lastWatchedAt, play.endAt ?? startedAt].some((time) =>
        Date.parse(time) > now.getTime()
      ),
      toProgress: (timing: ItemTiming) => toProgress(play, timing, now),
    }
  })
}

function describePlay ({ title, item }: ExportedPlay): string {
  const numbers = item === undefined || item.season === null ? '' : `: S${item.season}E${item.episode ?? '?'}`
  return `${title.title}${numbers}${item?.title === undefined || numbers === '' ? '' : ` ${item.title}`}`
}

function toParsedTitle ({ title, item }: ExportedPlay): ParsedTitle {
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

/** Fields that the file omits get the value that a play of a single event would have. */
function toProgress (play: ExportedPlay, timing: ItemTiming, now: Date): PlayProgress {
  const at = clampToNow(new Date(play.lastWatchedAt), now)
  const durationMs = play.durationMs === undefined ? timing.durationMs : play.durationMs
  const ofOneEvent = playProgressOfEvent({
    positionMs: play.positionMs,
    at,
    watchedMs: play.watchedMs ?? null,
    eventId: play.eventId ?? '',
  }, { ...timing, durationMs })
  const startPositionMs = play.startPositionMs ?? play.positionMs
  return {
    ...ofOneEvent,
    startedAt: play.startedAt === undefined ? at : clampToNow(new Date(play.startedAt), now),
    startPositionMs,
    furthestMs: Math.max(play.furthestMs ?? 0, play.positionMs, startPositionMs),
    reachedEndAt: play.endAt === undefined ? ofOneEvent.reachedEndAt : toClampedTime(play.endAt, now),
    reachedEndWatchedMs: play.endWatchedMs === undefined ? ofOneEvent.reachedEndWatchedMs : play.endWatchedMs,
  }
}

function toClampedTime (time: string | null, now: Date): number | null {
  return time === null ? null : clampToNow(new Date(time), now)
}
