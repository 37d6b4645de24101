// Continue watching: one card a title, newest activity first, from the account's entries, the live slots and the
// catalogue in memory; plays are never read.
import mongoose, { type Types } from 'mongoose'
import { findProfileWatching, type StoredProfile } from '../../../models/account.js'
import { findStreamLeases, type StreamLease } from '../../../models/account-streams.js'
import { WatchArchive, type ArchivedEntry } from '../../../models/watch-archive.js'
import { toTitleState, type WatchEntry } from '../../../models/watch-entry.js'
import {
  durationOf,
  readyFilesOf,
  type Catalogue,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import { withinPlan } from '../../domain/file-choice.js'
import { canSee, type MaturityScope } from '../../domain/maturity.js'
import {
  advanceTitle,
  decideCard,
  EMPTY_TITLE_STATE,
  lastActivity,
  lastPlayed,
  type Card,
  type EndedItem,
  type TitleState,
} from '../../domain/next-up.js'
import { hasAired } from '../../domain/watch-order.js'
import { timeOrNull } from '../dates.js'
import { toLeaseItemState } from '../streams/stream-leases.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'
import { hasUnflushedEvents } from '../streams/resume-position.js'

/** How many titles a list looks at, embedded and archived. */
const ARCHIVE_DEPTH = 250
/** How far back a list looks into the archive, from its newest entry: further only while the page is not full. */
const ARCHIVE_WINDOWS_MS = [...[30, 180, 730].map((days) => days * 86_400_000), Infinity]

export interface ContinueCard {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly kind: 'resume' | 'next'
  readonly positionMs: number
  readonly durationMs: number | null
  readonly lastWatchedAt: Date
  readonly reason: { readonly code: string, readonly text: string }
  /** Why it cannot be played just now, and from which day on it can, if that is known; null when it can be played. */
  readonly waiting: PendingReason | null
  /** 1 for the first time; one more each time that the title is watched again. */
  readonly pass: number
  /** How many regular episodes before this one were not watched in this pass. */
  readonly skippedBefore: number
}

export interface PendingReason {
  readonly code: 'not-aired' | 'no-media' | 'plan'
  readonly text: string
  /** RFC 3339 full-date; null when it is not known. */
  readonly from: string | null
}

export interface ContinueRequest {
  readonly viewer: MaturityScope
  readonly planMaxHeight: number
  readonly limit: number
  /** Leaves out cards that wait for something. */
  readonly playableOnly?: boolean
}

type CardRequest = Pick<ContinueRequest, 'viewer' | 'planMaxHeight'>

interface KnownTitle {
  readonly id: string
  readonly state: TitleState
  /** Away from the list until it is played after this moment (ms since the epoch). */
  readonly hiddenAt: number | null
  readonly isDropped: boolean
}

/** The cards of a profile, newest activity first; null when there is no such profile. */
export async function listContinueCards (
  watching: WatchingDeps,
  watcher: ProfileRef,
  request: ContinueRequest,
): Promise<ContinueCard[] | null> {
  const [profile, slots] = await Promise.all([
    findProfileWatching(watcher.account, watcher.profile),
    findStreamLeases(watcher.account),
  ])
  return profile === null ? null : await listCardsOf(watching, profile, slots, request)
}

/** The same for a profile that has been read already, with the account's live slots. */
export async function listCardsOf (
  watching: WatchingDeps,
  profile: StoredProfile,
  slots: readonly StreamLease[],
  request: ContinueRequest,
): Promise<ContinueCard[]> {
  const entries = [...profile.watchHistory]
  const known = new Set(entries.map((entry) => entry.title.toString()))
  const cardsSoFar = (): ContinueCard[] =>
    cardsOf(watching, request, withLiveSlots(watching.catalogue, profile, slots, entries))
  let cards = cardsSoFar()
  // The archive matters only while the page is not full without it, or something in it is newer than the last card.
  let unread = profile.archivedUntil?.getTime() ?? -Infinity
  for (const window of ARCHIVE_WINDOWS_MS) {
    const last = cards[request.limit - 1]
    if (
      unread < 0 || (last !== undefined && last.lastWatchedAt.getTime() > unread) || entries.length >= ARCHIVE_DEPTH
    ) break
    const since = Math.max(0, (profile.archivedUntil?.getTime() ?? 0) - window)
    const older = await findArchivedBetween(profile._id, since, unread)
    entries.push(...older.filter((entry) => !known.has(entry.title.toString())))
    for (const entry of older) known.add(entry.title.toString())
    unread = since - 1
    if (older.length > 0) cards = cardsSoFar()
  }
  return cards
}

/** Newest first. The lower bound keeps it cheap on servers that do not take the order from an index. */
async function findArchivedBetween (profile: Types.ObjectId, since: number, until: number): Promise<ArchivedEntry[]> {
  const span = mongoose.trusted({ $gte: new Date(since), $lte: new Date(until) })
  return await WatchArchive.find({ profile, activityAt: span }).sort({ activityAt: -1 }).limit(ARCHIVE_DEPTH).lean<
    ArchivedEntry[]
  >()
}

/** A title that a viewer put away, and when. */
export interface DismissedTitle {
  readonly title: CatalogueTitle
  readonly hiddenAt: Date | null
  readonly droppedAt: Date | null
}

/** What is hidden and not played since, or dropped; the newest first. Null when there is no such profile. */
export async function listDismissed (
  watching: WatchingDeps,
  watcher: ProfileRef,
  viewer: MaturityScope,
): Promise<DismissedTitle[] | null> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) return null
  const embedded = new Set(profile.watchHistory.map((entry) => entry.title.toString()))
  const archived = profile.archivedUntil === null
    ? []
    : await WatchArchive.find({ profile: watcher.profile }).lean<ArchivedEntry[]>()
  return [...profile.watchHistory, ...archived.filter((entry) => !embedded.has(entry.title.toString()))]
    .filter((entry) => isAway(knownTitle(entry)))
    .sort((a, b) => putAwayAt(b) - putAwayAt(a))
    .flatMap((entry) => {
      const title = watching.catalogue.findTitle(entry.title.toString())
      return title !== null && canSee(viewer, title, watching.now())
        ? [{ title, hiddenAt: entry.hiddenAt, droppedAt: entry.droppedAt }]
        : []
    })
}

