// Netflix's viewing activity as a file: the short one of the account page (title and date) and the full one of the
// personal data download.
import { CsvError, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { DomainError } from '../../errors.js'
import { toPlayProgressOfEvent, mergePlayProgress, type ItemTiming, type PlayProgress } from '../../domain/progress.js'
import {
  malformedFile,
  MAX_IMPORTED_PLAYS,
  tooManyPlays,
  type ImportedPlay,
  type ReportReason,
} from './imported-play.js'
import type { WantedItem } from './match-title.js'
import {
  decideDateOrder,
  readDate,
  readLength,
  readNetflixTitle,
  readStartTime,
  type DateOrder,
} from './netflix-history.js'
import { clampTime } from '../history/record.js'

export interface NetflixOptions {
  /** Whose rows of a full file are meant; needed when it holds several profiles. */
  readonly profileName: string | null
  /** How dates of a short file are read; null lets the file decide. */
  readonly dateOrder: DateOrder | null
}

export interface NetflixFile {
  readonly views: ImportedPlay[]
  /** How its dates were read; null for a full file, whose times are exact. */
  readonly dateOrder: DateOrder | null
  readonly isDateOrderGuessed: boolean
}

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/** How much the parser is given at once, so that a large file does not hold up everybody else. */
const CHUNK_CHARS = 64 * 1024
/** Of one row, in characters. */
const MAX_ROW = 20_000
const MAX_PROFILES_TOLD = 20
const FULL_COLUMNS = [
  'profile name',
  'start time',
  'duration',
  'attributes',
  'title',
  'supplemental video type',
  'bookmark',
] as const

/** @throws DomainError 422 with the line that cannot be read */
export async function readNetflixFile (text: string, options: NetflixOptions, now: Date): Promise<NetflixFile> {
  const [header, ...rows] = await readRows(text)
  const columns = new Map(header?.cells.map((name, i) => [name.trim().toLowerCase(), i]))
  if (FULL_COLUMNS.every((name) => columns.has(name))) {
    return { views: readFull(rows, columns, options, now), dateOrder: null, isDateOrderGuessed: false }
  }
  if (columns.has('title') && columns.has('date')) return readShort(rows, columns, options, now)
  throw malformedFile(
    header?.line ?? 1,
    'The first line must name the columns as Netflix does: "Title,Date", or "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country".',
  )
}

async function readRows (text: string): Promise<Row[]> {
  const parser = Readable.from(chunksOf(text)).pipe(
    parse({ bom: true, info: true, skip_empty_lines: true, max_record_size: MAX_ROW }),
  )
  const rows: Row[] = []
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }, record: string[] }>) {
      rows.push({ line: info.lines, cells: record })
      if (rows.length > MAX_IMPORTED_PLAYS + 1) throw tooManyPlays()
    }
  } catch (error) {
    if (error instanceof DomainError) throw error
    throw malformedFile(lineOf(error), 'The row is not CSV, or has not as many cells as the first line.')
  }
  return rows
}

function* chunksOf (text: string): Generator<string> {
  for (let at = 0; at < text.length; at += CHUNK_CHARS) yield text.slice(at, at + CHUNK_CHARS)
}

function lineOf (error: unknown): number | null {
  return error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : null
}

type Columns = ReadonlyMap<string, number>

function cellOf (row: Row, columns: Columns, name: string): string {
  return row.cells[columns.get(name) ?? -1]?.trim() ?? ''
}

function titleOf (row: Row, columns: Columns): string {
  const title = cellOf(row, columns, 'title')
  if (title === '') throw malformedFile(row.line, 'The title is missing.')
  return title
}

function wantedOf (title: string): WantedItem {
  return { itemId: null, titleId: null, externalIds: {}, readings: readNetflixTitle(title) }
}

