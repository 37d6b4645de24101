// Finding in the catalogue what a file speaks of: by id, by the ids of other services, else by name and number. Pure.
// The index holds only what a viewer may see, so that for an import nothing else exists.
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { foldText } from '../../domain/fold-text.js'
import { groupBy } from '../../domain/arrays.js'

export type ExternalIds = CatalogueTitle['externalIds']

/** One way to understand what a file says; season and episode are null where it does not say. */
export interface ParsedTitle {
  readonly kind: 'movie' | 'show'
  readonly titleName: string
  readonly year: number | null
  readonly season: number | null
  readonly episode: number | null
  /** What the episode may be called, the likeliest first. */
  readonly episodeNames: readonly string[]
  /** False for parts and volumes, which services count in different ways: there a name says more than a number. */
  readonly isSeasonCertain: boolean
}

/** What to look for: ids first, then the readings in their order. */
export interface WantedItem {
  readonly itemId: string | null
  readonly titleId: string | null
  readonly externalIds: ExternalIds
  readonly readings: readonly ParsedTitle[]
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
  readonly byName: ReadonlyMap<string, readonly CatalogueTitle[]>
  /** The episodes of a title by their names; made when it is first asked for. */
  episodesOf(title: CatalogueTitle): EpisodesByName
}

type EpisodesByName = ReadonlyMap<string, readonly CatalogueItem[]>

/** A name as services write it differently: `Schitt’s Creek` and `Schitts Creek`, `Kill Bill: Vol. 1` and `Kill Bill Vol 1`. */
export function nameKey (name: string): string {
  const folded = foldText(name)
  const words = folded.replace(/['’‘`´]/gu, '').replace(/&/gu, ' and ').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  return words === '' ? folded : words
}

export function indexTitles (titles: readonly CatalogueTitle[]): TitleIndex {
  const episodes = new Map<string, EpisodesByName>()
  return {
    titles: new Map(titles.map((title) => [title.id, title])),
    items: new Map(titles.flatMap((title) => title.items.map((item) => [item.id, { title, item }]))),
    byExternalId: new Map(titles.flatMap((title) => externalKeys(title.externalIds).map((key) => [key, title]))),
    byName: groupBy(titles, (title) => nameKey(title.title)),
    episodesOf (title) {
      const known = episodes.get(title.id) ??
        groupBy(title.items.filter(({ name }) => name !== null), ({ name }) => nameKey(name ?? ''))
      episodes.set(title.id, known)
      return known
    },
  }
}

function externalKeys ({ imdb, tmdb, wikidata }: ExternalIds): string[] {
  return Object.entries({ imdb, tmdb, wikidata }).filter(([, id]) => id !== undefined).map(([service, id]) =>
    `${service} ${id ?? ''}`
  )
}

export function matchItem (index: TitleIndex, wanted: WantedItem): ItemMatch {
  const byItem = wanted.itemId === null ? undefined : index.items.get(wanted.itemId)
  if (byItem !== undefined) return { kind: 'matched', found: byItem }
  const identified = titlesByIds(index, wanted)
  let isTitleKnown = identified.length > 0
  for (const reading of wanted.readings) {
    const titles = identified.length > 0 ? identified : titlesByName(index, reading)
    if (titles.length === 0) continue
    isTitleKnown = true
    const match = matchAmong(index, titles, reading)
    if (match !== null) return match
  }
  return { kind: 'unmatched', isTitleKnown }
}

/** Ids that point to different titles leave it open which is meant. */
function titlesByIds (index: TitleIndex, { titleId, externalIds }: WantedItem): CatalogueTitle[] {
  const byId = titleId === null ? undefined : index.titles.get(titleId)
  if (byId !== undefined) return [byId]
  return [
    ...new Set(
      externalKeys(externalIds).map((key) => index.byExternalId.get(key)).filter((title) => title !== undefined),
    ),
  ]
}

function titlesByName (index: TitleIndex, { kind, titleName, year }: ParsedTitle): CatalogueTitle[] {
  const named = (index.byName.get(nameKey(titleName)) ?? []).filter((title) =>
    title.kind === kind && (year === null || title.year === year)
  )
  const exact = named.filter((title) => title.sortTitle === foldText(titleName))
  return exact.length > 0 ? exact : named
}

function matchAmong (index: TitleIndex, titles: readonly CatalogueTitle[], reading: ParsedTitle): ItemMatch | null {
  const finds = titles.map((title) => findInTitle(index, title, reading))
  const found = finds.flatMap(({ items }) => items)
  if (found.length === 0) return null
  // Of two shows of one name, the one that has an episode so called is meant; a number alone would fit both.
  const named = finds.filter(({ isByName }) => isByName).flatMap(({ items }) => items)
  const convincing = titles.length === 1 ? found : named
  const [only] = convincing
  if (only !== undefined && convincing.length === 1) return { kind: 'matched', found: only }
  return { kind: 'ambiguous', candidates: found }
}

interface Finds {
  readonly items: FoundItem[]
  readonly isByName: boolean
}

function findInTitle (index: TitleIndex, title: CatalogueTitle, reading: ParsedTitle): Finds {
  if (title.kind !== reading.kind) return { items: [], isByName: false }
  if (title.kind === 'movie') return { items: title.items.map((item) => ({ title, item })), isByName: false }
  const season = reading.season ?? onlySeasonOf(title)
  const named = findByNames(index.episodesOf(title), reading)
  const byNumber = {
    items: title.items.filter((item) => item.season === season && item.episode === reading.episode),
    isByName: false,
  }
  const nameInSeason = {
    items:
      named.find((items) => items.some((item) => item.season === season))?.filter((item) => item.season === season) ??
        [],
    isByName: true,
  }
  const nameAnywhere = { items: named[0] ?? [], isByName: true }
  const tries = reading.isSeasonCertain
    ? [nameInSeason, byNumber, nameAnywhere]
    : [nameInSeason, nameAnywhere, byNumber]
  const first = tries.find(({ items }) => items.length > 0)
  const numbered = first?.items.filter((item) => item.episode === reading.episode) ?? []
  return {
    items: (numbered.length > 0 ? numbered : first?.items ?? []).map((item) => ({ title, item })),
    isByName: first?.isByName ?? false,
  }
}

/** A show that never had a second season is often written without the number of its first. */
function onlySeasonOf (title: CatalogueTitle): number | null {
  const seasons = new Set(title.order.map((item) => item.season).filter((season) => season > 0))
  const [only = null] = seasons
  return seasons.size === 1 ? only : null
}

/** What is called so, for each name that anything is called by. */
function findByNames (episodes: EpisodesByName, { episodeNames }: ParsedTitle): Array<readonly CatalogueItem[]> {
  return episodeNames.map((name) => episodes.get(nameKey(name)) ?? []).filter((items) => items.length > 0)
}
