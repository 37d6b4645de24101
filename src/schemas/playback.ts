// Playback: start, heartbeat and stop.
import { Type, type Static } from 'typebox'
import { describe, Id, Language, nullable, Reason, ref, strict, Timestamp } from './common.js'
import { ContinueCard } from './continue-watching.js'
import { ChosenAudio, ChosenSubtitle, languageChoice, SubtitleKind, SubtitleMode } from './languages.js'
import { chapters, Markers, MediaFile } from './media-files.js'
import { Progress, progressEvent } from './progress.js'
import { PlayerState } from './streams.js'
import { Item } from './titles.js'

export const HeartbeatBody = strict({
  ...progressEvent,
  state: Type.Optional(describe(PlayerState, 'State of the player; playing by default')),
  ...languageChoice,
})
export const StopBody = strict({ ...progressEvent, ...languageChoice })
export type StopBody = Static<typeof StopBody>

export const PlaybackBody = strict({
  itemId: Id,
  device: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Name of the device in the list of streams' }),
  ),
  client: Type.Optional(strict({
    maxHeight: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: 'Maximum video height, pixels' }),
    ),
    maxBitrate: Type.Optional(Type.Integer({ minimum: 1, description: 'Maximum bit rate, bit/s' })),
    codecs: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
        maxItems: 50,
        description: 'Supported video codecs: names (avc1, hvc1, vp09, av01) or RFC 6381 strings',
      }),
    ),
    languages: Type.Optional(
      Type.Array(Language, {
        maxItems: 20,
        description: 'Preferred audio languages, most preferred first; before those of the profile',
      }),
    ),
  }, { title: 'ClientCapabilities', description: 'Capabilities and preferences of the device' })),
  takeOver: Type.Optional(
    describe(Id, 'ID of a stream of the account to end in exchange'),
  ),
  private: Type.Optional(Type.Boolean({ description: 'Records nothing in the history; false by default' })),
  estimatePosition: Type.Optional(
    Type.Boolean({
      description:
        'For players that send no heartbeat: saves an estimated position when the stream ends, from the time that ' +
        'passed while media were read; false by default',
    }),
  ),
  subtitleMode: Type.Optional(SubtitleMode),
  ...languageChoice,
})

export const Playback = Type.Object({
  streamId: Id,
  positionMs: Type.Integer({ description: 'Position where playback starts, ms from the start' }),
  item: ref(Item),
  mediaFile: ref(MediaFile),
  reason: describe(Reason, 'Why the file was chosen'),
  alternatives: Type.Array(
    Type.Object({ mediaFile: ref(MediaFile), reason: describe(Reason, 'Why it was not chosen') }, {
      title: 'AlternativeFile',
      description: 'A file that was not chosen',
    }),
    { description: 'Other files that the plan can play' },
  ),
  markers: ref(Markers),
  chapters,
  url: Type.String({
    description: 'Signed URL of the chosen file, relative to the service; valid while the stream is live',
  }),
  hlsUrl: nullable(Type.String(), 'Signed URL of the HLS playlist; null: the chosen file is not packaged yet'),
  dashUrl: nullable(
    Type.String(),
    'Signed URL of the DASH manifest, with the same segments; null: the chosen file is not packaged yet',
  ),
  audio: nullable(ChosenAudio, 'Audio to play; null: the file does not state its language'),
  subtitles: Type.Array(
    Type.Object({
      id: Id,
      language: Language,
      kind: SubtitleKind,
      name: nullable(Type.String(), 'Name of the track in the media file; null: none, or it was uploaded'),
      url: Type.String({ description: 'Signed URL of the WebVTT file' }),
    }, { title: 'PlaybackSubtitle', description: 'A subtitle file of the item' }),
    { description: 'Subtitles of the item: uploaded ones, and texts that were extracted from the media file' },
  ),
  thumbnailsUrl: nullable(Type.String(), 'Signed URL of the WebVTT index of the seek thumbnails; null: none'),
  subtitle: nullable(ChosenSubtitle, 'Subtitles to switch on; null: none'),
  heartbeatMs: Type.Integer({ description: 'Interval between heartbeats, ms' }),
  expiresAt: Timestamp,
}, { $id: 'Playback', description: 'A started stream: what to play, and from where' })
export type Playback = Static<typeof Playback>

export const RenewedStream = Type.Object({
  expiresAt: describe(Timestamp, 'When the stream expires without another heartbeat or read'),
}, { description: 'Until when the stream is live' })

export const StoppedPlayback = Type.Object({
  progress: nullable(ref(Progress), 'Progress after the stop; null: nothing was played, or the stream was private'),
  next: nullable(
    ref(ContinueCard),
    'What continue watching offers for the title, also of a dropped one; null: nothing that can be played now, or ' +
      'the stopped item itself',
  ),
}, { description: 'What was saved, and what can be played next' })
