// Finds the movie or episode of a recognised file in the catalogue. A file that may belong to several is not guessed.
import { Types } from 'mongoose'
import { Title, type StoredTitle } from '../../../models/title.js'
import type { Catalogue, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { foldText, nameKey } from '../../domain/text.js'
import type { TitleItem } from '../../editing/find-item.js'
import type { NameCandidate, RecognisedFile } from './recognise-name.js'

export type ItemMatch =
  | TitleItem & { readonly status: 'found' }
  /** `reason` is a sentence for the operator. */
  | { readonly status: 'unmatched' | 'ambiguous', readonly reason: string }

export type FindItem = (file: RecognisedFile) => ItemMatch

interface KnownTitle {
  readonly id: string
  readonly kind: StoredTitle['kind']
  readonly year: number | null
  /** As stored. */
  readonly name: string
}

type TitleFields =
  & Pick<
    StoredTitle,
    '_id' | 'kind' | 'title' | 'originalTitle' | 'alternativeTitles' | 'translations' | 'year'
  >
  & { readonly externalIds?: { readonly imdb?: string, readonly tmdb?: string } }

/** File names leave out punctuation and accents. */
export function looseKey (name: string): string {
  return foldText(name).replace(/['’]/g, '').replace(/&/g, ' and ').replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim()
}

/** Reads the titles of the catalogue whose names or external IDs the files state. */
export async function createItemFinder (
  catalogue: Pick<Catalogue, 'findTitle'>,
  files: readonly RecognisedFile[],
): Promise<FindItem> {
  const wanted = new Set(files.flatMap(({ names }) => names.map(({ name }) => looseKey(name))))
  const byName = new Map<string, KnownTitle[]>()
  const byExternalId = new Map<string, string[]>()
  const cursor = Title.find().select('kind title originalTitle alternativeTitles translations.title year externalIds')
    .lean<TitleFields[]>().cursor() as AsyncIterable<TitleFields>
  for await (const { _id, kind, year, externalIds, ...title } of cursor) {
    const id = _id.toString()
    for (const source of ['imdb', 'tmdb'] as const) {
      const externalId = externalIds?.[source]
      if (externalId !== undefined) push(byExternalId, `${kind} ${source} ${externalId}`, id)
    }
    for (const name of listNames(title)) {
      const key = looseKey(name)
      if (wanted.has(key)) push(byName, key, { id, kind, year, name })
    }
  }
  return (file) => {
    const kinds = kindsOf(file)
    const found = findByExternalIds(byExternalId, file, kinds) ?? findByNames(byName, file, kinds)
    if (typeof found !== 'string') return found
    const title = catalogue.findTitle(found)
    return title === null ? unmatched('The title was deleted.') : findItemOf(title, file)
  }
}

/** The first kind is tried first: `300.mkv` is a movie whose name is a number, unless a show has this name. */
function kindsOf ({ season, episodes, airDate }: RecognisedFile): ReadonlyArray<StoredTitle['kind']> {
  if (season !== null) return ['show']
  return episodes.length === 0 && airDate === null ? ['movie'] : ['show', 'movie']
}

function push<Value> (map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function listNames ({ title, originalTitle, alternativeTitles, translations = [] }: Omit<
  TitleFields,
  '_id' | 'kind' | 'year'
>): Set<string> {
  const translated = translations.flatMap((one) => one.title ?? [])
  return new Set([title, ...(originalTitle === null ? [] : [originalTitle]), ...alternativeTitles, ...translated])
}

/** @returns the ID of the title, a rejection, or null when the file states no ID */
function findByExternalIds (
  titles: ReadonlyMap<string, readonly string[]>,
  { imdb, tmdb }: RecognisedFile,
  kinds: ReadonlyArray<StoredTitle['kind']>,
): string | ItemMatch | null {
  const keys = Object.entries({ imdb, tmdb }).flatMap(([source, id]) => id === null ? [] : [`${source} ${id}`])
  if (keys.length === 0) return null
  for (const kind of kinds) {
    const [id, ...others] = new Set(keys.flatMap((key) => titles.get(`${kind} ${key}`) ?? []))
    if (others.length > 0) return ambiguous(`Several titles have the external ID: ${[id, ...others].join(', ')}.`)
    if (id !== undefined) return id
  }
  return unmatched(`No ${kinds[0] ?? 'title'} of the catalogue has the external ID of the name.`)
}

function findByNames (
  titles: ReadonlyMap<string, readonly KnownTitle[]>,
  file: RecognisedFile,
  kinds: ReadonlyArray<StoredTitle['kind']>,
): string | ItemMatch {
  const [first] = file.names
  if (first === undefined) return unmatched('The name states no title.')
  for (const one of kinds) {
    for (const candidate of file.names) {
      const matches = selectMatches(titles.get(looseKey(candidate.name)) ?? [], candidate, one)
      const ids = [...new Set(matches.map(({ id }) => id))]
      if (ids.length === 1) return ids[0] ?? unmatched('The title was deleted.')
      if (ids.length > 1) return ambiguous(`Several titles have this name: ${ids.join(', ')}. Select one with --title.`)
    }
  }
  const name = first.year === null ? first.name : `${first.name} (${first.year})`
  return unmatched(
    `The catalogue has no ${kinds[0] ?? 'title'} "${name}". Add it first, or select a title with --title.`,
  )
}

/** A stated year must be the year of the title. Among equal names, those with the exact spelling count. */
function selectMatches (
  titles: readonly KnownTitle[],
  { name, year }: NameCandidate,
  kind: StoredTitle['kind'],
): readonly KnownTitle[] {
  const ofKind = titles.filter((title) => title.kind === kind && (year === null || title.year === year))
  const exact = ofKind.filter((title) => nameKey(title.name) === nameKey(name))
  return exact.length > 0 ? exact : ofKind
}

/** Finds the item of a file in its title: of several episodes, the first one. */
export function findItemOf (
  title: CatalogueTitle,
  { season, episodes, isAcrossSeasons, airDate }: RecognisedFile,
): ItemMatch {
  if (title.kind === 'movie') {
    const [item] = title.items
    return item === undefined ? unmatched('The movie was deleted.') : { status: 'found', title, item }
  }
  const [episode] = episodes
  if (episode === undefined && airDate !== null) return findEpisodeOfDate(title, airDate)
  if (episode === undefined) return unmatched(`"${title.title}" is a show, and the name states no episode.`)
  if (isAcrossSeasons) return ambiguous(`The file has episodes of several seasons. ${SPLIT_OR_RENAME}`)
  if (episodes.some((number, i) => number !== episode + i)) {
    const numbers = episodes.join(', ')
    return ambiguous(`The file has the episodes ${numbers}, which do not follow each other. ${SPLIT_OR_RENAME}`)
  }
  const regular = new Set(title.items.map((item) => item.season).filter((number) => number > 0))
  if (season === null && regular.size > 1) {
    return ambiguous(`"${title.title}" has several seasons, and the name states none.`)
  }
  const [only = 1] = regular
  const number = season ?? only
  const item = title.items.find((one) => one.season === number && one.episode === episode)
  return item === undefined
    ? unmatched(`"${title.title}" has no season ${number} episode ${episode}. Add the episode first.`)
    : { status: 'found', title, item }
}

function findEpisodeOfDate (title: CatalogueTitle, airDate: string): ItemMatch {
  const [item, ...others] = title.items.filter((one) => one.airDate === airDate)
  if (item === undefined) return unmatched(`"${title.title}" has no episode of ${airDate}. Add the episode first.`)
  if (others.length === 0) return { status: 'found', title, item }
  return ambiguous(`"${title.title}" has several episodes of ${airDate}. Name the file after season and episode.`)
}

const SPLIT_OR_RENAME = 'Split it, or name it after its first episode.'

/** Says which episode stands for all those of a file; null: the file has one, or is a movie. */
export function describeEpisodes ({ title }: TitleItem, { episodes }: RecognisedFile): string | null {
  const [first] = episodes
  if (title.kind === 'movie' || first === undefined || episodes.length === 1) return null
  const numbers = `${first} ${episodes.length === 2 ? 'and' : 'to'} ${first + episodes.length - 1}`
  return `Episodes ${numbers} are played as episode ${first}.`
}

function unmatched (reason: string): ItemMatch {
  return { status: 'unmatched', reason }
}

const ambiguous = (reason: string): ItemMatch => ({ status: 'ambiguous', reason })

/** @throws Error when the catalogue has no title with the ID */
export function requireTitle (catalogue: Pick<Catalogue, 'findTitle'>, id: string): CatalogueTitle {
  const title = Types.ObjectId.isValid(id) ? catalogue.findTitle(id) : null
  if (title === null) throw new Error(`The catalogue has no title with the ID ${id}. normflix titles lists the IDs.`)
  return title
}
