// Titles as administrators list them: published or not, with the state of their media.
import { Type, type Static } from 'typebox'
import { Id, nullable, Placeholder, Timestamp } from './common.js'
import { TitleKind } from './titles.js'

export const AdminTitle = Type.Object({
  id: Id,
  kind: TitleKind,
  title: Type.String({ description: 'Title in the language of the catalogue' }),
  year: nullable(Type.Integer(), 'Year of release; null: unknown'),
  posterUrl: nullable(Type.String(), 'URL of the poster; null: none'),
  posterPlaceholder: Placeholder('poster'),
  published: Type.Boolean({ description: 'Whether viewers can see it' }),
  availableFrom: nullable(Timestamp, 'Viewers can see it from then on; null: always'),
  availableUntil: nullable(Timestamp, 'Viewers can see it until then; null: always'),
  addedAt: Timestamp,
  itemCount: Type.Integer({ minimum: 0, description: 'Number of episodes; 1 for a movie' }),
  playableItemCount: Type.Integer({ minimum: 0, description: 'Number of them that have a media file to play' }),
}, { $id: 'AdminTitle', description: 'Summary of a movie or show for administrators' })
export type AdminTitle = Static<typeof AdminTitle>

export const PublicationResult = Type.Object({
  titleId: Id,
  result: Type.Enum(['changed', 'unchanged', 'not-found', 'failed'], {
    title: 'PublicationOutcome',
    description: 'What happened to the title; unchanged: it was published or unpublished already',
  }),
  failure: nullable(
    Type.Object({
      code: Type.String({ description: 'Problem code', examples: ['edit-conflict'] }),
      detail: Type.String({ description: 'Text for people' }),
    }, { title: 'PublicationFailure', description: 'Why a title was not changed' }),
    'Reason of the failure; null: not failed',
  ),
}, { $id: 'PublicationResult', description: 'Result of publishing one of many titles' })