/** Only a day is known: it counts as watched to the end, at noon. */
function readShort (rows: readonly Row[], columns: Columns, options: NetflixOptions, now: Date): NetflixFile {
  const dates = rows.map((row) => cellOf(row, columns, 'date'))
  const decided = options.dateOrder === null
    ? decideDateOrder(dates, now)
    : { order: options.dateOrder, isGuess: false }
  const order = decided?.order ?? likeliestOrder(dates)
  const views = rows.map((row) => {
    const date = cellOf(row, columns, 'date')
    const time = readDate(date, order)
    if (time === null) throw malformedFile(row.line, `The date cannot be read in the order of the others (${order}).`)
    const title = titleOf(row, columns)
    return {
      line: row.line,
      text: title,
      skip: null,
      wanted: () => wantedOf(title),
      playId: null,
      moment: new Date(time).toISOString().slice(0, 10),
      isSetBack: time > now.getTime(),
      factsFor: (timing: ItemTiming) =>
        factsBetween(clampTime(new Date(time), now), timing.durationMs ?? 0, timing.durationMs ?? 0, timing),
    }
  })
  return { views, dateOrder: order, isDateOrderGuessed: decided?.isGuess ?? false }
}

/** Where no order fits all: the one that fits most, so that the line which is named is the odd one. */
function likeliestOrder (dates: readonly string[]): DateOrder {
  const count = (order: DateOrder): number => dates.filter((date) => readDate(date, order) !== null).length
  return (['month-first', 'day-first', 'year-first'] as const).reduce((best, order) =>
    count(order) > count(best) ? order : best
  )
}

function readFull (rows: readonly Row[], columns: Columns, { profileName }: NetflixOptions, now: Date): ImportedPlay[] {
  const names = [...new Set(rows.map((row) => cellOf(row, columns, 'profile name')))]
  if (profileName === null && names.length > 1) throw severalProfiles(names)
  return rows.map((row) => {
    const title = titleOf(row, columns)
    const start = readStartTime(cellOf(row, columns, 'start time'))
    const watchedMs = readLength(cellOf(row, columns, 'duration'))
    const bookmarkMs = readLength(cellOf(row, columns, 'bookmark'))
    if (start === null) throw malformedFile(row.line, 'The Start Time is not YYYY-MM-DD HH:MM:SS.')
    if (watchedMs === null) throw malformedFile(row.line, 'The Duration is not HH:MM:SS.')
    if (bookmarkMs === null) throw malformedFile(row.line, 'The Bookmark is not HH:MM:SS.')
    return {
      line: row.line,
      text: title,
      skip: skipOf(row, columns, profileName, watchedMs),
      wanted: () => wantedOf(title),
      playId: null,
      moment: new Date(start).toISOString(),
      isSetBack: start + watchedMs > now.getTime(),
      factsFor: (timing: ItemTiming) =>
        factsBetween(clampTime(new Date(start + watchedMs), now), watchedMs, bookmarkMs, timing),
    }
  })
}

const severalProfiles = (names: readonly string[]): DomainError =>
  new DomainError(
    422,
    'import-several-profiles',
    'Whose history?',
    'The file holds the history of several profiles. Say whose is meant with netflixProfile.',
    { profileNames: names.slice(0, MAX_PROFILES_TOLD) },
  )

function skipOf (row: Row, columns: Columns, profileName: string | null, watchedMs: number): ReportReason | null {
  if (profileName !== null && cellOf(row, columns, 'profile name') !== profileName) {
    return { code: 'other-profile', text: 'Somebody else watched this.' }
  }
  if (cellOf(row, columns, 'supplemental video type') !== '') {
    return { code: 'supplemental-video', text: 'A trailer or another extra.' }
  }
  if (/Autoplayed: user action: None\b/iu.test(cellOf(row, columns, 'attributes'))) {
    return { code: 'autoplayed', text: 'It played by itself and nobody looked.' }
  }
  return watchedMs === 0 ? { code: 'nothing-played', text: 'It was opened and not played.' } : null
}

/** A play that was stopped at a place at a moment, of which so much was watched; their cut may be longer than ours. */
function factsBetween (at: number, watchedMs: number, bookmarkMs: number, timing: ItemTiming): PlayProgress {
  const positionMs = Math.min(bookmarkMs, timing.durationMs ?? Infinity)
  const begin = {
    positionMs: Math.max(0, positionMs - watchedMs),
    at: Math.max(0, at - watchedMs),
    watchedMs: 0,
    eventId: '',
  }
  return mergePlayProgress(
    toPlayProgressOfEvent(begin, timing),
    toPlayProgressOfEvent({ positionMs, at, watchedMs, eventId: '' }, timing),
  )
}
