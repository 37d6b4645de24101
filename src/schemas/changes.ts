// The change feed of a profile.
import { Type, type Static } from 'typebox'
import { CHANGE_KINDS } from '../domain/vocabulary.js'
import { nullable, ref } from './common.js'
import { Card } from './titles.js'

export const Change = Type.Object({
  kind: Type.Enum([...CHANGE_KINDS], {
    description:
      'watching: progress and continue watching · wishlist · rating · history: all of it was cleared or restored · ' +
      'catalogue: the title or its media files',
  }),
  title: nullable(ref(Card), 'Title in its current state; null: any title, or one that no longer exists'),
}, { $id: 'Change' })

export const Changes = Type.Object({
  items: Type.Array(ref(Change), { description: 'Changes; of each kind and title only the newest' }),
  reset: Type.Boolean({ description: 'Whether changes are missing: the client must reload everything' }),
  cursor: Type.String({ description: 'Send it as `since` to get later changes' }),
}, { $id: 'Changes' })
export type Changes = Static<typeof Changes>
