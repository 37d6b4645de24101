// The interface of the catalogue in memory: titles with their playable items, collections and people.
import type { StoredCollection } from '../../../models/collection.js'
import type { StoredHls, StoredMediaFile, StoredSubtitle, StoredThumbnails } from '../../../models/media.js'
import type { StoredMovie } from '../../../models/movie.js'
import type { Chapter, Markers } from '../../../models/title.js'
import { videoHeight } from '../../domain/file-choice.js'
import type { MaturityRating, Visibility } from '../../domain/maturity.js'
import type { WatchOrderKey } from '../../domain/watch-order.js'

/** A name in another language; synopses are not held in memory for titles and episodes. */
export interface CatalogueTranslation {
  readonly language: string
  readonly title: string | null
  readonly synopsis?: string | null
}

export interface CatalogueTitle extends Visibility {
  readonly id: string
  readonly kind: 'movie' | 'show'
  readonly title: string
  /** The title without case and accents, for sorting and comparing. */
  readonly sortTitle: string
  readonly year: number | null
  /** RFC 3339 full-date. */
  readonly releaseDate: string | null
  /** Shared by all titles with the same genres. */
  readonly genres: readonly string[]
  /** Distinct genres without case and accents, as filters compare them. */
  readonly genreKeys: readonly string[]
  /** Distinct slugs of the genres, as the IDs of home rows contain them. */
  readonly genreSlugs: readonly string[]
  readonly maturityRating: MaturityRating | null
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
  /** ThumbHash, base64; null for an image of another service. */
  readonly posterPlaceholder: string | null
  readonly backdropPlaceholder: string | null
  /** BCP 47. */
  readonly originalLanguage: string | null
  /** Names of the leading cast and crew. */
  readonly people: readonly string[]
  /** IDs of the credited people who have a page. */
  readonly creditedPersonIds: readonly string[]
  readonly translations: readonly CatalogueTranslation[]
  readonly popularity: number
  readonly externalIds: Readonly<StoredMovie['externalIds']>
  readonly addedAt: Date
  readonly revision: number
  /** A movie has one item, itself. A show has its episodes by season and number, so specials come first. */
  readonly items: readonly CatalogueItem[]
  /**
   * The episodes in watch order: regular episodes and placed specials, without those that the media of another one
   * contains. Empty for a movie.
   */
  readonly order: readonly CatalogueItem[]
}

export interface CatalogueItem {
  readonly id: string
  readonly titleId: string
  /** 0 for a movie. */
  readonly season: number
  /** 0 for a movie. */
  readonly episode: number
  /** Title of the episode; null for a movie. */
  readonly name: string | null
  /** Translated episode titles. */
  readonly translations: readonly CatalogueTranslation[]
  readonly runtimeMs: number | null
  /** RFC 3339 full-date. */
  readonly airDate: string | null
  /** Position in the watch order; null for a special that is not placed. */
  readonly orderKey: WatchOrderKey | null
  /** Number of episodes that its media contains, from this one on. */
  readonly mediaSpan: number
  readonly markers: Markers | null
  readonly chapters: readonly Chapter[]
}

export interface CatalogueFile extends Readonly<Omit<StoredMediaFile, '_id' | 'hls'>> {
  readonly id: string
  readonly itemId: string
  /** Created on each access. */
  readonly hls: CatalogueHls
}

/** The packages of a file. Who is packaging it is read from the database. */
export interface CatalogueHls extends Readonly<Omit<StoredHls, 'claim' | 'claimedUntil'>> {
  readonly hasRetiredPackages: boolean
}

export interface CatalogueSubtitle extends StoredSubtitle {
  readonly itemId: string
}

/** Subtitles and thumbnails of an item, for each of its media files. */
export interface SidecarFiles {
  readonly subtitles: readonly CatalogueSubtitle[]
  readonly thumbnails: StoredThumbnails | null
}

export interface CatalogueCollection extends Omit<StoredCollection, '_id' | 'titles' | '__v'> {
  readonly id: string
  /** In the order of the collection. Deleted titles can be among them. */
  readonly titleIds: readonly string[]
  readonly revision: number
}

export interface PersonPicture {
  readonly url: string
  /** ThumbHash, base64. */
  readonly placeholder: string | null
}

export interface CataloguePerson {
  readonly id: string
  readonly name: string
  /** The name without case and accents. */
  readonly sortName: string
  readonly titleIds: readonly string[]
}

export const SORTS = ['title', 'release', 'added', 'popularity'] as const
export type Sort = (typeof SORTS)[number]

/** Titles of one genre: by the key that filters use, or by the slug that home rows use. */
export interface GenreGroup {
  readonly by: 'key' | 'slug'
  readonly name: string
}

/**
 * Receives a change after it was applied.
 * @param titleId null after a reload of the whole catalogue
 * @param before the title before the change; null for a new title; the same object for a title with its first file
 */
export type ChangeListener = (titleId: string | null, before: CatalogueTitle | null) => void

