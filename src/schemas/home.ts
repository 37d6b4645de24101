// The home page of a profile: rows of cards.
import { Type, type Static } from 'typebox'
import { Id, NextCursor, nullable, ref } from './common.js'
import { ContinueCard } from './continue-watching.js'
import { Card, Item } from './titles.js'

export const RowId = Type.String({
  pattern: '^[\\p{L}\\p{N}-]{1,100}$',
  description: 'ID of a row of the home page',
  examples: ['popular'],
})

export const HomeCard = Type.Object({
  ...Card.properties,
  episode: Type.Optional(ref(Item, 'New episode; only in the row of new episodes')),
}, { $id: 'HomeCard', description: 'A title in a row of the home page' })

const row = {
  id: Type.String({ description: 'Stable ID of the row; use it to get further pages', examples: ['popular'] }),
  title: Type.String({ description: 'Heading, for people', examples: ['Popular this week'] }),
}
export const ContinueRow = Type.Object({
  kind: Type.Enum(['continue'], { description: 'Type of the cards' }),
  ...row,
  items: Type.Array(ref(ContinueCard), { description: 'Cards, most recent activity first' }),
  nextCursor: NextCursor,
}, { $id: 'ContinueRow', description: 'Row of continue-watching cards' })
export const WatchedTitle = Type.Object({
  id: Id,
  title: Type.String({ description: 'Name in the language of the response' }),
}, { $id: 'WatchedTitle', description: 'A title that the profile watched, as the reason for recommendations' })
export const TitleRow = Type.Object({
  kind: Type.Enum(['titles'], { description: 'Type of the cards' }),
  ...row,
  because: nullable(
    ref(WatchedTitle),
    'The watched title that the recommendations follow from; null for other rows. For a heading in another language',
  ),
  items: Type.Array(ref(HomeCard), { description: 'Cards in the order of the row' }),
  nextCursor: NextCursor,
}, { $id: 'TitleRow', description: 'Row of title cards' })

export const HomeRow = Type.Union([ref(ContinueRow), ref(TitleRow)], {
  title: 'HomeRow',
  description: '`kind` selects the type of the cards',
})
export type HomeRow = Static<typeof ContinueRow> | Static<typeof TitleRow>

export const HomePage = Type.Object({ rows: Type.Array(HomeRow, { description: 'Rows in their order' }) }, {
  title: 'HomePage',
  description: 'Rows of the home page',
})
