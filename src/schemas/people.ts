// People of the catalogue with their titles.
import { Type, type Static } from 'typebox'
import { Id, NextCursor, nullable, Placeholder, ref } from './common.js'
import { Card, PictureUrl } from './titles.js'

const person = {
  id: Id,
  name: Type.String({ description: 'Name of the person' }),
  pictureUrl: PictureUrl,
  picturePlaceholder: Placeholder('picture'),
  titleCount: Type.Integer({ description: 'Number of titles that are visible to the caller' }),
}
export const Person = Type.Object(person, { $id: 'Person', description: 'A person in a list' })
export type Person = Static<typeof Person>

export const PersonDetail = Type.Object({
  ...person,
  items: Type.Array(
    Type.Object({
      title: ref(Card),
      credits: Type.Array(
        Type.Object({
          department: Type.Enum(['cast', 'crew'], { title: 'Department', description: 'Cast or crew' }),
          role: nullable(Type.String(), 'Character or job; null: not stated'),
        }, { title: 'PersonRole', description: 'What a person did in a title' }),
        { description: 'Credits of the person in the title' },
      ),
    }, { title: 'PersonTitle', description: 'A title of a person' }),
    { description: 'Titles, newest first' },
  ),
  nextCursor: NextCursor,
}, { $id: 'PersonDetail', description: 'A person with a page of their titles' })
export type PersonDetail = Static<typeof PersonDetail>
