// The home page of a profile: its rows with the first cards of each, and single rows a page at a time.
import { findProfileWatching } from '../../models/account.js'
import { findStreamLeases } from '../../models/account-streams.js'
import { findPreferencesOfTitles } from '../../models/profile-title-preferences.js'
import { findEntries, toTitleStates } from '../watching/title-states.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { MaturityScope } from '../domain/maturity.js'
import { pageOfRanked, type RankKey } from '../domain/ranked-page.js'
import { notFound } from '../errors.js'
import type { ProfileState } from '../schemas/catalogue.js'
import { listCardsOf, type ContinueCard } from '../watching/lists/continue-watching.js'
import type { ProfileRef, WatchingDeps } from '../watching/watching.js'
import { isDropped, loadRatings, loadProfileAffinity, type ProfileAffinity } from './profile-affinity.js'
import { findRow, listRows, type HomeContext, type Row, type RowEntry, type RowCursor } from './rows.js'
import type { FindSimilar } from './similar-titles.js'
import type { Trends } from './trends.js'

const ROW_LENGTH = 20
/** No profile has more cards: what is embedded, and as far as continue watching looks back. */
const ALL_CONTINUE_CARDS = 300
export const CONTINUE_ROW = { id: 'continue-watching', title: 'Continue watching' } as const

export interface HomeCard {
  readonly title: CatalogueTitle
  readonly state: ProfileState
  /** The new episode that brought the title here. */
  readonly episode?: CatalogueItem
}

export interface FilledRow {
  readonly id: string
  readonly title: string
  readonly cards: { readonly kind: 'continue', readonly items: readonly ContinueCard[] } | {
    readonly kind: 'titles',
    readonly items: readonly HomeCard[],
  }
  /** Where the next page begins; null on the last. */
  readonly next: RowCursor | null
}

export interface HomeRequest {
  readonly viewer: MaturityScope
  readonly planMaxHeight: number
}

export interface Home {
  /** All rows that have something in them. @throws DomainError 404 without such a profile */
  readAll(watcher: ProfileRef, request: HomeRequest): Promise<FilledRow[]>
  /** One page of one row. @throws DomainError 404 without such a profile or row */
  readRow(
    watcher: ProfileRef,
    request: HomeRequest,
    rowId: string,
    after: RowCursor | null,
    limit: number,
  ): Promise<FilledRow>
}

export function createHome (
  watching: WatchingDeps,
  catalogue: Catalogue,
  trends: Trends,
  findSimilar: FindSimilar,
): Home {
  /** @param continueLimit how many cards of continue watching are wanted */
  async function readContext (
    watcher: ProfileRef,
    { viewer, planMaxHeight }: HomeRequest,
    continueLimit: number,
  ): Promise<{ context: HomeContext, cards: ContinueCard[] }> {
    const [profile, slots, ratings] = await Promise.all([
      findProfileWatching(watcher.account, watcher.profile),
      findStreamLeases(watcher.account),
      loadRatings(watcher.profile),
    ])
    if (profile === null) throw notFound('profile')
    // Neither waits for the other: a page costs as many round trips as it has to.
    const [taste, cards] = await Promise.all([
      loadProfileAffinity(profile, ratings),
      continueLimit === 0 ? [] : listCardsOf(watching, profile, slots, { viewer, planMaxHeight, limit: continueLimit }),
    ])
    const context: HomeContext = { catalogue, trends, findSimilar, taste, viewer, planMaxHeight, now: watching.now() }
    return { context, cards }
  }

  async function readAll (watcher: ProfileRef, request: HomeRequest): Promise<FilledRow[]> {
    const { context, cards } = await readContext(watcher, request, ROW_LENGTH + 1)
    const begun = continueRow(cards, null, ROW_LENGTH)
    const pages = fillRows(listRows(context), new Set(cards.slice(0, ROW_LENGTH).map(({ title }) => title.id)))
    const toCards = await readCards(context.taste, pages.flatMap(({ page }) => page.entries))
    return [begun, ...pages.map(({ row, page }) => toFilledRow(row, toCards(page.entries, row.isDiscovery), page.next))]
      .filter(({ cards }) => cards.items.length > 0)
  }

  async function readRow (
    watcher: ProfileRef,
    request: HomeRequest,
    rowId: string,
    after: RowCursor | null,
    limit: number,
  ): Promise<FilledRow> {
    const isContinue = rowId === CONTINUE_ROW.id
    const { context, cards } = await readContext(watcher, request, isContinue ? ALL_CONTINUE_CARDS : 0)
    if (isContinue) return continueRow(cards, after, limit)
    const row = findRow(context, rowId)
    if (row === null) throw notFound('row')
    const page = row.page(after, limit, () => true)
    const toCards = await readCards(context.taste, page.entries)
    return toFilledRow(row, toCards(page.entries, row.isDiscovery), page.next)
  }

  return { readAll, readRow }
}

/** The first page of each row; a title that is recommended once, or goes on above, is not recommended again. */
function fillRows (rows: readonly Row[], begun: Iterable<string>): Array<{ row: Row, page: ReturnType<Row['page']> }> {
  const shown = new Set(begun)
  return rows.map((row) => {
    const page = row.page(null, ROW_LENGTH, ({ id }) => !row.isDiscovery || !shown.has(id))
    if (row.isDiscovery) { for (const { title } of page.entries) shown.add(title.id) }
    return { row, page }
  })
}

function continueRow (cards: readonly ContinueCard[], after: RankKey | null, limit: number): FilledRow {
  const ranked = cards.map((card) => ({ card, key: [card.lastWatchedAt.getTime(), card.title.id] }))
  const { entries, next } = pageOfRanked(ranked, after, limit, () => true)
  return { ...CONTINUE_ROW, cards: { kind: 'continue', items: entries.map(({ card }) => card) }, next }
}

function toFilledRow ({ id, title }: Row, items: readonly HomeCard[], next: RowCursor | null): FilledRow {
  return { id, title, cards: { kind: 'titles', items }, next }
}

/** Reads what the profile has to do with some titles, and makes cards of them. */
async function readCards (
  { profile, ratings, hasAllRatings, archived }: ProfileAffinity,
  entries: readonly RowEntry[],
): Promise<(entries: readonly RowEntry[], isDiscovery: boolean) => HomeCard[]> {
  const ids = [...new Set(entries.map(({ title }) => title.id))]
  // Most of it is known from choosing the rows.
  const [tastes, watched] = await Promise.all([
    hasAllRatings ? ratings : findPreferencesOfTitles(profile._id.toString(), ids),
    findEntries(profile, archived === null ? ids : ids.filter((id) => archived.has(id))),
  ])
  const stateOf = toTitleStates(profile, watched, tastes)
  // What was given up so long ago that the rows were chosen without knowing it.
  const isGivenUp = (id: string): boolean => {
    const entry = watched.get(id)
    return entry !== undefined && isDropped(entry)
  }
  return (some, isDiscovery) =>
    some.filter(({ title }) => !isDiscovery || !isGivenUp(title.id)).map((entry) => ({
      ...entry,
      state: stateOf(entry.title.id),
    }))
}
