// The rows of a home page and their order. Personal rows show all of their titles; discovery rows recommend titles and
// leave out what the profile dropped or disliked.
import { findVisibleTitle, findVisibleTitles } from '../catalogue/queries/find-visible.js'
import { readyFiles, type Catalogue, type CatalogueItem, type CatalogueTitle } from '../catalogue/store/catalogue.js'
import { filterByPlanHeight } from '../domain/file-choice.js'
import { weighGenres, type Feedback } from '../domain/similarity.js'
import type { MaturityScope } from '../domain/maturity.js'
import { compareRanks, pageOfRanked, type RankedEntry, type RankKey } from '../domain/ranked-page.js'
import { compareOrderKeys, hasAired } from '../domain/watch-order.js'
import { pageOfWishlist, type WishlistCursor } from '../domain/wishlist-page.js'
import type { CachedEntry } from '../watching/cached-profile.js'
import { isDropped, type ProfileAffinity } from './profile-affinity.js'
import type { FindList, ListSource } from './shared-lists.js'
import type { FindSimilar, SimilarTitles } from './similar-titles.js'
import {
  newestTitles,
  popularTitles,
  titlesOfGenre,
  type Genre,
  type GenreList,
  type TrendingTitles,
} from './title-lists.js'

export interface RowEntry {
  readonly title: CatalogueTitle
  /** In the row of new episodes: the newest one. */
  readonly episode?: CatalogueItem
}

/** Position in a row; the wishlist row uses a `WishlistCursor`. */
export type RowCursor = RankKey

export interface RowPage {
  readonly entries: readonly RowEntry[]
  /** Null on the last page. */
  readonly next: RowCursor | null
}

export interface Row {
  readonly id: string
  readonly title: string
  /** True for a row of recommendations, which leaves out titles of rows above it. */
  readonly isDiscovery: boolean
  /** The watched title that the row follows from; null for other rows. */
  readonly because: CatalogueTitle | null
  page(after: RowCursor | null, limit: number, isWanted: (title: CatalogueTitle) => boolean): RowPage
}

export interface HomeContext {
  readonly catalogue: Catalogue
  readonly genres: GenreList
  readonly trending: TrendingTitles
  readonly findSimilar: FindSimilar
  readonly findList: FindList
  readonly affinity: ProfileAffinity
  readonly scope: MaturityScope
  readonly planMaxHeight: number
  /** Whether the plan can play a title. */
  isPlayable(title: CatalogueTitle): boolean
  readonly now: Date
}

const MAX_BECAUSE_ROWS = 2
const MAX_GENRE_ROWS = 6
/** How long an episode is new after its air date. */
const NEW_EPISODE_DAYS = 30
const DAY_MS = 86_400_000

/** All rows of titles in their order. Rows can be empty. */
export function listRows (context: HomeContext): Row[] {
  return [
    newEpisodesRow(context),
    wishlistRow(context),
    popularRow(context),
    ...becauseRows(context),
    newestRow(context),
    ...favouriteGenres(context).map((genre) => genreRow(context, genre)),
  ]
}

/** Finds a row by ID; null if there is none, or if the title that it is about is not visible. */
export function findRow (context: HomeContext, id: string): Row | null {
  const [, kind, rest = ''] = /^(because|genre)-(.+)$/.exec(id) ?? []
  if (kind === 'because') {
    const title = findVisible(context, rest)
    return title === null ? null : becauseRow(context, title)
  }
  if (kind === 'genre') return genreRow(context, context.genres.find(rest))
  const fixedRows = [newEpisodesRow(context), wishlistRow(context), popularRow(context), newestRow(context)]
  return fixedRows.find((row) => row.id === id) ?? null
}

function findVisible ({ catalogue, scope, now }: HomeContext, titleId: string): CatalogueTitle | null {
  return findVisibleTitle(catalogue, scope, titleId, now)
}

type RankedTitle = RowEntry & RankedEntry

