// The rows of a home page: what is in each, in which order. Rows that are about the profile show whatever belongs there;
// those that recommend leave out what it gave up or dislikes.
import { orderKey, type WatchEntry } from '../../models/watch-entry.js'
import { readyFilesOf, type Catalogue, type CatalogueItem, type CatalogueTitle } from '../catalogue/store/catalogue.js'
import { withinPlan } from '../domain/file-choice.js'
import { weighGenres, type Feedback } from '../domain/genre-affinity.js'
import { canSee, type MaturityScope } from '../domain/maturity.js'
import { compareRanks, pageOfRanked, type RankedEntry, type RankKey } from '../domain/ranked-page.js'
import { compareOrderKeys, hasAired } from '../domain/watch-order.js'
import { pageOfWishlist, type WishlistCursor } from '../domain/wishlist-page.js'
import { isDropped, type ProfileAffinity } from './profile-affinity.js'
import { genreOf, genresBySize, newestTitles, popularTitles, titlesOfGenre, type Genre } from './title-lists.js'
import type { FindSimilar } from './similar-titles.js'
import type { Trends } from './trends.js'

export interface RowEntry {
  readonly title: CatalogueTitle
  /** The new episode that brought the title here. */
  readonly episode?: CatalogueItem
}

/** A place in a row, as a cursor carries it. */
export type RowCursor = RankKey

export interface RowPage {
  readonly entries: readonly RowEntry[]
  readonly next: RowCursor | null
}

export interface Row {
  readonly id: string
  readonly title: string
  /** It recommends: a title that another row shows already need not be in it. */
  readonly isDiscovery: boolean
  page(after: RowCursor | null, limit: number, isWanted: (title: CatalogueTitle) => boolean): RowPage
}

export interface HomeContext {
  readonly catalogue: Catalogue
  readonly trends: Trends
  readonly findSimilar: FindSimilar
  readonly taste: ProfileAffinity
  readonly viewer: MaturityScope
  readonly planMaxHeight: number
  readonly now: Date
}

const BECAUSE_ROWS = 2
const GENRE_ROWS = 6
/** An episode is new for so long. */
const NEW_EPISODE_DAYS = 30
const DAY_MS = 86_400_000
/** Seen so far, it says something about what somebody likes. */
const MOSTLY_WATCHED = 0.5

/** All rows of titles, in their order; any may turn out empty. */
export function listRows (context: HomeContext): Row[] {
  return [
    newEpisodes(context),
    wishlist(context),
    popular(context),
    ...becauseWatched(context),
    newest(context),
    ...genresByTaste(context).map((genre) => genreRow(context, genre)),
  ]
}

/** One row by its id; null when there is none, or its title is not for this viewer. */
export function findRow (context: HomeContext, id: string): Row | null {
  const [, kind, rest = ''] = /^(because|genre)-(.+)$/.exec(id) ?? []
  if (kind === 'because') {
    const title = visible(context, rest)
    return title === null ? null : becauseRow(context, title)
  }
  if (kind === 'genre') return genreRow(context, genreOf(context.catalogue, rest))
  return [newEpisodes(context), wishlist(context), popular(context), newest(context)].find((row) => row.id === id) ??
    null
}

/** The title as it is now, if this viewer may see it. */
function visible ({ catalogue, viewer, now }: HomeContext, titleId: string): CatalogueTitle | null {
  const title = catalogue.findTitle(titleId)
  return title !== null && canSee(viewer, title, now) ? title : null
}

/** What may be recommended, of titles that may have been found a moment ago. */
function* recommendable (
  context: HomeContext,
  titles: Iterable<CatalogueTitle>,
  isForNewcomers: boolean,
): Generator<CatalogueTitle> {
  const { unwanted, watched } = context.taste
  for (const { id } of titles) {
    if (unwanted.has(id) || (isForNewcomers && watched.has(id))) continue
    const title = visible(context, id)
    if (title !== null) yield title
  }
}

type RankedTitle = RowEntry & RankedEntry

/** A row in the order of its entries' keys, highest first. */
function rankedRow (id: string, title: string, isDiscovery: boolean, entries: () => Iterable<RankedTitle>): Row {
  return {
    id,
    title,
    isDiscovery,
    page: (after, limit, isWanted) => pageOfRanked(entries(), after, limit, (entry) => isWanted(entry.title)),
  }
}

function discovery (id: string, title: string, entries: () => Iterable<RankedTitle>): Row {
  return rankedRow(id, title, true, entries)
}

function byRank (a: RankedTitle, b: RankedTitle): number {
  return compareRanks(b.key, a.key)
}

function popular (context: HomeContext): Row {
  return discovery('popular', 'Popular this week', function* () {
    const viewers = new Map(context.trends.popular().map((one) => [one.titleId, one.viewers]))
    const watched = [...viewers.keys()].map((id) => context.catalogue.findTitle(id)).filter((title) => title !== null)
    const toEntry = (title: CatalogueTitle): RankedTitle => ({
      title,
      key: [viewers.get(title.id) ?? 0, title.popularity, title.id],
    })
    yield* [...recommendable(context, watched, false)].map(toEntry).sort(byRank)
    // With few viewers it goes on with what is popular anyway.
    for (const title of recommendable(context, popularTitles(context.catalogue), false)) {
      if (!viewers.has(title.id)) yield toEntry(title)
    }
  })
}

