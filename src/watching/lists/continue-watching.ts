// Lists continue watching: one card per title, newest activity first. Reads the watch history entries, the live leases
// and the catalogue in memory, but no plays.
import type { StreamLease } from '../../../models/account-streams.js'
import type { Catalogue } from '../../catalogue/store/catalogue.js'
import { advanceTitle, EMPTY_TITLE_STATE, lastActivityAt } from '../../domain/next-up.js'
import type { CachedEntry, CachedProfile } from '../cached-profile.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { MAX_ARCHIVED_ENTRIES } from '../profile-states.js'
import { hasUnflushedEvents } from '../streams/resume-position.js'
import { toLeaseItemState } from '../streams/stream-leases.js'
import { buildContinueCard, type CardRequest, type ContinueCard } from './continue-card.js'
import { isDismissed } from './dismissals.js'

/** Entries that a list considers, embedded and archived ones together. */
const MAX_ENTRIES = MAX_ARCHIVED_ENTRIES
/** Time windows that are searched in the archive, back from its newest entry, until the list is full. */
const ARCHIVE_WINDOWS_MS = [...[30, 180, 730].map((days) => days * 86_400_000), Infinity]

export interface ContinueRequest extends CardRequest {
  readonly limit: number
  /** Leaves out cards with a pending reason. */
  readonly playableOnly?: boolean
}

/** A title with its state, before the list decides about its card. */
type TitleCandidate = Pick<CachedEntry, 'titleId' | 'state' | 'hiddenAt' | 'droppedAt'>

/** Lists the cards of a profile; null without such a profile. */
export async function listContinueCards (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: ContinueRequest,
): Promise<ContinueCard[] | null> {
  const [profile, leases] = await Promise.all([
    watching.states.findProfile(ref),
    watching.states.findLeases(ref.account),
  ])
  return profile === null ? null : await listCardsOfProfile(watching, profile, leases, request)
}

/** Lists the cards of a profile that was read before, with the leases of its account. */
export async function listCardsOfProfile (
  watching: WatchingDeps,
  profile: CachedProfile,
  leases: readonly StreamLease[],
  request: ContinueRequest,
): Promise<ContinueCard[]> {
  const entries = new Map(profile.entries)
  for (const entry of await findArchivedOfLeases(watching, profile, leases)) entries.set(entry.titleId, entry)
  const buildCardsSoFar = (): ContinueCard[] =>
    buildCards(watching, request, listCandidates(watching.catalogue, profile, leases, entries))
  let cards = buildCardsSoFar()
  // The archive is needed while the list is not full, and while an archived entry may be newer than the last card.
  let unreadUntil = profile.archivedUntil ?? -Infinity
  for (const window of ARCHIVE_WINDOWS_MS) {
    const last = cards[request.limit - 1]
    const isFull = last !== undefined && last.lastWatchedAt.getTime() > unreadUntil
    if (unreadUntil < 0 || isFull || entries.size >= MAX_ENTRIES) break
    const since = Math.max(0, (profile.archivedUntil ?? 0) - window)
    const archived = await watching.states.findArchivedBetween(profile.id, since, unreadUntil)
    for (const entry of archived) if (!entries.has(entry.titleId)) entries.set(entry.titleId, entry)
    unreadUntil = since - 1
    if (archived.length > 0) cards = buildCardsSoFar()
  }
  return cards
}

/** Finds the first card that can be played now, for the continue button. */
export async function findContinueCard (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: CardRequest,
): Promise<ContinueCard | null> {
  const cards = await listContinueCards(watching, ref, { ...request, limit: 1, playableOnly: true })
  return cards?.[0] ?? null
}

/** Finds the archived entries of what plays, whose decisions apply however far the list reads the archive. */
async function findArchivedOfLeases (
  { states }: WatchingDeps,
  profile: CachedProfile,
  leases: readonly StreamLease[],
): Promise<readonly CachedEntry[]> {
  if (profile.archivedUntil === null) return []
  const titleIds = unflushedLeases(profile, leases).map(({ title }) => title.toString())
  const missing = [...new Set(titleIds)].filter((id) => !profile.entries.has(id))
  return missing.length === 0 ? [] : await states.findArchived(profile.id, missing)
}

function unflushedLeases ({ id }: CachedProfile, leases: readonly StreamLease[]): StreamLease[] {
  return leases.filter((lease) => hasUnflushedEvents(lease) && lease.profile.toString() === id)
}

/** Combines the entries with the live leases, as if these were flushed. */
function listCandidates (
  catalogue: Catalogue,
  profile: CachedProfile,
  leases: readonly StreamLease[],
  entries: ReadonlyMap<string, CachedEntry>,
): Iterable<TitleCandidate> {
  const live = unflushedLeases(profile, leases)
  if (live.length === 0) return entries.values()
  const candidates = new Map<string, TitleCandidate>(entries)
  for (const lease of live) {
    const id = lease.title.toString()
    const candidate = candidates.get(id) ?? { titleId: id, state: EMPTY_TITLE_STATE, hiddenAt: null, droppedAt: null }
    const itemId = lease.item.toString()
    const item = { item: itemId, orderKey: catalogue.findItem(itemId)?.orderKey ?? null }
    candidates.set(id, { ...candidate, state: advanceTitle(candidate.state, item, toLeaseItemState(lease)) })
  }
  return candidates.values()
}

/** Builds cards until the list is full. */
function buildCards (
  watching: WatchingDeps,
  request: ContinueRequest,
  candidates: Iterable<TitleCandidate>,
): ContinueCard[] {
  const cards: ContinueCard[] = []
  const newestFirst = [...candidates].filter((candidate) => !isDismissed(candidate, candidate.state))
    .map(({ titleId, state }) => ({ titleId, state, activityAt: lastActivityAt(state) }))
    .sort((a, b) => b.activityAt - a.activityAt || (a.titleId < b.titleId ? -1 : 1))
  for (const { titleId, state } of newestFirst) {
    if (cards.length === request.limit) break
    const card = buildContinueCard(watching, request, titleId, state)
    if (card !== null && (request.playableOnly !== true || card.pendingReason === null)) cards.push(card)
  }
  return cards
}
