// The change feed of a profile.
import { Type, type Static } from 'typebox'
import { CHANGE_KINDS } from '../domain/vocabulary.js'
import { Cursor, describe, nullable, ref, strict, Timestamp } from './common.js'
import { Card } from './titles.js'

export const ChangesQuery = strict({
  since: Type.Optional(describe(Cursor, 'cursor of the previous response; omitted: the feed starts now')),
})
export const ChangesHeaders = Type.Object({
  'last-event-id': Type.Optional(Type.String({ maxLength: 600, description: 'ID of the last event received' })),
})

export const Change = Type.Object({
  kind: Type.Enum([...CHANGE_KINDS], {
    title: 'ChangeKind',
    description:
      'watching: progress and continue watching · wishlist · rating · history: all of it was cleared or restored · ' +
      'catalogue: the title or its media files · account: its plan, role, email, profiles or sessions · streams: a ' +
      'stream of the account started or ended',
  }),
  title: nullable(
    ref(Card),
    'Title in its current state; null: any title, one that no longer exists, or a change of the account',
  ),
}, { $id: 'Change', description: 'A change of a title, of a list of the profile, or of the account' })

export const Changes = Type.Object({
  items: Type.Array(ref(Change), { description: 'Changes; of each kind and title only the newest' }),
  reset: Type.Boolean({ description: 'Whether changes are missing: the client must reload everything' }),
  cursor: Type.String({ description: 'Send it as `since` to get later changes' }),
}, { $id: 'Changes', description: 'Changes after a cursor' })
export const ChangeFeedUrl = Type.Object({
  url: Type.String({ description: 'Signed URL of the event stream, relative to the service' }),
  expiresAt: describe(Timestamp, 'Until then the feed can be opened; an open feed continues'),
}, { $id: 'ChangeFeedUrl', description: 'Signed URL of a change feed' })

export type Changes = Static<typeof Changes>
