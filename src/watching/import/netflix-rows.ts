// Splits a CSV text into rows. Each row is parsed on its own, so that an unreadable row does not affect the others.
import { parse } from 'csv-parse/sync'
import { MAX_IMPORTED_PLAYS, tooManyPlays, type ImportReason } from './imported-play.js'

export interface Row {
  /** From 1. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface UnreadableRow {
  readonly line: number
  /** The start of the row. */
  readonly text: string
  readonly reason: ImportReason
}

export interface Rows {
  readonly rows: readonly Row[]
  readonly unreadable: readonly UnreadableRow[]
}

interface Line {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** Limits of a row, checked before it is parsed. */
const MAX_ROW_CHARS = 8_000
const MAX_ROW_CELLS = 64
/** A quoted cell with line breaks continues for at most this many lines. */
const MAX_CONTINUED_LINES = 4
const MAX_TEXT_CHARS = 200
const DELIMITERS = [',', ';', '\t', '|'] as const
/** A NUL or Ctrl-Z may end a file. */
const HAS_TEXT = /[^\s,;|"\p{Cc}]/u
/** A word processor has replaced the quotation marks around the cells. */
const TYPOGRAPHIC_QUOTES = /^\s*[“”„‟].*[“”]\s*$/u
/** Excel states the delimiter in the first line. */
const STATED_DELIMITER = /^"?sep=(?<delimiter>[,;\t|])"?$/iu

const TOO_LONG: ImportReason = { code: 'row-too-long', text: 'The row is longer than the rows of Netflix.' }
const NOT_CSV: ImportReason = { code: 'unreadable-row', text: 'The row is not valid CSV.' }

/**
 * Splits a text into rows of cells, separated by commas, semicolons or tabs. Leaves out rows without text.
 * @throws DomainError 422 `import-too-long`
 */
export function readRows (text: string): Rows {
  const rows: Row[] = []
  const unreadable: UnreadableRow[] = []
  const all = readLines(text)
  const stated = STATED_DELIMITER.exec(all[0]?.text ?? '')?.groups?.['delimiter']
  const lines = stated === undefined ? all : all.slice(1)
  const delimiter = stated ?? findDelimiter(lines[0]?.text ?? '')
  for (let i = 0; i < lines.length; i++) {
    const { line, text: rowText } = lines[i] ?? { line: 0, text: '' }
    const isWithinLimits = rowText.length <= MAX_ROW_CHARS && rowText.split(delimiter).length <= MAX_ROW_CELLS
    const cells = isWithinLimits ? parseCells(rowText, delimiter) : null
    const continued = isWithinLimits && cells === null
      ? parseContinued(lines.slice(i, i + MAX_CONTINUED_LINES), delimiter)
      : null
    if (continued !== null) i += continued.lines - 1
    const found = cells ?? continued?.cells
    if (found !== undefined) rows.push({ line, cells: found })
    else unreadable.push({ line, text: rowText.slice(0, MAX_TEXT_CHARS), reason: isWithinLimits ? NOT_CSV : TOO_LONG })
  }
  return { rows, unreadable }
}

/** Lines that end with CR LF, LF or CR. @throws DomainError 422 `import-too-long` */
function readLines (text: string): Line[] {
  const lines: Line[] = []
  const ends = /\r\n|\n|\r/gu
  let start = 0
  for (let line = 1; start < text.length; line++) {
    const match = ends.exec(text)
    // A row above the limit is cut, and rejected for its length.
    const end = Math.min(match?.index ?? text.length, start + MAX_ROW_CHARS + 1)
    const lineText = text.slice(start, end)
    if (lineText.length > MAX_ROW_CHARS || HAS_TEXT.test(lineText)) lines.push({ line, text: lineText })
    // One more for the header.
    if (lines.length > MAX_IMPORTED_PLAYS + 1) throw tooManyPlays()
    start = match === null ? text.length : ends.lastIndex
  }
  return lines
}

/** The delimiter that separates most cells of the header. */
function findDelimiter (header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** @returns null when a quoted cell is not closed */
function parseCells (text: string, delimiter: string): string[] | null {
  if (TYPOGRAPHIC_QUOTES.test(text)) return parseCells(text.replace(/[“”„‟]/gu, '"'), delimiter)
  // The common rows need no parser.
  if (!text.includes('"')) return text.split(delimiter)
  try {
    const [cells = []] = parse(text, { delimiter, relax_quotes: true, relax_column_count: true })
    const [only = ''] = cells
    // A whole row in quotes: a file with commas that a program with semicolons has saved again.
    return cells.length === 1 && only.includes(',') && delimiter === ',' ? parseCells(only, delimiter) : cells
  } catch {
    return null
  }
}

/** Parses a row whose quoted cells contain line breaks. */
function parseContinued (
  lines: readonly Line[],
  delimiter: string,
): { readonly cells: string[], readonly lines: number } | null {
  for (let count = 2; count <= lines.length; count++) {
    const text = lines.slice(0, count).map((one) => one.text).join(' ')
    if (text.length > MAX_ROW_CHARS) return null
    const cells = parseCells(text, delimiter)
    if (cells !== null) return { cells, lines: count }
  }
  return null
}
