// Finds the catalogue item that a line of an import file describes: by ID, by external IDs, else by name and number.
// The index holds only titles that the profile may see, so an import does not reveal others.
import { setImmediate } from 'node:timers/promises'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { foldText } from '../../domain/text.js'
import { splitIntoBatches } from '../../domain/arrays.js'

export type ExternalIds = CatalogueTitle['externalIds']

/** One interpretation of a title text; season and episode are null when the text does not name them. */
export interface ParsedTitle {
  readonly kind: 'movie' | 'show'
  readonly titleName: string
  readonly year: number | null
  readonly season: number | null
  readonly episode: number | null
  /** Possible names of the episode, the most likely first. */
  readonly episodeNames: readonly string[]
  /** False for parts and volumes, which services number differently: then an episode name outranks a number. */
  readonly isSeasonCertain: boolean
}

/** The item to find: IDs are tried first, then the parsed titles in their order. */
export interface WantedItem {
  readonly itemId: string | null
  readonly titleId: string | null
  readonly externalIds: ExternalIds
  readonly parsedTitles: readonly ParsedTitle[]
}

/** A movie or an episode with its title. */
export interface FoundItem {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
}

export type ItemMatch =
  | { readonly kind: 'matched', readonly found: FoundItem }
  | { readonly kind: 'ambiguous', readonly candidates: readonly FoundItem[] }
  | { readonly kind: 'unmatched', readonly isTitleKnown: boolean }

export interface TitleIndex {
  readonly titles: ReadonlyMap<string, CatalogueTitle>
  readonly items: ReadonlyMap<string, FoundItem>
  readonly byExternalId: ReadonlyMap<string, CatalogueTitle>
  /** By the title's own name. */
  readonly byName: ReadonlyMap<string, readonly CatalogueTitle[]>
  /** By original, alternative and translated names. */
  readonly byOtherName: ReadonlyMap<string, readonly CatalogueTitle[]>
  /** Episodes of a title by name key; computed on first use. */
  episodesByName(title: CatalogueTitle): EpisodesByName
}

const INDEX_BATCH_SIZE = 200

type EpisodesByName = ReadonlyMap<string, readonly CatalogueItem[]>

/**
 * Reduces a name to a key that is equal for the spellings of different services:
 * `Schitt’s Creek` and `Schitts Creek`, `Kill Bill: Vol. 1` and `Kill Bill Vol 1`.
 */
