// The home page of a profile: all rows with their first cards, and single rows a page at a time.
import type { StreamLease } from '../../models/account-streams.js'
import { createPlayableCheck } from '../catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { MaturityScope } from '../domain/maturity.js'
import { pageOfRanked, type RankKey } from '../domain/ranked-page.js'
import { notFound } from '../errors.js'
import type { ProfileRef, WatchingDeps } from '../watching/deps.js'
import type { ContinueCard } from '../watching/lists/continue-card.js'
import { listCardsOfProfile } from '../watching/lists/continue-watching.js'
import type { ProfileStates } from '../watching/profile-states.js'
import { findWatchEntries, toTitleStates, type ProfileState } from '../watching/title-states.js'
import { isDropped, loadProfileAffinity } from './profile-affinity.js'
import { findRow, listRows, type HomeContext, type Row, type RowCursor, type RowEntry } from './rows.js'
import { createSharedLists } from './shared-lists.js'
import type { FindSimilar } from './similar-titles.js'
import { createGenreList, createTrendingTitles } from './title-lists.js'
import type { Trends } from './trends.js'

/** Cards of a row on the home page. */
const ROW_LENGTH = 20
/** More than the continue-watching list of any profile has: embedded and archived titles. */
const MAX_CONTINUE_CARDS = 300
export const CONTINUE_ROW = { id: 'continue-watching', title: 'Continue watching' } as const

export interface HomeCard {
  readonly title: CatalogueTitle
  readonly isPlayable: boolean
  readonly state: ProfileState
  /** In the row of new episodes: the newest one. */
  readonly episode?: CatalogueItem
}

export interface FilledRow {
  readonly id: string
  readonly title: string
  readonly cards: { readonly kind: 'continue', readonly items: readonly ContinueCard[] } | {
    readonly kind: 'titles',
    readonly items: readonly HomeCard[],
    readonly because: CatalogueTitle | null,
  }
  /** Cursor for the next page; null on the last page. */
  readonly next: RowCursor | null
}

export interface HomeRequest {
  readonly scope: MaturityScope
  readonly planMaxHeight: number
}

export interface Home {
  /** Returns all rows that are not empty. @throws DomainError 404 `not-found` */
  readAll(ref: ProfileRef, request: HomeRequest): Promise<FilledRow[]>
  /** Returns one page of one row. @throws DomainError 404 `not-found` */
  readRow(
    ref: ProfileRef,
    request: HomeRequest,
    rowId: string,
    after: RowCursor | null,
    limit: number,
  ): Promise<FilledRow>
}

export interface HomeDeps {
  readonly watching: WatchingDeps
  readonly catalogue: Catalogue
  readonly trends: Trends
  readonly findSimilar: FindSimilar
}

