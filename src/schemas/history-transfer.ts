// Export file of a history, and the report of an import.
import { Type, type Static } from 'typebox'
import { describe, DurationMs, Id, nullable, PositionMs, Reason, strict, Timestamp } from './common.js'
import { ExternalIds } from './title-input.js'
import { TitleKind } from './titles.js'

const Name = Type.String({ minLength: 1, maxLength: 500, description: 'Name' })
const EpisodeNumber = Type.Integer({ minimum: 0, maximum: 100_000 })
const EventId = Type.String({
  maxLength: 64,
  pattern: '^[\\w.:-]*$',
  description: 'Orders events of the same time; the greatest wins',
})

const ExportedPlay = strict({
  id: Type.Optional(describe(Id, 'ID of the play')),
  title: strict({
    id: Type.Optional(Id),
    title: describe(Name, 'Title of the movie or show'),
    kind: Type.Optional(describe(TitleKind, 'Movie or show; omitted: a play with numbers belongs to a show')),
    year: Type.Optional(
      nullable(Type.Integer({ minimum: 1800, maximum: 3000 }), 'Year of release; null: unknown'),
    ),
    externalIds: Type.Optional(ExternalIds),
  }, {
    title: 'ExportedTitle',
    description: 'Title as it was named when it was played; without kind, year and externalIds if it no longer exists',
  }),
  item: Type.Optional(strict({
    id: Type.Optional(Id),
    season: nullable(EpisodeNumber, 'Season number; null for a movie'),
    episode: nullable(EpisodeNumber, 'Episode number; null for a movie'),
    title: Type.Optional(describe(Name, 'Title of the episode or movie')),
  }, { title: 'ExportedItem', description: 'Movie or episode; omitted: the movie itself' })),
  startedAt: Type.Optional(describe(Timestamp, 'Start of the play, RFC 3339 in UTC')),
  lastWatchedAt: Timestamp,
  startPositionMs: Type.Optional(describe(PositionMs, 'Position where the play started, ms from the start')),
  positionMs: PositionMs,
  furthestMs: Type.Optional(describe(PositionMs, 'Furthest position, ms from the start')),
  durationMs: Type.Optional(
    nullable(DurationMs, 'Duration of the item at that time, ms; null: unknown; omitted: that of the catalogue'),
  ),
  watchedMs: Type.Optional(
    nullable(
      DurationMs,
      'Time actually played, ms; null: not reported, counted from startPositionMs to furthestMs',
    ),
  ),
  endAt: Type.Optional(
    nullable(Timestamp, 'When the play last reached the end; null: never; omitted: derived from the position'),
  ),
  endWatchedMs: Type.Optional(
    nullable(DurationMs, 'Time actually played by then, ms; null: not reported'),
  ),
  eventId: Type.Optional(EventId),
  finished: Type.Optional(Type.Boolean({ description: 'For information; an import derives it again' })),
}, { title: 'ExportedPlay', description: 'One play of a movie or an episode' })

export const HistoryFile = strict({
  format: Type.Literal('normflix-history', { description: 'Always `normflix-history`' }),
  version: Type.Literal(1, { description: 'Version of the format' }),
  exportedAt: Type.Optional(Timestamp),
  plays: Type.Array(ExportedPlay, { description: 'Plays; newest first in an export, in any order in an import' }),
}, {
  $id: 'HistoryFile',
  description: 'All plays of one profile, complete enough to rebuild its history exactly',
})
export type HistoryFile = Static<typeof HistoryFile>

export const DateOrder = Type.Enum(['month-first', 'day-first', 'year-first'], {
  title: 'DateOrder',
  description: 'Order of day, month and year in a date',
})

const FoundItem = Type.Object({
  titleId: Id,
  itemId: Id,
  title: Type.String({ description: 'Title of the movie or show' }),
  kind: TitleKind,
  year: nullable(Type.Integer(), 'Year of release; null: unknown'),
  season: nullable(Type.Integer(), 'Season number; null for a movie'),
  episode: nullable(Type.Integer(), 'Episode number; null for a movie'),
}, { title: 'FoundItem', description: 'A movie or an episode of the catalogue' })
export type FoundItem = Static<typeof FoundItem>

const ReportLine = Type.Object({
  line: Type.Integer({ description: 'Line in a CSV file, or position in the plays of a JSON file, from 1' }),
  status: Type.Enum(['imported', 'unchanged', 'skipped', 'unmatched', 'ambiguous'], {
    title: 'ImportStatus',
    description: 'Outcome; the counts of the report explain the values',
  }),
  reason: Type.Optional(describe(Reason, 'Why the line was not imported, or how')),
  text: Type.String({ description: 'Name in the file' }),
  match: Type.Optional(describe(FoundItem, 'Matched item')),
  candidates: Type.Optional(Type.Array(FoundItem, { description: 'Up to 10 possible matches' })),
}, { title: 'ReportLine', description: 'A line of an import and its outcome' })
export type ReportLine = Static<typeof ReportLine>

const count = (description: string) => Type.Integer({ minimum: 0, description })

export const ImportReport = Type.Object({
  dryRun: Type.Boolean({ description: 'Whether nothing was written' }),
  total: count('Number of lines'),
  imported: count('Lines that were imported'),
  unchanged: count('Lines that were already in the history'),
  skipped: count('Lines that are no plays, such as trailers'),
  unmatched: count('Lines that match no title that the profile may see'),
  ambiguous: count('Lines that match several items; not imported'),
  dateOrder: nullable(
    DateOrder,
    'Order in which the dates of a short Netflix file were read; null for other files',
  ),
  isDateOrderGuessed: Type.Boolean({
    description: 'Whether no date of the file distinguishes day from month; set dateOrder if the guess is wrong',
  }),
  lines: Type.Array(ReportLine, {
    description: 'Up to 1,000 lines in the order of the file; lines that were not imported take precedence',
  }),
  truncated: Type.Boolean({ description: 'Whether lines are missing in the report; the counts include all' }),
}, { $id: 'ImportReport', description: 'Result of an import of a history' })
export type ImportReport = Static<typeof ImportReport>
