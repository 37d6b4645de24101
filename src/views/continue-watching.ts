// Views of continue watching: cards, and titles that were hidden or dropped.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { ContinueCard, DismissedTitle } from '../schemas/continue-watching.js'
import type { ContinueCard as StoredContinueCard } from '../watching/lists/continue-card.js'
import type { DismissedTitle as StoredDismissedTitle } from '../watching/lists/dismissals.js'
import type { CardTexts } from './card-texts.js'
import { toCard, toItem } from './cards.js'

export function toContinueCard (card: StoredContinueCard, localiser?: Localiser): ContinueCard {
  return {
    title: toCard(card.title, card.isTitlePlayable, undefined, localiser),
    ...toFieldsBesideTitle(card, localiser),
  }
}

/** Writes a `ContinueCard` of the API as JSON. */
export function writeContinueCard (cardTexts: CardTexts, card: StoredContinueCard, localiser: Localiser): string {
  const fields = JSON.stringify(toFieldsBesideTitle(card, localiser))
  return `{"title":${cardTexts.write(card.title, localiser, card.isTitlePlayable)},${fields.slice(1)}`
}

function toFieldsBesideTitle (card: StoredContinueCard, localiser?: Localiser): Omit<ContinueCard, 'title'> {
  return {
    item: toItem(card.title, card.item, localiser),
    kind: card.kind,
    positionMs: card.positionMs,
    durationMs: card.durationMs,
    lastWatchedAt: card.lastWatchedAt.toISOString(),
    reason: card.reason,
    waiting: card.pendingReason,
    pass: card.runNumber,
    skippedBefore: card.skippedBefore,
  }
}

export function toDismissedTitle (
  { title, hiddenAt, droppedAt }: StoredDismissedTitle,
  isPlayable: boolean,
  localiser: Localiser,
): DismissedTitle {
  return {
    title: toCard(title, isPlayable, undefined, localiser),
    hiddenAt: hiddenAt?.toISOString() ?? null,
    droppedAt: droppedAt?.toISOString() ?? null,
  }
}
