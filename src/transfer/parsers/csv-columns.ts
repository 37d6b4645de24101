// The columns of a CSV import: the field that a column fills, and how its cells are parsed.

/**
 * @param hasDecimalComma true if numbers may be written as `7,5`
 * @throws InvalidCellError
 */
type CellParser = (text: string, hasDecimalComma: boolean) => unknown

/** A cell that does not have the type of its column. */
export class InvalidCellError extends Error {}

export interface Column {
  /** Name of the column in the format. */
  readonly name: string
  /** Field of the import format; a slash separates a nested field. */
  readonly field: string
  readonly parseCell: CellParser
}

const MS_PER_MINUTE = 60_000

export const parseText: CellParser = (text) => text

function parseNumber (text: string, hasDecimalComma: boolean): number {
  const digits = toAsciiDigits(text)
  const value = Number(hasDecimalComma ? digits.replace(/^(\s*[\d-]+),(\d+\s*)$/, '$1.$2') : digits)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidCellError('is not a number')
  return value
}

/** Spreadsheets mark texts by an apostrophe; digits may be those of another script. */
function toAsciiDigits (text: string): string {
  return text.normalize('NFKC').replace(/[\u061c\u200b\u200e\u200f\u2060\ufeff]|^\s*['’]/gu, '')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
}

const parseMinutes: CellParser = (text, hasDecimalComma) => parseNumber(text, hasDecimalComma) * MS_PER_MINUTE

/** Spreadsheets write truth values in the language of the user. */
const TRUE_WORDS = new Set(['true', 'yes', '1', 'wahr', 'vrai', 'verdadero', 'verdadeiro', 'vero', 'waar', 'prawda'])
const FALSE_WORDS = new Set(['false', 'no', '0', 'falsch', 'faux', 'falso', 'onwaar', 'fałsz'])

const parseBoolean: CellParser = (text) => {
  const word = text.trim().toLowerCase()
  if (TRUE_WORDS.has(word)) return true
  if (FALSE_WORDS.has(word)) return false
  throw new InvalidCellError('is neither yes nor no')
}

/** Entries are separated by `|`; `\|` is a literal vertical bar. */
const parseList = (text: string): string[] =>
  text.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|').trim()).filter((part) => part !== '')

/** Entries are names, or names with a role in parentheses. */
const parseCredits: CellParser = (text) => parseList(text).map(parseCredit)

function parseCredit (entry: string): { name: string, role?: string } {
  const open = entry.lastIndexOf('(')
  const close = entry.indexOf(')', open + 1)
  if (open === -1 || close !== entry.length - 1) return { name: entry }
  return { name: entry.slice(0, open).trimEnd(), role: entry.slice(open + 1, close) }
}

const column = (name: string, parseCell: CellParser, field = name): Column => ({ name, field, parseCell })

const NAMED_COLUMNS: readonly Column[] = [
  column('kind', parseText),
  column('id', parseText),
  column('title', parseText),
  column('originalTitle', parseText),
  column('alternativeTitles', parseList),
  column('synopsis', parseText),
  column('year', parseNumber),
  column('releaseDate', parseText),
  column('genres', parseList),
  column('maturityRating', parseText),
  column('certification', parseText),
  column('runtimeMs', parseNumber),
  column('runtimeMinutes', parseMinutes, 'runtimeMs'),
  column('originalLanguage', parseText),
  column('posterUrl', parseText),
  column('backdropUrl', parseText),
  column('logoUrl', parseText),
  column('trailerUrl', parseText),
  column('availableFrom', parseText),
  column('availableUntil', parseText),
  column('published', parseBoolean),
  column('popularity', parseNumber),
  column('addedAt', parseText),
  column('imdb', parseText, 'externalIds/imdb'),
  column('tmdb', parseText, 'externalIds/tmdb'),
  column('wikidata', parseText, 'externalIds/wikidata'),
  column('cast', parseCredits),
  column('crew', parseCredits),
  column('season', parseNumber),
  column('episode', parseNumber),
  column('airDate', parseText),
  column('stillUrl', parseText),
]

export const COLUMN_NAMES: readonly string[] = NAMED_COLUMNS.map(({ name }) => name)
/** The column without which no title can be imported. */
export const REQUIRED_COLUMN = 'title'

const COLUMNS: ReadonlyMap<string, Column> = new Map(
  NAMED_COLUMNS.map((column) => [column.name.toLowerCase(), column]),
)

/** Finds a column by its name, whatever its case: also `original title`, `original_title` and `original-title`. */
export function findColumn (name: string): Column | null {
  return COLUMNS.get(name.trim().toLowerCase().replace(/[\s_-]/g, '')) ?? null
}
