// The home page on the wire: rows of cards.
import { Type, type Static } from 'typebox'
import { Card } from './catalogue.js'
import { NextCursor, ref } from './common.js'
import { ContinueView } from './watching.js'

export const RowId = Type.String({ pattern: '^[\\p{L}\\p{N}-]{1,100}$', description: 'Of a row of the home page', examples: ['popular'] })

const row = {
  id: Type.String({ description: 'Stable; names the row when it is paged', examples: ['popular'] }),
  title: Type.String({ description: 'In words, for people', examples: ['Popular this week'] }),
}
const ContinueRow = Type.Object({ kind: Type.Enum(['continue']), ...row, items: Type.Array(ref(ContinueView)), nextCursor: NextCursor },
  { $id: 'ContinueRow', description: 'Cards as continue-watching gives them' })
const TitleRow = Type.Object({ kind: Type.Enum(['titles']), ...row, items: Type.Array(ref(Card)), nextCursor: NextCursor }, { $id: 'TitleRow' })
export const homeSchemas = [ContinueRow, TitleRow] as const

export const HomeRow = Type.Union([ref(ContinueRow), ref(TitleRow)], { description: '`kind` tells which cards it holds' })
export type HomeRowView = Static<typeof ContinueRow> | Static<typeof TitleRow>
