// View of the rows of the home page.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { FilledRow } from '../home/home.js'
import type { HomeRow } from '../schemas/home.js'
import { toCard, toItem } from './cards.js'
import { toContinueCard } from './continue-watching.js'

export function toHomeRow ({ id, title, cards }: FilledRow, nextCursor: string | null, localiser: Localiser): HomeRow {
  if (cards.kind === 'continue') {
    const items = cards.items.map((card) => toContinueCard(card, localiser))
    return { kind: 'continue', id, title, items, nextCursor }
  }
  const items = cards.items.map((card) => ({
    ...toCard(card.title, card.state, localiser),
    ...(card.episode === undefined ? {} : { episode: toItem(card.title, card.episode, localiser) }),
  }))
  return { kind: 'titles', id, title, items, nextCursor }
}
