// The catalogue as the service knows it: titles, what can be played of them, collections and people, asked without a query.
import type { StoredCollection } from '../../../models/collection.js'
import type { StoredMediaFile, StoredSubtitle, StoredThumbnails } from '../../../models/media.js'
import type { StoredMovie } from '../../../models/movie.js'
import type { Markers } from '../../../models/title.js'
import { videoHeight } from '../../domain/file-choice.js'
import type { MaturityRating, Visibility } from '../../domain/maturity.js'
import type { WatchOrderKey } from '../../domain/watch-order.js'
import type { Translatable } from '../queries/localise.js'
import type { CataloguePerson } from '../queries/people.js'

export interface CatalogueTitle extends Visibility {
  readonly id: string
  readonly kind: 'movie' | 'show'
  readonly title: string
  /** The title as it is sorted and compared: case and accents folded. */
  readonly sortTitle: string
  readonly year: number | null
  readonly releaseDate: string | null
  /** One array for all titles that have the same. */
  readonly genres: readonly string[]
  /** Each genre once as filters name it, case and accents folded; and as the home page's rows do. */
  readonly genreKeys: readonly string[]
  readonly genreSlugs: readonly string[]
  readonly maturityRating: MaturityRating | null
  readonly posterUrl: string | null
  readonly originalLanguage: string | null
  /** The names that stand for it: the first of its cast and crew. */
  readonly people: readonly string[]
  /** Ids of everybody who has a page because of it. */
  readonly credited: readonly string[]
  /** Titles in other languages, without synopses. */
  readonly translations: NonNullable<Translatable['translations']>
  readonly popularity: number
  readonly externalIds: Readonly<StoredMovie['externalIds']>
  readonly addedAt: Date
  readonly revision: number
  /** A movie is its own only item; a show's are its episodes, specials first, in their order. */
  readonly items: readonly CatalogueItem[]
  /** The episodes in the order they are watched: regular ones, and specials that were given a place. */
  readonly order: readonly CatalogueItem[]
}

export interface CatalogueItem {
  readonly id: string
  readonly titleId: string
  /** Both 0 for a movie, whose references carry null instead. */
  readonly season: number
  readonly episode: number
  /** The episode's own title; null for a movie. */
  readonly name: string | null
  /** The episode's titles in other languages, without synopses. */
  readonly translations: CatalogueTitle['translations']
  readonly runtimeMs: number | null
  readonly airDate: string | null
  /** Where it stands in the order of its title; null for a special without a place. */
  readonly place: WatchOrderKey | null
  readonly markers: Markers | null
}

export interface CatalogueFile extends Omit<StoredMediaFile, '_id'> {
  readonly id: string
  readonly itemId: string
}

/** What belongs to an item whichever file is played. */
export interface SidecarFiles {
  readonly subtitles: readonly StoredSubtitle[]
  readonly thumbnails: StoredThumbnails | null
}

/** A collection as lists show it; its titles in their order, whether or not they are still there. */
export interface CatalogueCollection extends Omit<StoredCollection, '_id' | 'titles' | '__v'> {
  readonly id: string
  readonly titleIds: readonly string[]
  readonly revision: number
}

/** @param before null when it was not there */
export type ChangeListener = (titleId: string | null, before: CatalogueTitle | null) => void

export interface Catalogue {
  /** False until the first load is complete. */
  isReady(): boolean
  findTitle(id: string): CatalogueTitle | null
  findItem(id: string): CatalogueItem | null
  findFile(id: string): CatalogueFile | null
  /** All files of an item, whatever their state. */
  filesOf(itemId: string): readonly CatalogueFile[]
  /** False for titles that never had a file: their items need not be looked at. */
  mayHaveFiles(titleId: string): boolean
  sideFilesOf(itemId: string): SidecarFiles
  findSubtitle(id: string): StoredSubtitle | null
  /** Null for somebody of whom there is no title. */
  findPerson(id: string): CataloguePerson | null
  people(): IterableIterator<CataloguePerson>
  findCollection(id: string): CatalogueCollection | null
  collections(): IterableIterator<CatalogueCollection>
  /** The collections that a title is in, published or not. */
  collectionsOf(titleId: string): readonly CatalogueCollection[]
  /** Every title, in no order. */
  titles(): IterableIterator<CatalogueTitle>
  /** Grows with every change of a title, its files or the collections it is in; never the same again, also when it comes back after it was gone. */
  versionOf(titleId: string): number
  /** Grows with every change: what was derived from an older one is out of date. */
  generation(): number
  /** Grows with what this process itself asked to be read again: whoever wrote something sees it in their next answer. */
  ownChanges(): number
  /**
   * Tells of every change of a title, after it was applied; null when everything was loaded again.
   * @returns what ends it
   */
  onChange(listener: ChangeListener): () => void
  /** Reads one title and its files again, and tells the feeds: a writer calls it so that it reads its own write. */
  refresh(titleId: string): Promise<void>
  /** The same for one who only reads: nobody is told. */
  reload(titleId: string): Promise<void>
  /** Many titles at once, without their files. */
  reloadTitles(ids: readonly string[]): Promise<void>
  refreshCollection(id: string): Promise<void>
  close(): Promise<void>
}

const NO_RENDITIONS: ReturnType<typeof renditionsOf> = []

/** What of a title can be watched, as filters ask: each height with the languages it has. */
export function renditionsOf (
  catalogue: Catalogue,
  title: CatalogueTitle,
): ReadonlyArray<{ height: number, languages: readonly string[] }> {
  if (!catalogue.mayHaveFiles(title.id)) return NO_RENDITIONS
  return title.items.flatMap((item) => catalogue.filesOf(item.id))
    .filter((file) => file.state === 'ready')
    .map((file) => ({ height: videoHeight(file), languages: file.audioLanguages }))
}

/** The files of an item that can be played at all. */
export function readyFilesOf (catalogue: Catalogue, itemId: string): CatalogueFile[] {
  return catalogue.filesOf(itemId).filter((file) => file.state === 'ready')
}

/** An item's duration: its first ready file's, else its runtime. */
export function durationOf (catalogue: Catalogue, item: CatalogueItem): number | null {
  return readyFilesOf(catalogue, item.id).find((file) => file.durationMs !== null)?.durationMs ?? item.runtimeMs
}

/** The season and episode of an item as they are stored and shown: null for a movie. */
export function numbersOf (
  title: Pick<CatalogueTitle, 'kind'>,
  item: CatalogueItem,
): { season: number | null, episode: number | null } {
  return title.kind === 'movie' ? { season: null, episode: null } : { season: item.season, episode: item.episode }
}
