// View of the change feed.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { FeedPage } from '../changes/read-changes.js'
import type { Changes } from '../schemas/changes.js'
import { toCard } from './cards.js'

export function toChanges ({ changes, isReset }: FeedPage, cursor: string, localiser: Localiser): Changes {
  const items = changes.map(({ kind, card }) => ({
    kind,
    title: card === null ? null : toCard(card.title, card.state, localiser),
  }))
  return { items, reset: isReset, cursor }
}