export function toNameKey (name: string): string {
  const folded = foldText(name)
  const words = folded.replace(/['’‘`´]/gu, '').replace(/&/gu, ' and ').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  return words === '' ? folded : words
}

/**
 * Indexes titles in batches, so that a large catalogue does not block the event loop.
 * @param otherNames original and alternative names by title ID, which the catalogue in memory does not have
 */
export async function indexTitles (
  titles: readonly CatalogueTitle[],
  otherNames: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<TitleIndex> {
  const byId = new Map<string, CatalogueTitle>()
  const items = new Map<string, FoundItem>()
  const byExternalId = new Map<string, CatalogueTitle>()
  const byName = new Map<string, CatalogueTitle[]>()
  const byOtherName = new Map<string, CatalogueTitle[]>()
  for (const batch of splitIntoBatches([...titles], INDEX_BATCH_SIZE)) {
    for (const title of batch) {
      byId.set(title.id, title)
      for (const item of title.items) items.set(item.id, { title, item })
      for (const key of toExternalKeys(title.externalIds)) byExternalId.set(key, title)
      addTo(byName, toNameKey(title.title), title)
      const others = [...translatedNames(title), ...otherNames.get(title.id) ?? []].map(toNameKey)
      for (const key of new Set(others)) addTo(byOtherName, key, title)
    }
    await setImmediate()
  }
  const episodes = new Map<string, EpisodesByName>()
  return {
    titles: byId,
    items,
    byExternalId,
    byName,
    byOtherName,
    episodesByName (title) {
      const indexed = episodes.get(title.id) ?? indexEpisodes(title)
      episodes.set(title.id, indexed)
      return indexed
    },
  }
}

function translatedNames ({ translations }: Pick<CatalogueTitle, 'translations'>): string[] {
  return translations.map(({ title }) => title).filter((name) => name !== null)
}

function indexEpisodes ({ items }: CatalogueTitle): EpisodesByName {
  const byName = new Map<string, CatalogueItem[]>()
  for (const item of items) {
    const names = [item.name, ...translatedNames(item)].filter((name) => name !== null)
    for (const key of new Set(names.map(toNameKey))) addTo(byName, key, item)
  }
  return byName
}

function addTo<Value> (map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

function toExternalKeys ({ imdb, tmdb, wikidata }: ExternalIds): string[] {
  return Object.entries({ imdb, tmdb, wikidata }).filter(([, id]) => id !== undefined).map(([service, id]) =>
    `${service} ${id ?? ''}`
  )
}

/** Finds the item that a file means, among the indexed titles. */
export function matchItem (index: TitleIndex, wanted: WantedItem): ItemMatch {
  const byItemId = wanted.itemId === null ? undefined : index.items.get(wanted.itemId)
  if (byItemId !== undefined) return { kind: 'matched', found: byItemId }
  const identified = findTitlesByIds(index, wanted)
  let isTitleKnown = identified.length > 0
  for (const parsed of wanted.parsedTitles) {
    const titles = identified.length > 0 ? identified : findTitlesByName(index, parsed)
    if (titles.length === 0) continue
    isTitleKnown = true
    const match = matchAmongTitles(index, titles, parsed)
    if (match !== null) return match
  }
  return { kind: 'unmatched', isTitleKnown }
}

/** The result has several titles when the external IDs disagree. */
function findTitlesByIds (index: TitleIndex, { titleId, externalIds }: WantedItem): CatalogueTitle[] {
  const byId = titleId === null ? undefined : index.titles.get(titleId)
  if (byId !== undefined) return [byId]
  return [
    ...new Set(
      toExternalKeys(externalIds).map((key) => index.byExternalId.get(key)).filter((title) => title !== undefined),
    ),
  ]
}

function findTitlesByName (index: TitleIndex, { kind, titleName, year }: ParsedTitle): CatalogueTitle[] {
  const key = toNameKey(titleName)
  const fits = (title: CatalogueTitle): boolean => title.kind === kind && (year === null || title.year === year)
  const named = (index.byName.get(key) ?? []).filter(fits)
  if (named.length === 0) return (index.byOtherName.get(key) ?? []).filter(fits)
  const exact = named.filter((title) => title.sortTitle === foldText(titleName))
  return exact.length > 0 ? exact : named
}

function matchAmongTitles (
  index: TitleIndex,
  titles: readonly CatalogueTitle[],
  parsed: ParsedTitle,
): ItemMatch | null {
  const searches = titles.map((title) => searchTitle(index, title, parsed))
  const found = searches.flatMap(({ items }) => items)
  if (found.length === 0) return null
  // Of two shows with the same name, only an episode name identifies one: the number exists in both.
  const foundByName = searches.filter(({ isByName }) => isByName).flatMap(({ items }) => items)
  const convincing = titles.length === 1 ? found : foundByName
  const [only] = convincing
  if (only !== undefined && convincing.length === 1) return { kind: 'matched', found: only }
  return { kind: 'ambiguous', candidates: found }
}

interface TitleSearch {
  readonly items: FoundItem[]
  readonly isByName: boolean
}

function searchTitle (index: TitleIndex, title: CatalogueTitle, parsed: ParsedTitle): TitleSearch {
  if (title.kind !== parsed.kind) return { items: [], isByName: false }
  if (title.kind === 'movie') return { items: title.items.map((item) => ({ title, item })), isByName: false }
  const season = parsed.season ?? findOnlySeason(title)
  const named = findEpisodesByName(index.episodesByName(title), parsed)
  const byNumber = {
    items: title.items.filter((item) => item.season === season && item.episode === parsed.episode),
    isByName: false,
  }
  const nameInSeason = {
    items:
      named.find((items) => items.some((item) => item.season === season))?.filter((item) => item.season === season) ??
        [],
    isByName: true,
  }
  const nameAnywhere = { items: named[0] ?? [], isByName: true }
  // Chapters are often numbered through all seasons: `Season 2: Chapter 14`.
  const byTotal = {
    items: [title.items.filter((item) => item.season > 0)[(parsed.episode ?? 0) - 1]]
      .filter((item) => item !== undefined && item.season === season && parsed.season !== null)
      .filter((item) => item !== undefined),
    isByName: false,
  }
  const attempts = parsed.isSeasonCertain
    ? [nameInSeason, byNumber, nameAnywhere, byTotal]
    : [nameInSeason, nameAnywhere, byNumber, byTotal]
  const first = attempts.find(({ items }) => items.length > 0)
  const numbered = first?.items.filter((item) => item.episode === parsed.episode) ?? []
  return {
    items: (numbered.length > 0 ? numbered : first?.items ?? []).map((item) => ({ title, item })),
    isByName: first?.isByName ?? false,
  }
}

/** Services often omit the season number of a show with a single season. */
function findOnlySeason (title: CatalogueTitle): number | null {
  const seasons = new Set(title.order.map((item) => item.season).filter((season) => season > 0))
  const [only = null] = seasons
  return seasons.size === 1 ? only : null
}

/** The episodes of each name that has any. */
function findEpisodesByName (
  episodes: EpisodesByName,
  { episodeNames }: ParsedTitle,
): Array<readonly CatalogueItem[]> {
  return episodeNames.map((name) => episodes.get(toNameKey(name)) ?? []).filter((items) => items.length > 0)
}
