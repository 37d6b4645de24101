// Reads the service's own export file into plays. Every value is validated like that of a progress event.
import { isUtf8 } from 'node:buffer'
import type { AnySchema } from 'ajv'
import type { Static } from 'typebox'
import {
  clampToNow,
  limitToRuntime,
  playProgressOfEvent,
  type ItemTiming,
  type PlayProgress,
} from '../../domain/progress.js'
import { badRequest, validationFailed } from '../../errors.js'
import { buildValidator, toFieldError, type Validator } from '../../http/validator.js'
import { HistoryFile } from '../../schemas/history-transfer.js'
import { MAX_IMPORTED_PLAYS, tooManyPlays, type ImportedPlay } from './imported-play.js'
import type { ParsedTitle } from './match-title.js'

export type ExportedPlay = Static<typeof HistoryFile>['plays'][number]

interface Validators {
  readonly file: Validator
  readonly play: Validator
}

/** Compiled with the first file: the thread of requests never needs them. */
let validators: Validators | null = null

/**
 * Parses and validates a file.
 * @throws DomainError 400 `malformed-request`, `validation-failed`, 422 `import-too-long`
 */
export function readNormflixFile (bytes: Buffer): ExportedPlay[] {
  const file = parseJson(bytes)
  const { file: validateFile, play: validatePlay } = validators ??= compileValidators()
  const isObject = typeof file === 'object' && file !== null && 'plays' in file
  if (!isObject || !Array.isArray(file.plays)) throw invalid(validateFile, file, '')
  const plays: unknown[] = file.plays
  if (plays.length > MAX_IMPORTED_PLAYS) throw tooManyPlays()
  const withoutPlays = { ...file, plays: [] }
  if (!isValid(validateFile, withoutPlays)) throw invalid(validateFile, withoutPlays, '')
  for (const [i, play] of plays.entries()) {
    if (!isValid(validatePlay, play)) throw invalid(validatePlay, play, `/plays/${i}`)
  }
  return plays as ExportedPlay[]
}

function parseJson (bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw badRequest('malformed-request', 'The JSON body is not UTF-8.')
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/u, ''))
  } catch {
    throw badRequest('malformed-request', 'The request cannot be parsed.')
  }
}

function compileValidators (): Validators {
  const compile = (schema: AnySchema): Validator => buildValidator({})({ schema, httpPart: 'body' })
  return { file: compile(HistoryFile), play: compile(HistoryFile.properties.plays.items) }
}

function isValid (validate: Validator, value: unknown): boolean {
  return validate(value) as boolean
}

function invalid (validate: Validator, value: unknown, pointer: string): Error {
  isValid(validate, value)
  return validationFailed((validate.errors ?? []).map((error) => toFieldError(error, pointer)))
}

/**
 * Converts a play of a file.
 * @param line position in the file, from 1
 * @param now time of the import, which replaces times in the future
 */
export function toNormflixPlay (play: ExportedPlay, line: number, now: Date): ImportedPlay {
  const startedAt = play.startedAt ?? play.lastWatchedAt
  return {
    line,
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
    toProgress: (timing) => toProgress(play, timing, now),
  }
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
  const progress: PlayProgress = {
    ...ofOneEvent,
    startedAt: play.startedAt === undefined ? at : clampToNow(new Date(play.startedAt), now),
    startPositionMs,
    furthestMs: Math.max(play.furthestMs ?? 0, play.positionMs, startPositionMs),
    reachedEndAt: play.endAt === undefined ? ofOneEvent.reachedEndAt : toClampedTime(play.endAt, now),
    reachedEndWatchedMs: play.endWatchedMs === undefined ? ofOneEvent.reachedEndWatchedMs : play.endWatchedMs,
  }
  return limitToRuntime(progress, durationMs)
}

function toClampedTime (time: string | null, now: Date): number | null {
  return time === null ? null : clampToNow(new Date(time), now)
}
