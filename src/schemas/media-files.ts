// Media files, markers, chapters and subtitles of movies and episodes.
import { Type, type Static } from 'typebox'
import { describe, DurationMs, Id, Language, nullable, PositionMs, ref, responses } from './common.js'
import { AudioKind, SubtitleKind } from './languages.js'
import { OBJECT_HEADERS, withHeaders, type ResponseHeader } from './response-headers.js'

const Failure = Type.Object({
  code: Type.String({ description: 'Stable code, for programs' }),
  text: Type.String({ description: 'Text for people' }),
}, { title: 'MediaFailure', description: 'Why a step of the processing failed' })
const MediaState = Type.Enum(['processing', 'ready', 'failed'], {
  title: 'MediaState',
  description: 'State of the processing',
})
const HlsState = Type.Object({
  state: describe(
    MediaState,
    'State of the newest packaging; during repackaging the previous package stays available',
  ),
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Completed share of the packaging, 0 to 1' }),
  reason: nullable(Failure, 'Why packaging failed, or what the package lacks; null otherwise'),
}, { title: 'PackagingState', description: 'Only for administrators: state of the HLS packaging' })
const AudioTrack = Type.Object({
  language: nullable(Language, 'BCP 47 language tag; null: unknown'),
  kind: AudioKind,
  name: nullable(Type.String(), 'Name of the track in the file; null: none'),
  channels: Type.Integer({ description: 'Number of channels' }),
  codec: nullable(Type.String(), 'RFC 6381 codec string; null: unknown'),
}, { title: 'AudioTrack', description: 'An audio track of a media file' })
const EmbeddedSubtitle = Type.Object({
  codec: Type.String({ description: 'Name of the format', examples: ['subrip', 'ass', 'mov_text', 'pgs'] }),
  language: nullable(Language, 'BCP 47 language tag; null: not stated'),
  name: nullable(Type.String(), 'Name of the track in the file; null: none'),
  kind: SubtitleKind,
  extraction: Type.Enum(['extracted', 'not-convertible', 'empty', 'failed'], {
    title: 'ExtractionState',
    description:
      'What became of the track. extracted: it is a subtitle of the item. not-convertible: pictures, or an ' +
      'unsupported text format. empty: no readable cue. failed: damaged, or reading it took too long',
  }),
}, { title: 'EmbeddedSubtitle', description: 'A subtitle track of a media file' })

export const MediaFile = Type.Object({
  id: Id,
  state: describe(MediaState, 'State of the processing; only administrators see files that are not ready'),
  failure: Type.Optional(nullable(Failure, 'Only for administrators: reason of the failure; null: not failed')),
  masterId: Type.Optional(
    nullable(Id, 'Only for administrators: ID of the master that the file was encoded from; null: it was uploaded'),
  ),
  stage: Type.Optional(
    Type.Enum(['active', 'pending', 'retired'], {
      title: 'MediaStage',
      description: 'Only for administrators. pending: replaces an active file when all renditions of its master are ' +
        'complete. retired: replaced; only playbacks that started before use it, and it is removed later',
    }),
  ),
  hls: Type.Optional(HlsState),
  audioLanguages: Type.Array(Language, { description: 'Audio languages' }),
  audioTracks: Type.Array(AudioTrack, { description: 'Audio tracks in the order of the file' }),
  subtitleLanguages: Type.Array(Language, { description: 'Languages of subtitle tracks in the file' }),
  embeddedSubtitles: Type.Array(EmbeddedSubtitle, {
    description:
      'Subtitle tracks in the file, in its order. Texts become subtitles of the item until the file is deleted; an ' +
      'uploaded subtitle of the same language and kind takes precedence',
  }),
  width: nullable(Type.Integer(), 'Video width, pixels; null: no video'),
  height: nullable(Type.Integer(), 'Video height, pixels; null: no video'),
  frameRate: nullable(Type.Number(), 'Frames per second; null: unknown'),
  videoCodec: nullable(Type.String(), 'RFC 6381 codec string; null: no video, or unknown'),
  audioCodec: nullable(Type.String(), 'RFC 6381 codec string of the first audio track; null: no audio, or unknown'),
  container: nullable(Type.String(), 'Container format, such as mp4; null: unknown'),
  bitrate: nullable(Type.Integer(), 'Average bit rate, bit/s; null: unknown'),
  durationMs: nullable(DurationMs, 'Duration, ms; null: unknown'),
  sizeBytes: Type.Integer({ description: 'Size, bytes' }),
  sha256: Type.String({ description: 'SHA-256 of the file, hexadecimal' }),
  edition: nullable(Type.String(), "Edition, such as theatrical or director's cut; null: the only one"),
}, { $id: 'MediaFile', description: 'A media file of a movie or an episode' })
export type MediaFile = Static<typeof MediaFile>

