// The columns of a CSV import: the field that a column fills, and how its cells are parsed.

/** @throws InvalidCellError */
type CellParser = (text: string) => unknown

/** A cell that does not have the type of its column. */
export class InvalidCellError extends Error {}

export interface Column {
  /** Field of the import format; a slash separates a nested field. */
  readonly field: string
  readonly parseCell: CellParser
}

const MS_PER_MINUTE = 60_000

const parseText: CellParser = (text) => text

function parseNumber (text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidCellError('is not a number')
  return value
}

const parseMinutes: CellParser = (text) => parseNumber(text) * MS_PER_MINUTE

const parseBoolean: CellParser = (text) => {
  const word = text.trim().toLowerCase()
  if (['true', 'yes', '1'].includes(word)) return true
  if (['false', 'no', '0'].includes(word)) return false
  throw new InvalidCellError('is neither yes nor no')
}

/** Entries are separated by `|`; `\|` is a literal vertical bar. */
const parseList = (text: string): string[] =>
  text.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|').trim()).filter((part) => part !== '')

/** Entries are names, or names with a role in parentheses. */
const parseCredits: CellParser = (text) =>
  parseList(text).map((entry) => {
    const [, name = entry, role] = /^(.*?)\s*\(([^()]*)\)$/.exec(entry) ?? []
    return role === undefined ? { name } : { name, role }
  })

const column = (name: string, parseCell: CellParser, field = name) => [name, { field, parseCell }] as const

const NAMED_COLUMNS: ReadonlyArray<readonly [name: string, column: Column]> = [
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
  column('runtimeMs', parseNumber),
  column('runtimeMinutes', parseMinutes, 'runtimeMs'),
  column('originalLanguage', parseText),
  column('posterUrl', parseText),
  column('backdropUrl', parseText),
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
]

export const COLUMN_NAMES: readonly string[] = NAMED_COLUMNS.map(([name]) => name)

/** The columns by their names in lower case. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map(
  NAMED_COLUMNS.map(([name, { field, parseCell }]) => [name.toLowerCase(), { field, parseCell }]),
)
