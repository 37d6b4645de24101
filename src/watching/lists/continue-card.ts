// Builds the continue-watching card of a title from its state and the catalogue.
import { createPlayableCheck } from '../../catalogue/queries/playable-formats.js'
import { findVisibleTitle } from '../../catalogue/queries/find-visible.js'
import {
  itemDurationMs,
  readyFiles,
  type Catalogue,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import { filterByPlanHeight } from '../../domain/file-choice.js'
import type { MaturityScope } from '../../domain/maturity.js'
import { decideCard, lastActivityAt, type Card, type EndedItem, type TitleState } from '../../domain/next-up.js'
import { hasAired } from '../../domain/watch-order.js'
import type { WatchingDeps } from '../deps.js'

export interface ContinueCard {
  readonly title: CatalogueTitle
  /** Whether the plan can play any item of the title. */
  readonly isTitlePlayable: boolean
  readonly item: CatalogueItem
  readonly kind: 'resume' | 'next'
  readonly positionMs: number
  readonly durationMs: number | null
  readonly lastWatchedAt: Date
  readonly reason: { readonly code: string, readonly text: string }
  /** Null when the item can be played now. */
  readonly pendingReason: PendingReason | null
  /** 1 for the first run through the title; each rewatch adds 1. */
  readonly runNumber: number
  /** Regular episodes before this one that were not watched in this run. */
  readonly skippedBefore: number
}

/** Why an item cannot be played yet. */
export interface PendingReason {
  readonly code: 'not-aired' | 'no-media' | 'plan'
  readonly text: string
  /** First date on which the item can be played, RFC 3339 full-date; null when it is unknown. */
  readonly from: string | null
}

/** The limits of the profile and the account that see the card. */
export interface CardRequest {
  readonly scope: MaturityScope
  /** Pixels. */
  readonly planMaxHeight: number
}

/** @returns null when the title has no card, and when the profile may not see it */
export function buildContinueCard (
  watching: WatchingDeps,
  { scope, planMaxHeight }: CardRequest,
  titleId: string,
  state: TitleState,
): ContinueCard | null {
  const { catalogue, now } = watching
  const title = findVisibleTitle(catalogue, scope, titleId, now())
  if (title === null) return null
  const card = decideCard(state, title, (itemId) => catalogue.findItem(itemId))
  const item = card === null ? null : findCardItem(catalogue, title, card)
  if (card === null || item === null) return null
  const pendingReason = findPendingReason(watching, item, planMaxHeight)
  return {
    title,
    isTitlePlayable: pendingReason === null || createPlayableCheck(catalogue, planMaxHeight)(title),
    item,
    kind: card.kind === 'resume' ? 'resume' : 'next',
    positionMs: card.kind === 'resume' ? card.state.positionMs : 0,
    durationMs: card.kind === 'resume' ? card.state.durationMs : itemDurationMs(catalogue, item),
    lastWatchedAt: new Date(lastActivityAt(state)),
    reason: explainCard(catalogue, card),
    pendingReason,
    runNumber: state.runNumber,
    skippedBefore: state.skipped,
  }
}

/**
 * Builds the card to offer after a playback: that of continue watching, unless it resumes the item that was stopped.
 * @param stoppedItemId null for a deleted item
 * @returns null also when the item of the card cannot be played now
 */
export function findNextCard (
  watching: WatchingDeps,
  request: CardRequest,
  titleId: string,
  stoppedItemId: string | null,
  state: TitleState,
): ContinueCard | null {
  const card = buildContinueCard(watching, request, titleId, state)
  if (card === null || card.pendingReason !== null) return null
  return card.kind === 'resume' && card.item.id === stoppedItemId ? null : card
}

function findCardItem (catalogue: Catalogue, title: CatalogueTitle, card: Card<CatalogueItem>): CatalogueItem | null {
  if (card.kind === 'resume') return catalogue.findItem(card.item)
  return card.episode ?? title.items[0] ?? null
}

function explainCard (catalogue: Catalogue, card: Card<CatalogueItem>): ContinueCard['reason'] {
  switch (card.kind) {
    case 'resume':
      return { code: 'half-watched', text: 'You stopped here.' }
    case 'again':
      return { code: 'watching-again', text: 'You started it again.' }
    case 'next':
      return { code: 'next-episode', text: `You watched ${describeEnded(catalogue, card.after)}.` }
  }
}

/** Describes an episode; a deleted one has only its order key. */
function describeEnded (catalogue: Catalogue, { item: itemId, orderKey }: EndedItem): string {
  const item = catalogue.findItem(itemId)
  if (item?.season === 0) return `the special “${item.name ?? ''}”`
  const { season, episode } = item ?? orderKey
  return `season ${season}, episode ${episode}`
}

function findPendingReason (
  { catalogue, now }: WatchingDeps,
  item: CatalogueItem,
  planMaxHeight: number,
): PendingReason | null {
  if (!hasAired(item, now())) {
    return { code: 'not-aired', text: `It airs on ${item.airDate ?? 'a later date'}.`, from: item.airDate }
  }
  const files = readyFiles(catalogue, item.id)
  if (files.length === 0) return { code: 'no-media', text: 'It has no media file yet.', from: null }
  if (filterByPlanHeight(files, planMaxHeight).length === 0) {
    return { code: 'plan', text: 'Every file has a higher resolution than this plan.', from: null }
  }
  return null
}