interface DiscoveryRow extends Pick<Row, 'id' | 'title'> {
  readonly because?: CatalogueTitle | null
  readonly version: ListSource['version']
  /** Whether the row also shows what the profile has watched. */
  readonly showsWatched: boolean
  readonly entries: ListSource['entries']
}

/** Creates a row of recommendations: first what the plan can play. It leaves out what the profile does not want. */
function createDiscoveryRow (
  { findList, scope, planMaxHeight, affinity: { unwanted, watched } }: HomeContext,
  { id, title, because = null, version, showsWatched, entries }: DiscoveryRow,
): Row {
  return {
    id,
    title,
    isDiscovery: true,
    because,
    page: (after, limit, isWanted) =>
      pageOfRanked(
        findList({ scope, planMaxHeight }, { key: id, version, entries }),
        after,
        limit,
        ({ title }) => !unwanted.has(title.id) && (showsWatched || !watched.has(title.id)) && isWanted(title),
      ),
  }
}

/** Cached lists contain older versions of titles. */
function* currentTitles (catalogue: Catalogue, titles: Iterable<CatalogueTitle>): Generator<CatalogueTitle> {
  for (const { id } of titles) {
    const title = catalogue.findTitle(id)
    if (title !== null) yield title
  }
}

function byRankDescending (a: RankedTitle, b: RankedTitle): number {
  return compareRanks(b.key, a.key)
}

function popularRow (context: HomeContext): Row {
  const { catalogue, trending } = context
  return createDiscoveryRow(context, {
    id: 'popular',
    title: 'Popular this week',
    version: trending,
    showsWatched: true,
    *entries (needsFiles) {
      const { titles, has, rankKeyOf } = trending
      for (const title of currentTitles(catalogue, titles)) yield { title, key: rankKeyOf(title) }
      // Titles that are popular in general fill up the row.
      for (const title of currentTitles(catalogue, popularTitles(catalogue, needsFiles))) {
        if (!has(title.id)) yield { title, key: rankKeyOf(title) }
      }
    },
  })
}

function newestRow (context: HomeContext): Row {
  const { catalogue } = context
  return createDiscoveryRow(context, {
    id: 'new',
    title: 'New',
    version: null,
    showsWatched: true,
    *entries (needsFiles) {
      for (const title of currentTitles(catalogue, newestTitles(catalogue, needsFiles))) {
        yield { title, key: [title.addedAt.getTime(), title.id] }
      }
    },
  })
}

/** Rows for the titles that the profile watched last. */
function becauseRows (context: HomeContext): Row[] {
  const { profile, unwanted } = context.affinity
  const entries = [...profile.entries.values()].sort((a, b) => b.activityAt - a.activityAt)
  return entries.filter(({ showsInterest, titleId }) => showsInterest && !unwanted.has(titleId))
    .map(({ titleId }) => findVisible(context, titleId)).filter((title) => title !== null)
    .slice(0, MAX_BECAUSE_ROWS).map((title) => becauseRow(context, title))
}

function becauseRow (context: HomeContext, watched: CatalogueTitle): Row {
  const similar = context.findSimilar(watched)
  return createDiscoveryRow(context, {
    id: `because-${watched.id}`,
    title: `Because you watched ${watched.title}`,
    because: watched,
    version: similar,
    showsWatched: false,
    entries: () => rankSimilar(context.catalogue, similar),
  })
}

/** The keys are those of the versions that the list was sorted by, so that they descend. */
function* rankSimilar (catalogue: Catalogue, { titles, similarities }: SimilarTitles): Generator<RankedTitle> {
  for (const [index, { id, popularity }] of titles.entries()) {
    const title = catalogue.findTitle(id)
    if (title !== null) yield { title, key: [similarities[index] ?? 0, popularity, id] }
  }
}

