// Parses Netflix's viewing activity: the short CSV file of the account page (title and date) and the full one of the
// personal data download.
import { CsvError, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { DomainError } from '../../errors.js'
import { playProgressOfEvent, mergePlayProgress, type ItemTiming, type PlayProgress } from '../../domain/progress.js'
import { clampToNow } from '../history/record-progress.js'
import {
  malformedFile,
  MAX_IMPORTED_PLAYS,
  tooManyPlays,
  type ImportedPlay,
  type ImportReason,
} from './imported-play.js'
import type { WantedItem } from './match-title.js'
import { detectDateOrder, parseDate, parseDuration, parseStartTime, type DateOrder } from './netflix-dates.js'
import { parseNetflixTitle } from './netflix-titles.js'

export interface NetflixOptions {
  /** Netflix profile whose rows are imported; required when a full file has several profiles. */
  readonly profileName: string | null
  /** Date order of a short file; null detects it. */
  readonly dateOrder: DateOrder | null
}

export interface NetflixFile {
  readonly plays: ImportedPlay[]
  /** The date order that was used; null for a full file, whose times are unambiguous. */
  readonly dateOrder: DateOrder | null
  readonly isDateOrderGuessed: boolean
}

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/** The parser receives the text in chunks, so that a large file does not block the event loop. */
const CHUNK_CHARS = 64 * 1024
const MAX_ROW_CHARS = 20_000
/** Profile names listed in a problem. */
const MAX_LISTED_PROFILES = 20
const FULL_COLUMNS = [
  'profile name',
  'start time',
  'duration',
  'attributes',
  'title',
  'supplemental video type',
  'bookmark',
] as const

/** @throws DomainError 422 `import-malformed` with the line, `import-too-long`, `import-several-profiles` */
export async function parseNetflixFile (text: string, options: NetflixOptions, now: Date): Promise<NetflixFile> {
  const [header, ...rows] = await readRows(text)
  const columns = new Map(header?.cells.map((name, i) => [name.trim().toLowerCase(), i]))
  if (FULL_COLUMNS.every((name) => columns.has(name))) {
    return { plays: parseFullFile(rows, columns, options, now), dateOrder: null, isDateOrderGuessed: false }
  }
  if (columns.has('title') && columns.has('date')) return parseShortFile(rows, columns, options, now)
  throw malformedFile(
    header?.line ?? 1,
    'The first line must have the column names of Netflix: "Title,Date", or "Profile Name,Start Time,Duration,' +
      'Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country".',
  )
}

async function readRows (text: string): Promise<Row[]> {
  const parser = Readable.from(splitIntoChunks(text)).pipe(
    parse({ bom: true, info: true, skip_empty_lines: true, max_record_size: MAX_ROW_CHARS }),
  )
  const rows: Row[] = []
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }, record: string[] }>) {
      rows.push({ line: info.lines, cells: record })
      if (rows.length > MAX_IMPORTED_PLAYS + 1) throw tooManyPlays()
    }
  } catch (error) {
    if (error instanceof DomainError) throw error
    throw malformedFile(errorLine(error), 'The row is not valid CSV, or has a different number of cells than line 1.')
  }
  return rows
}

function* splitIntoChunks (text: string): Generator<string> {
  for (let start = 0; start < text.length; start += CHUNK_CHARS) yield text.slice(start, start + CHUNK_CHARS)
}

function errorLine (error: unknown): number | null {
  return error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : null
}

type Columns = ReadonlyMap<string, number>

function cellText (row: Row, columns: Columns, name: string): string {
  return row.cells[columns.get(name) ?? -1]?.trim() ?? ''
}

function requireTitle (row: Row, columns: Columns): string {
  const title = cellText(row, columns, 'title')
  if (title === '') throw malformedFile(row.line, 'The title is missing.')
  return title
}

function toWantedItem (title: string): WantedItem {
  return { itemId: null, titleId: null, externalIds: {}, parsedTitles: parseNetflixTitle(title) }
}

