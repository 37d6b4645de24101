// The watch history of a profile, and undo.
import { Type, type Static } from 'typebox'
import { describe, DurationMs, Id, nullable, Placeholder, ref, Timestamp } from './common.js'
import { Item, TitleKind } from './titles.js'

export const Undo = Type.Object({
  undo: Type.String({
    pattern: '^[0-9a-f]{24}$',
    description: 'ID for `undo/{undoId}`, which restores the previous state exactly',
  }),
  undoUntil: describe(Timestamp, 'Time until which undo is possible, RFC 3339 in UTC'),
}, { $id: 'Undo', description: 'Permission to undo the request' })
export type Undo = Static<typeof Undo>

const PlayedTitle = Type.Object({
  id: Id,
  kind: TitleKind,
  title: Type.String({ description: 'Title of the movie or show' }),
  posterUrl: nullable(
    Type.String(),
    'URL of its current poster; relative to the service for uploaded posters; null: none, or no longer visible',
  ),
  posterPlaceholder: Placeholder('poster'),
}, { title: 'PlayedTitle', description: 'Title as it was named when it was played; it may no longer exist' })

export const HistoryItem = Type.Object({
  id: Id,
  title: PlayedTitle,
  item: ref(Item),
  startedAt: Timestamp,
  lastWatchedAt: Timestamp,
  positionMs: Type.Integer({ description: 'Position where the play stopped, ms from the start' }),
  durationMs: nullable(DurationMs, 'Duration of the item, ms; null: unknown'),
  watchedMs: Type.Integer({ description: 'Time actually played in this play, ms' }),
  finished: Type.Boolean({ description: 'Whether this play reached the end' }),
}, { $id: 'HistoryItem', description: 'One play of a movie or an episode' })
export type HistoryItem = Static<typeof HistoryItem>

export const HistoryGroup = Type.Object({
  title: PlayedTitle,
  plays: Type.Integer({ description: 'Number of plays that pass the filters' }),
  firstWatchedAt: Timestamp,
  last: ref(HistoryItem),
}, { $id: 'HistoryGroup', description: 'The plays of one title' })
export type HistoryGroup = Static<typeof HistoryGroup>
