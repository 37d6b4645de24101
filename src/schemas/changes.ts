// The change feed on the wire.
import { Type, type Static } from 'typebox'
import { CHANGE_KINDS } from '../domain/vocabulary.js'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { FeedPage } from '../changes/read-changes.js'
import { Card, toCard } from './catalogue.js'
import { nullable, ref } from './common.js'

const Change = Type.Object({
  kind: Type.Enum([...CHANGE_KINDS], {
    description:
      'watching: progress, and with it continue watching · wishlist · rating · history: all of it was cleared or brought back · catalogue: the title, or what can be played of it',
  }),
  title: nullable(ref(Card), 'With its present state; null: any title, or one that is not there any more'),
}, { $id: 'Change' })

export const Changes = Type.Object({
  items: Type.Array(ref(Change), { description: 'Of one kind and title only the newest' }),
  reset: Type.Boolean({ description: 'More has changed than is remembered: read everything again' }),
  cursor: Type.String({ description: 'Pass it as since to hear what comes after' }),
}, { $id: 'Changes' })
export const changeSchemas = [Change, Changes] as const

export function toChanges (
  { changes, isReset }: FeedPage,
  cursor: string,
  localiser: Localiser,
): Static<typeof Changes> {
  const items = changes.map(({ kind, card }) => ({
    kind,
    title: card === null ? null : toCard(card.title, card.state, localiser),
  }))
  return { items, reset: isReset, cursor }
}
