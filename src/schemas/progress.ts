// Progress of a profile in movies and episodes, and the events that report it.
import { Type, type Static } from 'typebox'
import {
  describe,
  DurationMs,
  InvalidField,
  Id,
  nullable,
  PositionMs,
  ref,
  strict,
  Timestamp,
  timestamp,
} from './common.js'

export const progressEvent = {
  positionMs: PositionMs,
  at: timestamp("Client's time of the event; a time in the future counts as the time of the server"),
  watchedMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 60 * 86_400_000,
      description: 'Time actually played so far in this play, ms; never decreases',
    }),
  ),
  eventId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[\\w.:-]+$',
      description: 'Orders events of the same time; the greatest wins',
    }),
  ),
}
const PlayId = Type.String({
  pattern: '^([0-9a-f]{24}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
  description: 'Play of the item that the event belongs to: a UUID from the client, or a streamId. Several items may ' +
    'have the same ID: each item has its own play',
})

export const ProgressBody = strict({ ...progressEvent, playId: Type.Optional(PlayId) })
export type ProgressBody = Static<typeof ProgressBody>
export const MAX_BATCH_EVENTS = 1_000
export const BatchEvent = strict({ itemId: Id, ...progressEvent, playId: Type.Optional(PlayId) }, {
  title: 'BatchEvent',
  description: 'A progress event of an item',
})
export type BatchEvent = Static<typeof BatchEvent>
export const BatchBody = strict({
  events: Type.Array(BatchEvent, {
    minItems: 1,
    maxItems: MAX_BATCH_EVENTS,
    description: 'Events in any order',
  }),
})

export const Progress = Type.Object({
  positionMs: Type.Integer({ description: 'Exact last position, also when finished, ms from the start' }),
  durationMs: nullable(DurationMs, 'Duration, ms; null: unknown'),
  watchedMs: Type.Integer({ description: 'Time actually played since it was last finished, ms' }),
  started: Type.Boolean({ description: 'Whether playback was started' }),
  finished: Type.Boolean({ description: 'Whether it was watched to the end' }),
  finishedAt: nullable(Timestamp, 'When it was finished; null: not finished'),
  lastWatchedAt: Timestamp,
}, { $id: 'Progress', description: 'Progress in a movie or an episode' })
export type Progress = Static<typeof Progress>

export const BatchResult = Type.Object({
  status: Type.Integer({ description: 'HTTP status that the event would get on its own' }),
  itemId: Type.Optional(describe(Id, 'ID of the item; omitted: the event has no valid one')),
  progress: Type.Optional(
    nullable(ref(Progress), 'Progress of the item after the whole batch; null: none; omitted: rejected'),
  ),
  code: Type.Optional(Type.String({ description: 'Problem code; only if rejected' })),
  detail: Type.Optional(Type.String({ description: 'Problem detail; only if rejected' })),
  errors: Type.Optional(
    Type.Array(InvalidField, {
      description: 'Invalid fields, by pointers into the request body; only with `validation-failed`',
    }),
  ),
}, { title: 'BatchResult', description: 'Result of one event of a batch' })
export type BatchResult = Static<typeof BatchResult>
