// A history on its way out or in: the file of an export, and the report of an import.
import { Type } from 'typebox'
import { ExternalIds } from './title-input.js'
import { DurationMs, Id, nullable, PositionMs, Reason, strict, Timestamp } from './common.js'

const Name = Type.String({ minLength: 1, maxLength: 500 })
const EpisodeNumber = Type.Integer({ minimum: 0, maximum: 100_000 })
const EventId = Type.String({
  maxLength: 64,
  pattern: '^[\\w.:-]*$',
  description: 'Told the newest event from others of its moment',
})
const Kind = Type.Enum(['movie', 'show'], { description: "When left out, a play with numbers is a show's" })

const ExportedPlay = strict({
  id: Type.Optional(Id),
  title: strict({
    id: Type.Optional(Id),
    title: Name,
    kind: Type.Optional(Kind),
    year: Type.Optional(nullable(Type.Integer({ minimum: 1800, maximum: 3000 }))),
    externalIds: Type.Optional(ExternalIds),
  }, { description: 'As it was called; kind, year and externalIds are missing when the title is gone' }),
  item: Type.Optional(strict({
    id: Type.Optional(Id),
    season: nullable(EpisodeNumber, 'null for a movie'),
    episode: nullable(EpisodeNumber, 'null for a movie'),
    title: Type.Optional(Name),
  })),
  startedAt: Type.Optional(Timestamp),
  lastWatchedAt: Timestamp,
  startPositionMs: Type.Optional(PositionMs),
  positionMs: PositionMs,
  furthestMs: Type.Optional(PositionMs),
  durationMs: Type.Optional(
    nullable(DurationMs, "The item's, as it was; null when it was not known, the catalogue's when left out"),
  ),
  watchedMs: Type.Optional(
    nullable(
      DurationMs,
      'Really played; null when the player never said, and then it is from startPositionMs to furthestMs',
    ),
  ),
  endAt: Type.Optional(
    nullable(Timestamp, 'When it was last at its end; null when never. Worked out from the position when left out'),
  ),
  endWatchedMs: Type.Optional(
    nullable(DurationMs, 'How much had been played by then; null when the player never said'),
  ),
  eventId: Type.Optional(EventId),
  finished: Type.Optional(Type.Boolean({ description: 'For reading; an import works it out again' })),
})

export const HistoryFile = strict({
  format: Type.Literal('normflix-history'),
  version: Type.Literal(1),
  exportedAt: Type.Optional(Timestamp),
  plays: Type.Array(ExportedPlay, { description: 'Newest first in an export; in any order in an import' }),
}, {
  $id: 'HistoryFile',
  description: 'The plays of one profile, with all that is needed to rebuild its history exactly',
})

const ItemFound = Type.Object({
  titleId: Id,
  itemId: Id,
  title: Type.String(),
  kind: Type.Enum(['movie', 'show']),
  year: nullable(Type.Integer()),
  season: nullable(Type.Integer(), 'null for a movie'),
  episode: nullable(Type.Integer(), 'null for a movie'),
})

const ReportLine = Type.Object({
  line: Type.Integer({ description: 'The line of a CSV file, the place among the plays of a JSON file; from 1' }),
  status: Type.Enum(['imported', 'unchanged', 'skipped', 'unmatched', 'ambiguous']),
  reason: Type.Optional(Reason),
  text: Type.String({ description: 'How the file calls it' }),
  match: Type.Optional(ItemFound),
  candidates: Type.Optional(Type.Array(ItemFound, { description: 'What it may be; up to 10' })),
})

const Count = Type.Integer({ minimum: 0 })

export const ImportReport = Type.Object({
  dryRun: Type.Boolean({ description: 'true: nothing was written' }),
  total: Count,
  imported: Count,
  unchanged: Type.Integer({ minimum: 0, description: 'Already in the history' }),
  skipped: Type.Integer({ minimum: 0, description: 'Nothing anybody watched' }),
  unmatched: Type.Integer({ minimum: 0, description: 'Not in the catalogue, or not for this profile' }),
  ambiguous: Type.Integer({ minimum: 0, description: 'Several things are called so; not imported' }),
  dateOrder: nullable(
    Type.Enum(['month-first', 'day-first', 'year-first']),
    'How the dates of a short Netflix file were read; null for other files',
  ),
  isDateOrderGuessed: Type.Boolean({
    description: 'Nothing in the file told day from month: say dateOrder if it is wrong',
  }),
  lines: Type.Array(ReportLine, {
    description: 'Up to 1,000 in the order of the file; those that were not imported have precedence',
  }),
  truncated: Type.Boolean({ description: 'There were more lines; the counts are of all' }),
}, { $id: 'ImportReport' })
