// Reads Netflix's viewing activity into records: the short CSV file of the account page (title and date) and the full
// one of the personal data download. Each row that cannot be read is a record with its reason.
import { DomainError } from '../../errors.js'
import { malformedFile, type ImportReason } from './imported-play.js'
import { detectDateOrder, parseDate, parseDuration, parseStartTime, type DateOrder } from './netflix-dates.js'
import { readRows, type Row, type UnreadableRow } from './netflix-rows.js'

export interface NetflixOptions {
  /** Netflix profile whose rows are imported; required when a full file has several profiles. */
  readonly profileName: string | null
  /** Date order of a short file; null detects it. */
  readonly dateOrder: DateOrder | null
}

/** One row of a file. */
export interface NetflixRecord {
  readonly line: number
  /** The title as the file writes it. */
  readonly text: string
  /** Why the row is skipped; null when it is a play. */
  readonly skip: ImportReason | null
  /** ms since the epoch: noon UTC of a date, or the start time; 0 for an unreadable row. */
  readonly at: number
  /** Null in a short file, where the item counts as watched to its end. */
  readonly watchedMs: number | null
  readonly bookmarkMs: number | null
}

export interface NetflixFile {
  readonly records: readonly NetflixRecord[]
  /** The date order that was used; null for a full file, whose times are unambiguous. */
  readonly dateOrder: DateOrder | null
  readonly isDateOrderGuessed: boolean
}

/** Profile names listed in a problem. */
const MAX_LISTED_PROFILES = 20
const FULL_COLUMNS = ['profile name', 'start time', 'duration', 'title'] as const

const NO_TITLE: ImportReason = { code: 'no-title', text: 'The row has no title. Netflix no longer names it.' }
const INVALID_DATE: ImportReason = { code: 'invalid-date', text: 'The date cannot be read.' }
const INVALID_TIME: ImportReason = { code: 'invalid-time', text: 'The Start Time is not YYYY-MM-DD HH:MM:SS.' }
const INVALID_DURATION: ImportReason = {
  code: 'invalid-duration',
  text: 'The Duration or the Bookmark is not HH:MM:SS.',
}
const WRONG_ORDER = (order: DateOrder): ImportReason => ({
  code: 'invalid-date',
  text: `The date is not valid in the order of the other dates (${order}).`,
})

/**
 * Reads a file. A file is rejected only when it has rows and none can be read.
 * @throws DomainError 422 `import-malformed` with the line, `import-too-long`, `import-several-profiles`
 */
export function readNetflixFile (text: string, options: NetflixOptions, now: Date): NetflixFile {
  const { rows: [header, ...rows], unreadable } = readRows(text)
  const columns = new Map(header?.cells.map((name, i) => [toColumnName(name), i]))
  const file = readAsFormat(rows, columns, options, now)
  if (file === null || (header?.line ?? 1) > (unreadable[0]?.line ?? Infinity)) {
    throw malformedFile(
      Math.min(header?.line ?? 1, unreadable[0]?.line ?? Infinity),
      'The first line must have the column names of Netflix: "Title,Date", or "Profile Name,Start Time,Duration,' +
        'Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country".',
    )
  }
  const records = [...file.records, ...unreadable.map(toUnreadableRecord)].sort((a, b) => a.line - b.line)
  const [first] = records
  if (first !== undefined && first.skip !== null && records.every(({ at }) => at === 0)) {
    throw malformedFile(first.line, `${first.skip.text} No other row can be read either.`)
  }
  return { ...file, records }
}

type Columns = ReadonlyMap<string, number>

/** Names in files that people have translated. */
const TITLE_NAMES = [
  'titel',
  'título',
  'titulo',
  'titre',
  'titolo',
  'título',
  'tytuł',
  'název',
  'cím',
  'название',
  'タイトル',
]
const DATE_NAMES = ['datum', 'fecha', 'data', 'dato', 'dátum', 'tarih', 'дата', '日付', '日期', '날짜']

function toColumnName (name: string): string {
  const column = name.trim().replace(/^\uFEFF/u, '').normalize('NFC').toLowerCase()
  if (TITLE_NAMES.includes(column)) return 'title'
  return DATE_NAMES.includes(column) ? 'date' : column
}