function newest (context: HomeContext): Row {
  return discovery('new', 'New', function* () {
    for (const title of recommendable(context, newestTitles(context.catalogue), false)) {
      yield { title, key: [title.addedAt.getTime(), title.id] }
    }
  })
}

function becauseWatched (context: HomeContext): Row[] {
  const entries = [...context.taste.profile.watchHistory].sort((a, b) =>
    b.activityAt.getTime() - a.activityAt.getTime()
  )
  return entries.filter((entry) => saysSomething(entry) && !context.taste.unwanted.has(entry.title.toString()))
    .map((entry) => visible(context, entry.title.toString())).filter((title) => title !== null)
    .slice(0, BECAUSE_ROWS).map((title) => becauseRow(context, title))
}

function saysSomething ({ finished, ended, positionMs, durationMs }: WatchEntry): boolean {
  return finished || ended !== null || (durationMs !== null && positionMs > durationMs * MOSTLY_WATCHED)
}

function becauseRow (context: HomeContext, watched: CatalogueTitle): Row {
  return discovery(`because-${watched.id}`, `Because you watched ${watched.title}`, function* () {
    const similar = context.findSimilar(watched)
    const likeness = new Map(similar.map((one) => [one.title.id, one.likeness]))
    const titles = recommendable(context, similar.map(({ title }) => title), true)
    yield* [...titles].map((title) => ({ title, key: [likeness.get(title.id) ?? 0, title.popularity, title.id] })).sort(
      byRank,
    )
  })
}

/** The genres a profile likes most; of those it never met, the largest. */
function genresByTaste ({ catalogue, taste }: HomeContext): Genre[] {
  const liked = (titleId: string, liking: Feedback): Array<{ genres: readonly string[], liking: Feedback }> => {
    const title = catalogue.findTitle(titleId)
    return title === null ? [] : [{ genres: title.genreSlugs, liking }]
  }
  const weights = weighGenres([
    ...[...taste.watched].filter((id) => !taste.unwanted.has(id)).flatMap((id) => liked(id, 'watched')),
    ...taste.profile.wishlist.flatMap((id) => liked(id.toString(), 'wished')),
    ...taste.ratings.flatMap(({ title, rating }) => rating === null ? [] : liked(title.toString(), rating)),
  ])
  const weightOf = (slug: string): number => weights.get(slug) ?? 0
  return genresBySize(catalogue).filter((slug) => weightOf(slug) >= 0).sort((a, b) => weightOf(b) - weightOf(a)).slice(
    0,
    GENRE_ROWS,
  ).map((slug) => genreOf(catalogue, slug))
}

function genreRow (context: HomeContext, { slug, name }: Genre): Row {
  return discovery(`genre-${slug}`, name, function* () {
    for (const title of recommendable(context, titlesOfGenre(context.catalogue, slug), true)) {
      yield { title, key: [title.popularity, title.id] }
    }
  })
}

function wishlist (context: HomeContext): Row {
  const ids = context.taste.profile.wishlist.map(String)
  return {
    id: 'wishlist',
    title: 'Your wishlist',
    isDiscovery: false,
    page (after, limit, isWanted) {
      const titles = ids.map((id) => visible(context, id)).filter((title) =>
        title !== null && isWanted(title)
      ) as CatalogueTitle[]
      const { titles: entries, next } = pageOfWishlist(ids, titles, after as WishlistCursor | null, limit)
      return { entries: entries.map((title) => ({ title })), next }
    },
  }
}

function newEpisodes (context: HomeContext): Row {
  return rankedRow('new-episodes', 'New episodes of your shows', false, () => {
    const { profile, unwanted } = context.taste
    const entries = new Map(profile.watchHistory.map((entry) => [entry.title.toString(), entry]))
    const ids = new Set([...entries.keys(), ...profile.wishlist.map(String)])
    return [...ids].filter((id) => !unwanted.has(id)).flatMap((id) => {
      const title = visible(context, id)
      const episode = title === null ? null : newestEpisode(context, title, entries.get(id))
      return title === null || episode === null ? [] : [{ title, episode, key: [episode.airDate ?? '', title.id] }]
    }).sort(byRank)
  })
}

/** The last episode that aired a short while ago, can be played and lies beyond what was watched. */
function newestEpisode (
  { catalogue, planMaxHeight, now }: HomeContext,
  title: CatalogueTitle,
  entry: WatchEntry | undefined,
): CatalogueItem | null {
  if (title.kind !== 'show' || (entry !== undefined && (isDropped(entry) || entry.hiddenAt !== null))) return null
  const since = new Date(now.getTime() - NEW_EPISODE_DAYS * DAY_MS).toISOString().slice(0, 10)
  const watched = entry === undefined ? null : orderKey(entry)
  return title.order.findLast((episode) =>
    episode.airDate !== null && episode.airDate >= since && hasAired(episode, now) &&
    (watched === null || (episode.place !== null && compareOrderKeys(episode.place, watched) > 0)) &&
    withinPlan(readyFilesOf(catalogue, episode.id), planMaxHeight).length > 0
  ) ?? null
}
