// People of the catalogue with their titles.
import { Type, type Static } from 'typebox'
import { Id, NextCursor, nullable, ref } from './common.js'
import { Card } from './titles.js'

const person = {
  id: Id,
  name: Type.String({ description: 'Name of the person' }),
  titleCount: Type.Integer({ description: 'Number of titles that are visible to the caller' }),
}
export const Person = Type.Object(person, { $id: 'Person' })
export type Person = Static<typeof Person>

export const PersonDetail = Type.Object({
  ...person,
  items: Type.Array(
    Type.Object({
      title: ref(Card),
      credits: Type.Array(
        Type.Object({
          department: Type.Enum(['cast', 'crew'], { description: 'Cast or crew' }),
          role: nullable(Type.String(), 'Character or job; null: not stated'),
        }),
        { description: 'Credits of the person in the title' },
      ),
    }),
    { description: 'Titles, newest first' },
  ),
  nextCursor: NextCursor,
}, { $id: 'PersonDetail' })
export type PersonDetail = Static<typeof PersonDetail>