export const Markers = Type.Object({
  recapStartMs: nullable(PositionMs, 'Start of the recap, ms from the start; null: none'),
  recapEndMs: nullable(PositionMs, 'End of the recap, ms from the start; null: none'),
  introStartMs: nullable(PositionMs, 'Start of the intro, ms from the start; null: none'),
  introEndMs: nullable(PositionMs, 'End of the intro, ms from the start; null: none'),
  creditsStartMs: nullable(
    PositionMs,
    'Start of the credits, ms from the start; from here the item counts as finished; null: unknown',
  ),
}, { $id: 'Markers', description: 'Positions that a player offers to skip to' })
export type Markers = Static<typeof Markers>

export const MarkerOriginKind = Type.Enum(['detected', 'person'], {
  title: 'MarkerOriginKind',
  description: 'detected: found in the audio that the episodes share. person: set, changed or cleared by people',
})

export const MarkerOrigin = Type.Object({
  origin: MarkerOriginKind,
  confidence: nullable(
    Type.Number({ minimum: 0, maximum: 1 }),
    'How sure the detection is, from 0 to 1; null: not detected',
  ),
}, { $id: 'MarkerOrigin', description: 'Who set markers, and how sure a detection is' })

export const MarkerOrigins = Type.Object({
  recap: nullable(ref(MarkerOrigin), 'Origin of the recap; null: not set'),
  intro: nullable(ref(MarkerOrigin), 'Origin of the intro; null: neither set nor cleared'),
  credits: nullable(ref(MarkerOrigin), 'Origin of the start of the credits; null: neither set nor cleared'),
}, { $id: 'MarkerOrigins', description: 'Who set the markers of an episode' })
export type MarkerOrigins = Static<typeof MarkerOrigins>

export const Chapter = Type.Object({
  startMs: describe(PositionMs, 'Start of the chapter, ms from the start; the chapter ends where the next one starts'),
  title: Type.String({ description: 'Title of the chapter, in the language of its file', examples: ['The heist'] }),
}, { $id: 'Chapter', description: 'A chapter of a movie or episode' })
export type Chapter = Static<typeof Chapter>

/** Of a movie or episode. */
export const chapters = Type.Array(ref(Chapter), { description: 'Chapters, sorted by start; empty: none' })

export const Subtitle = Type.Object({
  id: Id,
  language: Language,
  kind: SubtitleKind,
  sizeBytes: Type.Integer({ description: 'Size as WebVTT, bytes' }),
}, { title: 'Subtitle', description: 'A subtitle file' })
export type Subtitle = Static<typeof Subtitle>

export const AddedSubtitle = Type.Object({
  ...Subtitle.properties,
  unreadableCues: Type.Integer({
    description: 'Cues that were left out, because their times could not be read or they are never visible',
  }),
}, { title: 'AddedSubtitle', description: 'A subtitle file that was added' })

export const AdminSubtitle = Type.Object({
  id: nullable(Id, 'ID of the subtitle file; null: a track of a media file that did not become one'),
  language: nullable(Language, 'BCP 47 language tag; null: not stated'),
  kind: SubtitleKind,
  name: nullable(Type.String(), 'Name of the track in the media file; null: none'),
  sizeBytes: nullable(Type.Integer({ minimum: 0 }), 'Size as WebVTT, bytes; null: no subtitle file'),
  mediaFileId: nullable(Id, 'Media file that contains it; null: it was uploaded'),
  state: Type.Enum(['offered', 'replaced', 'not-convertible', 'empty', 'failed'], {
    title: 'SubtitleState',
    description: 'offered: players get it. replaced: an uploaded one of the same language and kind takes precedence. ' +
      'not-convertible: pictures, or an unsupported text format. empty: no readable cue. failed: damaged, or reading ' +
      'it took too long',
  }),
}, { $id: 'AdminSubtitle', description: 'Subtitles of a movie or episode for administrators' })
export type AdminSubtitle = Static<typeof AdminSubtitle>

const Binary = { schema: Type.String({ format: 'binary' }) }
/** Response contents, and responses with a stored object. */
export const imageContent = { 'image/jpeg': Binary, 'image/png': Binary, 'image/webp': Binary }
export const sizedImageContent = { ...imageContent, 'image/avif': Binary }
export const webVttContent = { 'text/vtt': { schema: Type.String() } }

const NotModified = Type.Null({ description: 'Not modified' })
const redirect = {
  307: withHeaders(Type.Null({ description: 'Temporary URL of the object store, in Location' }), 'Location'),
}
const whole = <T extends object>(object: T, headers: readonly ResponseHeader[]) => ({
  200: withHeaders(object, ...OBJECT_HEADERS, ...headers),
  206: withHeaders(object, ...OBJECT_HEADERS, ...headers, 'Content-Range'),
  304: withHeaders(NotModified, ...OBJECT_HEADERS, ...headers),
})
/** Responses with a stored object, or a range of it. */
export const objectResponses = (object: object, ...headers: ResponseHeader[]) => responses(whole(object, headers))
/** Responses with an object that the object store may send itself. */
export const deliveredObjectResponses = (object: object, ...headers: ResponseHeader[]) =>
  responses({ ...whole(object, headers), ...redirect })
