// Playback, progress, history and continue watching on the wire.
import { Type, type Static } from 'typebox'
import type { StoredPlay } from '../../models/play.js'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { ItemState } from '../domain/progress.js'
import type { ContinueCard } from '../watching/lists/continue-watching.js'
import type { TitleGroup } from '../watching/history/list-history.js'
import type { UndoToken } from '../watching/history/undo-log.js'
import { Card, MediaFile, toCard, WireMarkers } from './catalogue.js'
import { DurationMs, FullDate, Id, Language, nullable, PositionMs, Reason, ref, strict, Timestamp } from './common.js'
import { ChosenAudio, ChosenSubtitle, languageWishes, SubtitleKindName, SubtitleModeName } from './ratings.js'

/** What an action answers that can be taken back. */
export const Undo = Type.Object({
  undo: Type.String({
    pattern: '^[0-9a-f]{24}$',
    description: 'Post it to `undo/{undoId}` to bring back exactly what was there',
  }),
  undoUntil: Type.String({ format: 'date-time', description: 'Possible until then' }),
}, { $id: 'Undo' })

export function toUndo ({ id, expiresAt }: UndoToken): Static<typeof Undo> {
  return { undo: id, undoUntil: expiresAt.toISOString() }
}

export const ItemView = Type.Object({
  id: Id,
  season: nullable(Type.Integer(), 'null for a movie'),
  episode: nullable(Type.Integer(), 'null for a movie'),
  title: Type.String({ description: "The episode's title, or the movie's" }),
}, { $id: 'Item' })

const At = Type.String({
  format: 'date-time',
  description: "The client's time of the event; one ahead of the server's counts as the server's",
  examples: ['2026-03-01T20:15:30.123Z'],
})
const WatchedMs = Type.Integer({
  minimum: 0,
  maximum: 60 * 86_400_000,
  description: 'How much was really played so far in this play, ms; it never shrinks',
})
const EventId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\w.:-]+$',
  description: 'Makes events of the same moment distinct; the higher wins',
})
const PlayId = Type.String({
  pattern: '^([0-9a-f]{24}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
  description: 'The sitting: a UUID the player made, or the id of a stream',
})

const event = {
  positionMs: PositionMs,
  at: At,
  watchedMs: Type.Optional(WatchedMs),
  eventId: Type.Optional(EventId),
}
export const HeartbeatBody = strict({
  ...event,
  state: Type.Optional(Type.Enum(['playing', 'paused'])),
  ...languageWishes,
})
export const StopBody = strict({ ...event, ...languageWishes })
export const ProgressBody = strict({ ...event, playId: Type.Optional(PlayId) })
export const BatchBody = strict({
  events: Type.Array(strict({ itemId: Id, ...event, playId: Type.Optional(PlayId) }), { minItems: 1, maxItems: 1_000 }),
})

export const PlaybackBody = strict({
  itemId: Id,
  device: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Shown to whoever looks who is watching' }),
  ),
  client: Type.Optional(strict({
    maxHeight: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Pixels' })),
    maxBitrate: Type.Optional(Type.Integer({ minimum: 1, description: 'bit/s' })),
    codecs: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
        maxItems: 50,
        description: 'Names (avc1, hvc1, vp09, av01) or RFC 6381 strings',
      }),
    ),
    languages: Type.Optional(
      Type.Array(Language, { maxItems: 20, description: "The most wanted first; before the profile's own" }),
    ),
  }, { description: 'What the device can play and would like' })),
  takeOver: Type.Optional(Id),
  private: Type.Optional(Type.Boolean({ description: 'Plays without a trace' })),
  subtitleMode: Type.Optional(SubtitleModeName),
  ...languageWishes,
})

export const Progress = Type.Object({
  positionMs: Type.Integer({ description: 'The exact place, kept even when finished; ms' }),
  durationMs: nullable(DurationMs),
  watchedMs: Type.Integer({ description: 'Really played since it was last finished; ms' }),
  started: Type.Boolean(),
  finished: Type.Boolean(),
  finishedAt: nullable(Timestamp),
  lastWatchedAt: Timestamp,
}, { $id: 'Progress' })

export const ContinueView = Type.Object({
  title: ref(Card),
  item: ref(ItemView),
  kind: Type.Enum(['resume', 'next']),
  positionMs: Type.Integer({ description: 'Where playback begins, ms' }),
  durationMs: nullable(DurationMs),
  lastWatchedAt: Timestamp,
  reason: Reason,
  waiting: nullable(
    Type.Object({
      code: Type.Enum(['not-aired', 'no-media', 'plan']),
      text: Type.String({ description: 'In words, for people' }),
      from: nullable(FullDate, 'From this day on it can be played; null when that is not known'),
    }),
    'Why it cannot be played just now; null when it can',
  ),
  pass: Type.Integer({ description: '1 for the first time; one more each time that the title is watched again' }),
  skippedBefore: Type.Integer({ description: 'How many regular episodes before this one were not watched this time' }),
}, { $id: 'ContinueCard' })