function readAsFormat (
  rows: readonly Row[],
  columns: Columns,
  options: NetflixOptions,
  now: Date,
): NetflixFile | null {
  if (FULL_COLUMNS.every((name) => columns.has(name))) return readFullFile(rows, columns, options)
  return columns.has('title') && columns.has('date') ? readShortFile(rows, columns, options, now) : null
}

function cellText (row: Row, columns: Columns, name: string): string {
  return row.cells[columns.get(name) ?? -1]?.trim() ?? ''
}

function toUnreadableRecord ({ line, text, reason }: UnreadableRow): NetflixRecord {
  return { line, text, skip: reason, at: 0, watchedMs: null, bookmarkMs: null }
}

function readShortFile (rows: readonly Row[], columns: Columns, options: NetflixOptions, now: Date): NetflixFile {
  const parts = rows.map((row) => findTitleAndDate(row, columns))
  const dates = parts.map(({ date }) => date).filter((date) => date !== '')
  const detected = options.dateOrder === null
    ? detectDateOrder(dates, now)
    : { order: options.dateOrder, isGuess: false }
  const records = rows.map(({ line }, i): NetflixRecord => {
    const { title: cell = '', date = '' } = parts[i] ?? {}
    // A space between a quotation mark and the delimiter makes the mark part of the cell.
    const title = /^"[^"]*"$/u.test(cell) ? cell.slice(1, -1).trim() : cell
    const at = parseDate(date, detected.order)
    const skip = title === ''
      ? NO_TITLE
      : at === null
      ? (date === '' ? INVALID_DATE : WRONG_ORDER(detected.order))
      : null
    return { line, text: title, skip, at: at ?? 0, watchedMs: null, bookmarkMs: null }
  })
  return { records, dateOrder: detected.order, isDateOrderGuessed: detected.isGuess }
}

const withoutQuotes = (cell: string): string => cell.replace(/^"|"$/gu, '').trim()

/** A title with an unquoted delimiter has more cells than the header: the last cell with a date ends it. */
function findTitleAndDate (row: Row, columns: Columns): { readonly title: string, readonly date: string } {
  const title = cellText(row, columns, 'title')
  const date = withoutQuotes(cellText(row, columns, 'date'))
  const isDate = (text: string): boolean =>
    (['year-first', 'month-first', 'day-first'] as const).some((order) => parseDate(text, order) !== null)
  if (isDate(date)) return { title, date }
  const cells = row.cells.map((cell) => cell.trim())
  const isQuotedDate = (text: string): boolean => isDate(withoutQuotes(text))
  const dateAt = cells.findLastIndex(isQuotedDate)
  const titleAt = columns.get('title') ?? 0
  if (dateAt <= titleAt) return { title, date }
  return {
    title: cells.slice(titleAt, dateAt).filter((cell) => cell !== '').join(', '),
    date: withoutQuotes(cells[dateAt] ?? ''),
  }
}

function readFullFile (rows: readonly Row[], columns: Columns, { profileName }: NetflixOptions): NetflixFile {
  const names = [...new Set(rows.map((row) => cellText(row, columns, 'profile name')))]
  if (profileName === null && names.length > 1) throw severalProfiles(names)
  const records = rows.map((row): NetflixRecord => {
    const text = cellText(row, columns, 'title')
    const at = parseStartTime(cellText(row, columns, 'start time'))
    const watchedMs = parseDuration(cellText(row, columns, 'duration'))
    // Rows of some years have no bookmark.
    const bookmark = cellText(row, columns, 'bookmark')
    const bookmarkMs = bookmark === '' ? watchedMs : parseDuration(bookmark)
    const unreadable = text === ''
      ? NO_TITLE
      : at === null
      ? INVALID_TIME
      : watchedMs === null || bookmarkMs === null
      ? INVALID_DURATION
      : null
    const skip = unreadable ?? findSkipReason(row, columns, profileName, watchedMs ?? 0)
    return { line: row.line, text, skip, at: unreadable === null || text === '' ? at ?? 0 : 0, watchedMs, bookmarkMs }
  })
  return { records, dateOrder: null, isDateOrderGuessed: false }
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