export function createHome ({ watching, catalogue, trends, findSimilar }: HomeDeps): Home {
  const genres = createGenreList(catalogue)
  const findTrending = createTrendingTitles(catalogue, trends)
  const findList = createSharedLists(catalogue, watching.now)

  /** @param continueLimit number of continue-watching cards to read */
  async function readContext (
    ref: ProfileRef,
    { scope, planMaxHeight }: HomeRequest,
    continueLimit: number,
  ): Promise<{ context: HomeContext, continueCards: ContinueCard[], leases: readonly StreamLease[] }> {
    const [profile, leases, ratings] = await Promise.all([
      watching.states.findProfile(ref),
      watching.states.findLeases(ref.account),
      watching.states.findRatings(ref.profile),
    ])
    if (profile === null) throw notFound('profile')
    const continueRequest = { scope, planMaxHeight, limit: continueLimit }
    const [affinity, continueCards] = await Promise.all([
      loadProfileAffinity(watching.states, profile, ratings),
      continueLimit === 0 ? [] : listCardsOfProfile(watching, profile, leases, continueRequest),
    ])
    const trending = findTrending()
    const isPlayable = createPlayableCheck(catalogue, planMaxHeight)
    const [limits, now] = [{ scope, planMaxHeight, isPlayable }, watching.now()]
    const context = { catalogue, genres, trending, findSimilar, findList, affinity, ...limits, now }
    return { context, continueCards, leases }
  }

  async function readAll (ref: ProfileRef, request: HomeRequest): Promise<FilledRow[]> {
    const { context, continueCards, leases } = await readContext(ref, request, ROW_LENGTH + 1)
    const continueTitleIds = continueCards.slice(0, ROW_LENGTH).map(({ title }) => title.id)
    const pages = readFirstPages(listRows(context), continueTitleIds)
    const toCards = await loadCards(
      watching.states,
      context,
      leases,
      pages.flatMap(({ page }) => page.entries),
    )
    const titleRows = pages.map(({ row, page }) => toFilledRow(row, toCards(page.entries, row.isDiscovery), page.next))
    return [toContinueRow(continueCards, null, ROW_LENGTH), ...titleRows].filter(({ cards }) => cards.items.length > 0)
  }

  async function readRow (
    ref: ProfileRef,
    request: HomeRequest,
    rowId: string,
    after: RowCursor | null,
    limit: number,
  ): Promise<FilledRow> {
    const isContinueRow = rowId === CONTINUE_ROW.id
    const { context, continueCards, leases } = await readContext(ref, request, isContinueRow ? MAX_CONTINUE_CARDS : 0)
    if (isContinueRow) return toContinueRow(continueCards, after, limit)
    const row = findRow(context, rowId)
    if (row === null) throw notFound('row')
    const page = row.page(after, limit, () => true)
    const toCards = await loadCards(watching.states, context, leases, page.entries)
    return toFilledRow(row, toCards(page.entries, row.isDiscovery), page.next)
  }

  return { readAll, readRow }
}

/** The first page of each row. Discovery rows leave out titles of continue watching and of earlier discovery rows. */
function readFirstPages (
  rows: readonly Row[],
  continueTitleIds: readonly string[],
): Array<{ row: Row, page: ReturnType<Row['page']> }> {
  const shownIds = new Set(continueTitleIds)
  return rows.map((row) => {
    const page = row.page(null, ROW_LENGTH, ({ id }) => !row.isDiscovery || !shownIds.has(id))
    if (row.isDiscovery) { for (const { title } of page.entries) shownIds.add(title.id) }
    return { row, page }
  })
}

function toContinueRow (cards: readonly ContinueCard[], after: RankKey | null, limit: number): FilledRow {
  const ranked = cards.map((card) => ({ card, key: [card.lastWatchedAt.getTime(), card.title.id] }))
  const { entries, next } = pageOfRanked(ranked, after, limit, () => true)
  return { ...CONTINUE_ROW, cards: { kind: 'continue', items: entries.map(({ card }) => card) }, next }
}

function toFilledRow ({ id, title, because }: Row, items: readonly HomeCard[], next: RowCursor | null): FilledRow {
  return { id, title, cards: { kind: 'titles', items, because }, next }
}

/** Reads the profile's states of titles. @returns a function that makes cards of entries */
async function loadCards (
  states: ProfileStates,
  { affinity: { profile }, isPlayable }: HomeContext,
  leases: readonly StreamLease[],
  entries: readonly RowEntry[],
): Promise<(entries: readonly RowEntry[], isDiscovery: boolean) => HomeCard[]> {
  const ids = [...new Set(entries.map(({ title }) => title.id))]
  const [ratings, watchEntries] = await Promise.all([
    states.findRatingsOf(profile.id, ids),
    findWatchEntries(states, profile, ids),
  ])
  const stateOfTitle = toTitleStates(profile, watchEntries, ratings, leases)
  // The profile affinity does not contain titles that were dropped long ago.
  const isDroppedTitle = (id: string): boolean => {
    const entry = watchEntries.get(id)
    return entry !== undefined && isDropped(entry)
  }
  // Without a spread: a page has up to 200 cards, of entries with different properties.
  const toCard = ({ title, episode }: RowEntry): HomeCard =>
    episode === undefined
      ? { title, isPlayable: isPlayable(title), state: stateOfTitle(title.id) }
      : { title, isPlayable: isPlayable(title), state: stateOfTitle(title.id), episode }
  return (rowEntries, isDiscovery) =>
    rowEntries.filter(({ title }) => !isDiscovery || !isDroppedTitle(title.id)).map(toCard)
}
