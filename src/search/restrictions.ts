// Restrictions in queries: `comedy series` means shows, `movies from the 80s` those of one decade.

export type TitleKind = 'movie' | 'show'

/** Which titles a query means. A title that does not fit is left out, whatever its texts are. */
export interface Restriction {
  /** Null: movies and shows. */
  readonly kind: TitleKind | null
  /** First years of decades; empty: any year. */
  readonly decades: readonly number[]
}

/** A part of a query that restricts the results. */
export interface RestrictionMention extends Restriction {
  /** Number of words. */
  readonly length: number
  /** True if the words mean this without other words: `movies`, but not `movie`. */
  readonly isComplete: boolean
}

const KIND_NAMES: ReadonlyArray<readonly [kind: TitleKind, isComplete: boolean, names: string]> = [
  ['movie', true, 'movies|films|flicks|motion pictures|peliculas|filme|filmes'],
  ['movie', false, 'movie|film|flick|pelicula'],
  ['show', true, 'shows|series|tv shows|tv show|tv series|tv serie|miniseries|mini series|serien|tv serien'],
  ['show', false, 'show|serie|tv'],
]
const DECADE_NAMES: ReadonlyArray<readonly [decade: number, names: string]> = [
  [1930, 'thirties|dreissiger'],
  [1940, 'forties|vierziger'],
  [1950, 'fifties|funfziger'],
  [1960, 'sixties|sechziger'],
  [1970, 'seventies|siebziger'],
  [1980, 'eighties|achtziger'],
  [1990, 'nineties|neunziger'],
  [2000, 'noughties|aughts'],
]
const MAX_WORDS = 2
/** `90s`, `1990s` and the German `90er`. */
const DECADE_WORD = /^(?<century>19|20)?(?<tens>\d)0(?:s|er|ers)$/
/** `años 90`, `los 90`, `années 90` and `anni 90`. */
const DECADE_PHRASE = /^(?:anos|los|annees|anni) (?<century>19|20)?(?<tens>\d)0$/
const YEARS_PER_DECADE = 10

const kinds = new Map(
  KIND_NAMES.flatMap(([kind, isComplete, names]) => names.split('|').map((name) => [name, { kind, isComplete }])),
)
const decades = new Map(DECADE_NAMES.flatMap(([decade, names]) => names.split('|').map((name) => [name, decade])))

/** Finds the longest restriction at an index of the typed words; null for other words. */
export function findRestriction (typed: readonly string[], at: number): RestrictionMention | null {
  for (let length = Math.min(MAX_WORDS, typed.length - at); length > 0; length--) {
    const name = typed.slice(at, at + length).join(' ')
    const named = kinds.get(name)
    if (named !== undefined) return { length, ...named, decades: [] }
    const found = findDecades(name)
    if (found.length > 0) return { length, kind: null, decades: found, isComplete: true }
  }
  return null
}

/** `20s` are those of this century and of the last one. */
function findDecades (name: string): number[] {
  const named = decades.get(name)
  if (named !== undefined) return [named]
  const { century, tens } = (DECADE_WORD.exec(name) ?? DECADE_PHRASE.exec(name))?.groups ?? {}
  if (tens === undefined) return []
  const centuries = century === undefined ? centuriesOf(Number(tens)) : [Number(century)]
  return centuries.map((one) => one * 100 + Number(tens) * YEARS_PER_DECADE)
}

function centuriesOf (tens: number): number[] {
  if (tens === 2) return [19, 20]
  return [tens > 2 ? 19 : 20]
}

/** Combines the restrictions of a query: any of the decades, and one kind; both kinds restrict nothing. */
export function combineRestrictions (mentions: readonly Restriction[]): Restriction {
  const named = new Set(mentions.flatMap(({ kind }) => kind ?? []))
  const [kind = null] = named.size === 1 ? named : []
  return { kind, decades: mentions.flatMap((one) => one.decades) }
}

/** Whether a title fits; one without a year fits no decade. */
export function fits (
  { kind, decades }: Restriction,
  title: { readonly kind: TitleKind, readonly year: number | null },
): boolean {
  return (kind === null || title.kind === kind) && (decades.length === 0 || isIn(decades, title.year))
}

export function isIn (decades: readonly number[], year: number | null): boolean {
  return year !== null && decades.some((decade) => year >= decade && year < decade + YEARS_PER_DECADE)
}
