// Continue watching: cards, and titles that were hidden or dropped.
import { Type, type Static } from 'typebox'
import { describe, DurationMs, FullDate, nullable, Reason, ref, Timestamp } from './common.js'
import { Card, Item } from './titles.js'

export const ContinueCard = Type.Object({
  title: ref(Card),
  item: ref(Item),
  kind: Type.Enum(['resume', 'next'], {
    title: 'ContinueKind',
    description: 'resume: started before; next: the next episode',
  }),
  positionMs: Type.Integer({ description: 'Position where playback starts, ms from the start' }),
  durationMs: nullable(DurationMs, 'Duration, ms; null: unknown'),
  lastWatchedAt: Timestamp,
  reason: describe(Reason, 'Why the title is in the list'),
  waiting: nullable(
    Type.Object({
      code: Type.Enum(['not-aired', 'no-media', 'plan'], {
        title: 'PendingCode',
        description: 'Stable code, for programs',
      }),
      text: Type.String({ description: 'Text for people' }),
      from: nullable(FullDate, 'Date from which it can be played; null: unknown'),
    }, { title: 'PendingReason', description: 'Why an item cannot be played yet' }),
    'Why the item cannot be played yet; null: it can be played',
  ),
  pass: Type.Integer({ description: 'Run through the title: 1, and one more for each rewatch' }),
  skippedBefore: Type.Integer({ description: 'Number of earlier regular episodes that were not watched in this run' }),
}, { $id: 'ContinueCard', description: 'A title to continue, and where' })
export type ContinueCard = Static<typeof ContinueCard>

export const DismissedTitle = Type.Object({
  title: ref(Card),
  hiddenAt: nullable(Timestamp, 'When it was hidden; null: not hidden'),
  droppedAt: nullable(Timestamp, 'When it was dropped; null: not dropped'),
}, { title: 'DismissedTitle', description: 'A title that was hidden or dropped' })
export type DismissedTitle = Static<typeof DismissedTitle>
