// The home page on the wire: rows of cards.
import { Type, type Static } from 'typebox'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { FilledRow } from '../home/home.js'
import { Card, toCard } from './catalogue.js'
import { NextCursor, ref } from './common.js'
import { ContinueView, ItemView, toContinueCard, toItem } from './watching.js'

export const RowId = Type.String({
  pattern: '^[\\p{L}\\p{N}-]{1,100}$',
  description: 'Of a row of the home page',
  examples: ['popular'],
})

const HomeCard = Type.Object({
  ...Card.properties,
  episode: Type.Optional(
    Type.Unsafe<Static<typeof ItemView>>({
      ...ref(ItemView),
      description: 'The new episode; in the row of new episodes only',
    }),
  ),
}, { $id: 'HomeCard' })

const row = {
  id: Type.String({ description: 'Stable; names the row when it is paged', examples: ['popular'] }),
  title: Type.String({ description: 'In words, for people', examples: ['Popular this week'] }),
}
const ContinueRow = Type.Object({
  kind: Type.Enum(['continue']),
  ...row,
  items: Type.Array(ref(ContinueView)),
  nextCursor: NextCursor,
}, { $id: 'ContinueRow', description: 'Cards as continue-watching gives them' })
const TitleRow = Type.Object({
  kind: Type.Enum(['titles']),
  ...row,
  items: Type.Array(ref(HomeCard)),
  nextCursor: NextCursor,
}, { $id: 'TitleRow' })
export const homeSchemas = [HomeCard, ContinueRow, TitleRow] as const

export const HomeRow = Type.Union([ref(ContinueRow), ref(TitleRow)], {
  description: '`kind` tells which cards it holds',
})
export type HomeRowView = Static<typeof ContinueRow> | Static<typeof TitleRow>

export function toHomeRow (
  { id, title, cards }: FilledRow,
  nextCursor: string | null,
  localiser: Localiser,
): HomeRowView {
  if (cards.kind === 'continue') {
    return {
      kind: 'continue',
      id,
      title,
      items: cards.items.map((card) => toContinueCard(card, localiser)),
      nextCursor,
    }
  }
  const items = cards.items.map((card) => ({
    ...toCard(card.title, card.state, localiser),
    ...(card.episode === undefined ? {} : { episode: toItem(card.title, card.episode, localiser) }),
  }))
  return { kind: 'titles', id, title, items, nextCursor }
}