export const Playback = Type.Object({
  streamId: Id,
  positionMs: Type.Integer({ description: 'Where to start, ms' }),
  item: ref(ItemView),
  mediaFile: ref(MediaFile),
  reason: Reason,
  alternatives: Type.Array(Type.Object({ mediaFile: ref(MediaFile), reason: Reason }), {
    description: 'Other files this plan may play, with why each was not chosen',
  }),
  markers: ref(WireMarkers),
  url: Type.String({
    description: "Signed address of the chosen file's bytes, relative to the service; good while the stream is live",
  }),
  hlsUrl: nullable(Type.String(), 'Signed address of the HLS playlist; null while the chosen file is not packaged'),
  audio: nullable(ChosenAudio, 'What to play aloud; null when the file does not say what is spoken in it'),
  subtitles: Type.Array(
    Type.Object({
      id: Id,
      language: Language,
      kind: SubtitleKindName,
      url: Type.String({ description: 'Signed, WebVTT' }),
    }),
  ),
  thumbnailsUrl: nullable(
    Type.String(),
    'Signed address of a WebVTT index of small pictures to seek by; null when there are none',
  ),
  subtitle: nullable(ChosenSubtitle, 'The subtitles to switch on; null for none'),
  heartbeatMs: Type.Integer({ description: 'Send a heartbeat this often' }),
  expiresAt: Timestamp,
}, { $id: 'Playback' })

export const HistoryItem = Type.Object({
  id: Id,
  title: Type.Object({ id: Id, title: Type.String() }, {
    description: 'As it was called; the title itself may be gone',
  }),
  item: ref(ItemView),
  startedAt: Timestamp,
  lastWatchedAt: Timestamp,
  positionMs: Type.Integer({ description: 'Where it was stopped, ms' }),
  durationMs: nullable(DurationMs),
  watchedMs: Type.Integer({ description: 'Really played in this sitting, ms' }),
  finished: Type.Boolean({ description: 'This sitting brought it to its end' }),
}, { $id: 'HistoryItem' })

export const HistoryGroup = Type.Object({
  title: Type.Object({ id: Id, title: Type.String() }, {
    description: 'As it was called; the title itself may be gone',
  }),
  plays: Type.Integer({ description: 'How many of them there are within the filters' }),
  firstWatchedAt: Timestamp,
  last: ref(HistoryItem),
}, { $id: 'HistoryGroup' })

export function toHistoryGroup (
  { last, plays, firstWatchedAt }: TitleGroup,
  lastItem: Static<typeof HistoryItem>,
): Static<typeof HistoryGroup> {
  return {
    title: { id: last.title.toString(), title: last.titleName },
    plays,
    firstWatchedAt: firstWatchedAt.toISOString(),
    last: lastItem,
  }
}

export function toItem (
  title: Pick<CatalogueTitle, 'kind' | 'title' | 'translations'>,
  item: CatalogueItem,
  localiser?: Localiser,
): Static<typeof ItemView> {
  const isMovie = title.kind === 'movie'
  const own = item.name ?? title.title
  const told = localiser?.wordsOf(isMovie ? title : { title: own, translations: item.translations }).title ?? own
  return { id: item.id, season: isMovie ? null : item.season, episode: isMovie ? null : item.episode, title: told }
}

export function toProgress (state: ItemState): Static<typeof Progress> {
  return {
    positionMs: state.positionMs,
    durationMs: state.durationMs,
    watchedMs: state.watchedMs,
    started: state.started,
    finished: state.finished,
    finishedAt: state.finishedAt === null ? null : new Date(state.finishedAt).toISOString(),
    lastWatchedAt: new Date(state.lastWatchedAt).toISOString(),
  }
}

export function toContinueCard (card: ContinueCard, localiser?: Localiser): Static<typeof ContinueView> {
  return {
    title: toCard(card.title, undefined, localiser),
    item: toItem(card.title, card.item, localiser),
    kind: card.kind,
    positionMs: card.positionMs,
    durationMs: card.durationMs,
    lastWatchedAt: card.lastWatchedAt.toISOString(),
    reason: card.reason,
    waiting: card.waiting,
    pass: card.pass,
    skippedBefore: card.skippedBefore,
  }
}

export function toHistoryItem (play: StoredPlay, finished: boolean, watchedMs: number): Static<typeof HistoryItem> {
  return {
    id: play._id.toString(),
    title: { id: play.title.toString(), title: play.titleName },
    item: {
      id: play.item.toString(),
      season: play.season,
      episode: play.episode,
      title: play.itemName ?? play.titleName,
    },
    startedAt: play.startedAt.toISOString(),
    lastWatchedAt: new Date(Math.max(play.at.getTime(), play.startedAt.getTime())).toISOString(),
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    watchedMs,
    finished,
  }
}