export interface Catalogue {
  /** False until the first load is complete. */
  isReady(): boolean
  findTitle(id: string): CatalogueTitle | null
  findItem(id: string): CatalogueItem | null
  findFile(id: string): CatalogueFile | null
  /** All files of an item, in any state. */
  itemFiles(itemId: string): readonly CatalogueFile[]
  /** False for a title that never had a file: callers skip its items. */
  canHaveFiles(titleId: string): boolean
  /** The lowest video height in which a title can be played, pixels; null if it cannot be played. */
  lowestPlayableHeight(title: CatalogueTitle): number | null
  sidecarFiles(itemId: string): SidecarFiles
  findSubtitle(id: string): CatalogueSubtitle | null
  /** Null for a person without titles. */
  findPerson(id: string): CataloguePerson | null
  /** URL of the picture of a person; null for none. */
  findPersonPicture(id: string): PersonPicture | null
  people(): IterableIterator<CataloguePerson>
  findCollection(id: string): CatalogueCollection | null
  collections(): IterableIterator<CatalogueCollection>
  /** The collections that contain a title, published or not. */
  collectionsWithTitle(titleId: string): readonly CatalogueCollection[]
  /** All titles, in no particular order. */
  titles(): IterableIterator<CatalogueTitle>
  /** All titles, or those of a genre, ascending by sort key and ID. */
  sortedTitles(sort: Sort, group?: GenreGroup): readonly CatalogueTitle[]
  /** Like `sortedTitles`, without titles that never had a file. */
  sortedTitlesWithFiles(sort: Sort, group?: GenreGroup): readonly CatalogueTitle[]
  /** Number of titles of each genre that has titles. */
  genreGroupSizes(by: GenreGroup['by']): ReadonlyMap<string, number>
  /**
   * Grows with each change of a title, its files or its collections. A version is never reused, not even when a
   * deleted title is created again with the same ID.
   */
  titleVersion(titleId: string): number
  /** Grows with each change of the catalogue. */
  generation(): number
  /** Grows with each reload that this process requests after its own writes. */
  ownChangeCount(): number
  /** Subscribes to changes of titles. @returns a function that unsubscribes */
  onChange(listener: ChangeListener): () => void
  /** Reads a title and its files from the database, so that a caller sees its own write. */
  reloadTitle(titleId: string): Promise<void>
  /** Reads many titles from the database, without their files. */
  reloadTitles(ids: readonly string[]): Promise<void>
  reloadCollection(id: string): Promise<void>
  reloadPersonPicture(personId: string): Promise<void>
  close(): Promise<void>
}

/** Earliest availability date after a point in time, ms since the epoch; Infinity if there is none. */
export function nextAvailabilityChange (catalogue: Pick<Catalogue, 'titles'>, afterMs: number): number {
  let next = Infinity
  const consider = (date: Date | null): void => {
    if (date !== null && date.getTime() > afterMs) next = Math.min(next, date.getTime())
  }
  for (const { availableFrom, availableUntil } of catalogue.titles()) {
    consider(availableFrom)
    consider(availableUntil)
  }
  return next
}

const NO_RENDITIONS: ReturnType<typeof titleRenditions> = []

/** Height and audio languages of each playable file of a title. */
export function titleRenditions (
  catalogue: Catalogue,
  title: CatalogueTitle,
): ReadonlyArray<{ height: number, languages: readonly string[] }> {
  if (!catalogue.canHaveFiles(title.id)) return NO_RENDITIONS
  return title.items.flatMap((item) => catalogue.itemFiles(item.id))
    .filter(isPlayable)
    .map((file) => ({ height: videoHeight(file), languages: file.audioLanguages }))
}

/** Whether a playback that starts now may use a file. */
export function isPlayable ({ state, stage }: Pick<CatalogueFile, 'state' | 'stage'>): boolean {
  return state === 'ready' && stage === 'active'
}

/** The files of an item that playbacks in progress may use: also those of a master that was replaced since. */
export function deliverableFiles (catalogue: Catalogue, itemId: string): CatalogueFile[] {
  return catalogue.itemFiles(itemId).filter(({ state, stage }) => state === 'ready' && stage !== 'pending')
}

/** The playable files of an item. */
export function readyFiles (catalogue: Catalogue, itemId: string): CatalogueFile[] {
  return catalogue.itemFiles(itemId).filter(isPlayable)
}

/** Duration of the first playable file of an item, else its runtime. */
export function itemDurationMs (catalogue: Catalogue, item: CatalogueItem): number | null {
  return readyFiles(catalogue, item.id).find((file) => file.durationMs !== null)?.durationMs ?? item.runtimeMs
}

/** Duration of the longest playable file of an item, or its runtime if that is longer. */
export function longestDurationMs (catalogue: Catalogue, item: CatalogueItem): number | null {
  const durations = [item.runtimeMs, ...readyFiles(catalogue, item.id).map((file) => file.durationMs)]
    .filter((durationMs) => durationMs !== null)
  return durations.length === 0 ? null : Math.max(...durations)
}

/** Season and episode number of an item as plays store them: null for a movie. */
export function episodeNumbers (
  title: Pick<CatalogueTitle, 'kind'>,
  item: CatalogueItem,
): { season: number | null, episode: number | null } {
  return title.kind === 'movie' ? { season: null, episode: null } : { season: item.season, episode: item.episode }
}