/** The genres with the highest affinity, then the largest genres. Disliked genres are left out. */
function favouriteGenres ({ catalogue, genres, affinity }: HomeContext): Genre[] {
  const { profile, watched, unwanted, ratings } = affinity
  const given: Array<{ readonly genres: readonly string[], readonly feedback: Feedback }> = []
  const addFeedback = (titleId: string, feedback: Feedback): void => {
    const title = catalogue.findTitle(titleId)
    if (title !== null) given.push({ genres: title.genreSlugs, feedback })
  }
  for (const id of watched) if (!unwanted.has(id)) addFeedback(id, 'watched')
  for (const id of profile.wishlist) addFeedback(id, 'wished')
  for (const [id, rating] of ratings.newest) if (rating !== null) addFeedback(id, rating)
  const weights = weighGenres(given)
  const weightOf = (slug: string): number => weights.get(slug) ?? 0
  return genres.bySize()
    .filter((slug) => weightOf(slug) >= 0)
    .sort((a, b) => weightOf(b) - weightOf(a))
    .slice(0, MAX_GENRE_ROWS)
    .map((slug) => genres.find(slug))
}

function genreRow (context: HomeContext, { slug, name }: Genre): Row {
  const { catalogue } = context
  return createDiscoveryRow(context, {
    id: `genre-${slug}`,
    title: name,
    version: null,
    showsWatched: false,
    *entries (needsFiles) {
      for (const title of currentTitles(catalogue, titlesOfGenre(catalogue, slug, needsFiles))) {
        yield { title, key: [title.popularity, title.id] }
      }
    },
  })
}

function wishlistRow ({ affinity, catalogue, scope, now }: HomeContext): Row {
  const ids = affinity.profile.wishlist
  return {
    id: 'wishlist',
    title: 'Your wishlist',
    isDiscovery: false,
    because: null,
    page (after, limit, isWanted) {
      const visible = findVisibleTitles(catalogue, scope, ids, now).filter(isWanted)
      const { titles, next } = pageOfWishlist(ids, visible, after as WishlistCursor | null, limit)
      return { entries: titles.map((title) => ({ title })), next }
    },
  }
}

function newEpisodesRow (context: HomeContext): Row {
  function listEpisodes (): RankedTitle[] {
    const { profile, unwanted } = context.affinity
    const { entries } = profile
    const ids = new Set([...entries.keys(), ...profile.wishlist])
    const since = new Date(context.now.getTime() - NEW_EPISODE_DAYS * DAY_MS).toISOString().slice(0, 10)
    return [...ids].filter((id) => !unwanted.has(id)).flatMap((id) => {
      const title = findVisible(context, id)
      const episode = title === null ? null : findNewEpisode(context, title, entries.get(id), since)
      return title === null || episode === null ? [] : [{ title, episode, key: [episode.airDate ?? '', title.id] }]
    }).sort(byRankDescending)
  }
  return {
    id: 'new-episodes',
    title: 'New episodes of your shows',
    isDiscovery: false,
    because: null,
    page: (after, limit, isWanted) => pageOfRanked(listEpisodes(), after, limit, ({ title }) => isWanted(title)),
  }
}

/**
 * The last episode that aired recently, is playable and comes after the episode that the profile watched.
 * @param since first date that is recent, RFC 3339
 */
function findNewEpisode (
  { catalogue, planMaxHeight, now }: HomeContext,
  title: CatalogueTitle,
  entry: CachedEntry | undefined,
  since: string,
): CatalogueItem | null {
  if (title.kind !== 'show' || (entry !== undefined && (isDropped(entry) || entry.hiddenAt !== null))) return null
  const watchedKey = entry?.state.current?.orderKey ?? null
  return title.order.findLast(({ id, airDate, orderKey }) =>
    airDate !== null && airDate >= since && hasAired({ airDate }, now) &&
    (watchedKey === null || (orderKey !== null && compareOrderKeys(orderKey, watchedKey) > 0)) &&
    filterByPlanHeight(readyFiles(catalogue, id), planMaxHeight).length > 0
  ) ?? null
}