function putAwayAt ({ hiddenAt, droppedAt }: WatchEntry): number {
  return Math.max(timeOrNull(hiddenAt) ?? 0, timeOrNull(droppedAt) ?? 0)
}

/** Hidden until it is played after that moment; dropped until it is brought back. */
function isAway ({ hiddenAt, isDropped, state }: KnownTitle): boolean {
  return isDropped || (hiddenAt !== null && lastPlayed(state) <= hiddenAt)
}

/** What the continue button does: the first card that can be played now. */
export async function findContinueCard (
  watching: WatchingDeps,
  watcher: ProfileRef,
  request: Omit<ContinueRequest, 'limit'>,
): Promise<ContinueCard | null> {
  const cards = await listContinueCards(watching, watcher, { ...request, limit: 1, playableOnly: true })
  return cards?.[0] ?? null
}

function knownTitle (entry: WatchEntry): KnownTitle {
  return {
    id: entry.title.toString(),
    state: toTitleState(entry),
    hiddenAt: timeOrNull(entry.hiddenAt),
    isDropped: (entry.droppedAt ?? null) !== null,
  }
}

/** What is playing right now counts as if it had been flushed. */
function withLiveSlots (
  catalogue: Catalogue,
  profile: StoredProfile,
  slots: readonly StreamLease[],
  entries: readonly WatchEntry[],
): KnownTitle[] {
  const titles = new Map(entries.map((entry) => [entry.title.toString(), knownTitle(entry)]))
  for (const slot of slots) {
    if (!slot.profile.equals(profile._id) || !hasUnflushedEvents(slot)) continue
    const id = slot.title.toString()
    const known = titles.get(id) ?? { id, state: EMPTY_TITLE_STATE, hiddenAt: null, isDropped: false }
    const item = slot.item.toString()
    const ref = { item, place: catalogue.findItem(item)?.place ?? null }
    titles.set(id, { ...known, state: advanceTitle(known.state, ref, toLeaseItemState(slot)) })
  }
  return [...titles.values()]
}