/** Only the date is known: the item counts as watched to its end at noon UTC. */
function parseShortFile (rows: readonly Row[], columns: Columns, options: NetflixOptions, now: Date): NetflixFile {
  const dates = rows.map((row) => cellText(row, columns, 'date'))
  const detected = options.dateOrder === null
    ? detectDateOrder(dates, now)
    : { order: options.dateOrder, isGuess: false }
  const order = detected?.order ?? findMostFrequentOrder(dates)
  const plays = rows.map((row) => {
    const date = cellText(row, columns, 'date')
    const time = parseDate(date, order)
    if (time === null) {
      throw malformedFile(row.line, `The date is not valid in the order of the other dates (${order}).`)
    }
    const title = requireTitle(row, columns)
    return {
      line: row.line,
      text: title,
      skip: null,
      toWantedItem: () => toWantedItem(title),
      playId: null,
      momentKey: new Date(time).toISOString().slice(0, 10),
      isTimeClamped: time > now.getTime(),
      toProgress: (timing: ItemTiming) => {
        const durationMs = timing.durationMs ?? 0
        return toProgress(clampToNow(new Date(time), now), durationMs, durationMs, timing)
      },
    }
  })
  return { plays, dateOrder: order, isDateOrderGuessed: detected?.isGuess ?? false }
}

/** When no order fits all dates, the order that fits most, so that the reported line is the inconsistent one. */
function findMostFrequentOrder (dates: readonly string[]): DateOrder {
  const count = (order: DateOrder): number => dates.filter((date) => parseDate(date, order) !== null).length
  return (['month-first', 'day-first', 'year-first'] as const).reduce((best, order) =>
    count(order) > count(best) ? order : best
  )
}

function parseFullFile (
  rows: readonly Row[],
  columns: Columns,
  { profileName }: NetflixOptions,
  now: Date,
): ImportedPlay[] {
  const names = [...new Set(rows.map((row) => cellText(row, columns, 'profile name')))]
  if (profileName === null && names.length > 1) throw severalProfiles(names)
  return rows.map((row) => {
    const title = requireTitle(row, columns)
    const start = parseStartTime(cellText(row, columns, 'start time'))
    const watchedMs = parseDuration(cellText(row, columns, 'duration'))
    const bookmarkMs = parseDuration(cellText(row, columns, 'bookmark'))
    if (start === null) throw malformedFile(row.line, 'The Start Time is not YYYY-MM-DD HH:MM:SS.')
    if (watchedMs === null) throw malformedFile(row.line, 'The Duration is not HH:MM:SS.')
    if (bookmarkMs === null) throw malformedFile(row.line, 'The Bookmark is not HH:MM:SS.')
    return {
      line: row.line,
      text: title,
      skip: findSkipReason(row, columns, profileName, watchedMs),
      toWantedItem: () => toWantedItem(title),
      playId: null,
      momentKey: new Date(start).toISOString(),
      isTimeClamped: start + watchedMs > now.getTime(),
      toProgress: (timing: ItemTiming) =>
        toProgress(clampToNow(new Date(start + watchedMs), now), watchedMs, bookmarkMs, timing),
    }
  })
}

const severalProfiles = (names: readonly string[]): DomainError =>
  new DomainError(
    422,
    'import-several-profiles',
    'The file has several profiles',
    'The file has the history of several Netflix profiles. Choose one with netflixProfile.',
    { profileNames: names.slice(0, MAX_LISTED_PROFILES) },
  )

function findSkipReason (
  row: Row,
  columns: Columns,
  profileName: string | null,
  watchedMs: number,
): ImportReason | null {
  if (profileName !== null && cellText(row, columns, 'profile name') !== profileName) {
    return { code: 'other-profile', text: 'Another Netflix profile watched this.' }
  }
  if (cellText(row, columns, 'supplemental video type') !== '') {
    return { code: 'supplemental-video', text: 'This is a trailer or another extra.' }
  }
  if (/Autoplayed: user action: None\b/iu.test(cellText(row, columns, 'attributes'))) {
    return { code: 'autoplayed', text: 'It played automatically without user action.' }
  }
  return watchedMs === 0 ? { code: 'nothing-played', text: 'It was opened but not played.' } : null
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
