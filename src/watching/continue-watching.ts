// Continue watching: one card a title, newest activity first, from the account's entries, the live slots and the
// catalogue in memory; plays are never read.
import { findProfileWatching, type StoredProfile } from '../../models/account.js'
import { findSlots, type StreamSlot } from '../../models/account-streams.js'
import { WatchArchive, type ArchivedEntry } from '../../models/watch-archive.js'
import { titleStateOf, type WatchEntry } from '../../models/watch-entry.js'
import { durationOf, readyFilesOf, type Catalogue, type CatalogueItem, type CatalogueTitle } from '../catalogue/snapshot.js'
import { withinPlan } from '../domain/file-choice.js'
import { canSee, type Viewer } from '../domain/maturity.js'
import { advanceTitle, decideCard, EMPTY_TITLE_STATE, lastActivity, type TitleState } from '../domain/next-up.js'
import { slotState } from './slots.js'
import type { Watcher, Watching } from './watching.js'
import { hasNews } from './where.js'

/** How far back beyond the embedded entries a list looks. */
const ARCHIVE_DEPTH = 200

export interface ContinueCard {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly kind: 'resume' | 'next'
  readonly positionMs: number
  readonly durationMs: number | null
  readonly lastWatchedAt: Date
  readonly reason: { readonly code: string, readonly text: string }
  /** Why it cannot be played just now; null when it can. */
  readonly waiting: { readonly code: 'no-media' | 'plan', readonly text: string } | null
}

export interface ContinueRequest {
  readonly viewer: Viewer
  readonly planMaxHeight: number
  readonly limit: number
}

interface KnownTitle { readonly id: string, readonly state: TitleState, readonly hiddenAt: number | null }

/** The cards of a profile; null when there is no such profile. */
export async function listContinueCards (watching: Watching, watcher: Watcher, request: ContinueRequest): Promise<ContinueCard[] | null> {
  const [profile, slots] = await Promise.all([findProfileWatching(watcher.account, watcher.profile), findSlots(watcher.account)])
  if (profile === null) return null
  const known = withLiveSlots(profile, slots)
  const cards = cardsOf(watching, request, known).slice(0, request.limit)
  const last = cards[request.limit - 1]
  // The archive matters only when the page is not full without it, or something in it is newer than the last card.
  if (profile.archivedUntil === null || (last !== undefined && last.lastWatchedAt > profile.archivedUntil)) return cards
  const present = new Set(known.map(({ id }) => id))
  const archived = await WatchArchive.find({ profile: watcher.profile }).sort({ activityAt: -1 }).limit(ARCHIVE_DEPTH).lean<ArchivedEntry[]>()
  const older = archived.map(knownTitle).filter(({ id }) => !present.has(id))
  return cardsOf(watching, request, [...known, ...older]).slice(0, request.limit)
}

function knownTitle (entry: WatchEntry): KnownTitle {
  return { id: entry.title.toString(), state: titleStateOf(entry), hiddenAt: entry.hiddenAt?.getTime() ?? null }
}

/** What is playing right now counts as if it had been flushed. */
function withLiveSlots (profile: StoredProfile, slots: readonly StreamSlot[]): KnownTitle[] {
  const titles = new Map(profile.watchHistory.map((entry) => [entry.title.toString(), knownTitle(entry)]))
  for (const slot of slots) {
    if (!slot.profile.equals(profile._id) || !hasNews(slot)) continue
    const id = slot.title.toString()
    const known = titles.get(id) ?? { id, state: EMPTY_TITLE_STATE, hiddenAt: null }
    const ref = { item: slot.item.toString(), season: slot.season, episode: slot.episode }
    titles.set(id, { ...known, state: advanceTitle(known.state, ref, slotState(slot)) })
  }
  return [...titles.values()]
}

function cardsOf (watching: Watching, request: ContinueRequest, titles: readonly KnownTitle[]): ContinueCard[] {
  return titles
    .filter((title) => title.hiddenAt === null || lastActivity(title.state) > title.hiddenAt)
    .sort((a, b) => lastActivity(b.state) - lastActivity(a.state) || (a.id < b.id ? -1 : 1))
    .map((title) => toCard(watching, request, title))
    .filter((card) => card !== null)
}

function toCard ({ catalogue, now }: Watching, request: ContinueRequest, known: KnownTitle): ContinueCard | null {
  const title = catalogue.findTitle(known.id)
  if (title === null || !canSee(request.viewer, title, now())) return null
  const card = decideCard(known.state, title.order)
  if (card === null) return null
  const lastWatchedAt = new Date(lastActivity(known.state))
  if (card.kind === 'resume') {
    const item = catalogue.findItem(card.item.item)
    if (item === null) return null
    return {
      title,
      item,
      kind: 'resume',
      positionMs: card.state.positionMs,
      durationMs: card.state.durationMs,
      lastWatchedAt,
      reason: { code: 'half-watched', text: 'You stopped here.' },
      waiting: waitingFor(catalogue, item, request.planMaxHeight),
    }
  }
  const item = card.episode
  if (!hasAired(item, now()) || waitingFor(catalogue, item, request.planMaxHeight) !== null) return null
  return {
    title,
    item,
    kind: 'next',
    positionMs: 0,
    durationMs: durationOf(catalogue, item),
    lastWatchedAt,
    reason: { code: 'next-episode', text: `You watched season ${card.after.season}, episode ${card.after.episode}.` },
    waiting: null,
  }
}

/** An episode airs on its date, UTC; without a date it has aired. */
export function hasAired (item: CatalogueItem, now: Date): boolean {
  return item.airDate === null || item.airDate <= now.toISOString().slice(0, 10)
}

function waitingFor (catalogue: Catalogue, item: CatalogueItem, planMaxHeight: number): ContinueCard['waiting'] {
  const files = readyFilesOf(catalogue, item.id)
  if (files.length === 0) return { code: 'no-media', text: 'There is nothing to play yet.' }
  if (withinPlan(files, planMaxHeight).length === 0) return { code: 'plan', text: 'This plan cannot play any of its files.' }
  return null
}

/** What follows an item that was just finished: the next episode this viewer can play. */
export function nextCard (watching: Watching, request: ContinueRequest, title: CatalogueTitle, state: TitleState): ContinueCard | null {
  const card = toCard(watching, request, { id: title.id, state, hiddenAt: null })
  return card?.kind === 'next' ? card : null
}