/** As many cards as are asked for: titles beyond them are not looked at. */
function cardsOf (watching: WatchingDeps, request: ContinueRequest, titles: readonly KnownTitle[]): ContinueCard[] {
  const cards: ContinueCard[] = []
  const newestFirst = titles.filter((title) => !isAway(title))
    .map((title) => ({ ...title, activity: lastActivity(title.state) }))
    .sort((a, b) => b.activity - a.activity || (a.id < b.id ? -1 : 1))
  for (const { id, state } of newestFirst) {
    if (cards.length === request.limit) break
    const card = toCard(watching, request, id, state)
    if (card !== null && (request.playableOnly !== true || card.waiting === null)) cards.push(card)
  }
  return cards
}

function toCard (
  watching: WatchingDeps,
  request: CardRequest,
  titleId: string,
  state: TitleState,
): ContinueCard | null {
  const { catalogue, now } = watching
  const title = catalogue.findTitle(titleId)
  if (title === null || !canSee(request.viewer, title, now())) return null
  const card = decideCard(state, title)
  const item = card === null ? null : itemOf(catalogue, title, card)
  if (card === null || item === null) return null
  return {
    title,
    item,
    kind: card.kind === 'resume' ? 'resume' : 'next',
    positionMs: card.kind === 'resume' ? card.state.positionMs : 0,
    durationMs: card.kind === 'resume' ? card.state.durationMs : durationOf(catalogue, item),
    lastWatchedAt: new Date(lastActivity(state)),
    reason: reasonOf(catalogue, card),
    waiting: waitingFor(watching, item, request.planMaxHeight),
    pass: state.pass,
    skippedBefore: state.skipped,
  }
}

function itemOf (catalogue: Catalogue, title: CatalogueTitle, card: Card<CatalogueItem>): CatalogueItem | null {
  if (card.kind === 'resume') return catalogue.findItem(card.item)
  return card.episode ?? title.items[0] ?? null
}

function reasonOf (catalogue: Catalogue, card: Card<CatalogueItem>): ContinueCard['reason'] {
  switch (card.kind) {
    case 'resume':
      return { code: 'half-watched', text: 'You stopped here.' }
    case 'again':
      return { code: 'watching-again', text: 'You began it again.' }
    case 'next':
      return { code: 'next-episode', text: `You watched ${nameOf(catalogue, card.after)}.` }
  }
}

function nameOf (catalogue: Catalogue, { item, place }: EndedItem): string {
  const known = catalogue.findItem(item)
  if (known?.season === 0) return `the special “${known.name ?? ''}”`
  const numbers = known ?? place
  return numbers === null ? 'the one before' : `season ${numbers.season}, episode ${numbers.episode}`
}

function waitingFor (
  { catalogue, now }: WatchingDeps,
  item: CatalogueItem,
  planMaxHeight: number,
): PendingReason | null {
  if (!hasAired(item, now())) {
    return { code: 'not-aired', text: `It airs on ${item.airDate ?? 'a day to come'}.`, from: item.airDate }
  }
  const files = readyFilesOf(catalogue, item.id)
  if (files.length === 0) return { code: 'no-media', text: 'There is nothing to play yet.', from: null }
  if (withinPlan(files, planMaxHeight).length === 0) {
    return { code: 'plan', text: 'This plan cannot play any of its files.', from: null }
  }
  return null
}

/** What follows an item that was just finished: the next episode, if this viewer can play it now. */
export function nextCard (
  watching: WatchingDeps,
  request: CardRequest,
  titleId: string,
  state: TitleState,
): ContinueCard | null {
  const card = toCard(watching, request, titleId, state)
  return card?.kind === 'next' && card.waiting === null ? card : null
}
