// A media file of a movie or episode, its audio tracks and its HLS packages. Embedded in the media document.
import { Schema, type Types } from 'mongoose'
import { AUDIO_KINDS, SUBTITLE_KINDS, type AudioKind, type SubtitleKind } from '../src/domain/language-choice.js'

/** Why a file cannot be used: a stable code and a text for people. */
export interface StoredFailure {
  code: string
  text: string
}

/** One audio track of a file, in track order. */
export interface StoredAudioTrack {
  /** BCP 47; null when neither the file nor the uploader states it. */
  language: string | null
  kind: AudioKind
  name: string | null
  channels: number
  /** RFC 6381; null when unknown. */
  codec: string | null
}

/**
 * What became of a subtitle track.
 * - `extracted`: it is a subtitle of the item
 * - `not-convertible`: pictures, or a text format that is not supported
 * - `empty`: it has no readable cue
 * - `failed`: it is damaged, or reading it took too long
 */
export const EXTRACTION_STATES = ['extracted', 'not-convertible', 'empty', 'failed'] as const
export type ExtractionState = typeof EXTRACTION_STATES[number]

/** One subtitle track in a file. */
export interface StoredEmbeddedSubtitle {
  /** Name of the format, such as `subrip`. */
  codec: string
  /** BCP 47; null when the file does not state it. */
  language: string | null
  name: string | null
  kind: SubtitleKind
  extraction: ExtractionState
}

/** One package of a file. Its objects never change: packaging again creates another package. */
export interface StoredPackage {
  _id: Types.ObjectId
  /** Prefix of the storage keys of its objects. */
  prefix: string
  /** Number of audio renditions. */
  audioCount: number
  /** Of its renditions, bytes; null for packages from before it was measured. */
  sizeBytes: number | null
  createdAt: Date
  /** When a newer package replaced it; null for the current one. */
  retiredAt: Date | null
}

export interface StoredHls {
  state: 'processing' | 'ready' | 'failed'
  /** 0 to 1. */
  progress: number
  /** Why there is no package, or what the package lacks; null otherwise. */
  failure: StoredFailure | null
  /** ID of the package that a worker is writing; null when none is. */
  claim: Types.ObjectId | null
  /** The worker is considered dead when it has not renewed its claim by then. */
  claimedUntil: Date
  /** The current one is the last. */
  packages: StoredPackage[]
}

/**
 * Who can play a file.
 * - `active`: everybody, as far as the plan allows
 * - `pending`: none yet; its master replaces another one when all renditions are complete
 * - `retired`: only playbacks that started before its master was replaced
 */
export const MEDIA_STAGES = ['active', 'pending', 'retired'] as const
export type MediaStage = typeof MEDIA_STAGES[number]

export interface StoredMediaFile {
  _id: Types.ObjectId
  state: 'processing' | 'ready' | 'failed'
  /** Null unless the state is `failed`. */
  failure: StoredFailure | null
  storageKey: string
  contentType: string
  audioLanguages: string[]
  audioTracks: StoredAudioTrack[]
  subtitleLanguages: string[]
  embeddedSubtitles: StoredEmbeddedSubtitle[]
  /** Version of the prober that found the properties. */
  probeVersion: number
  width: number | null
  height: number | null
  frameRate: number | null
  videoCodec: string | null
  audioCodec: string | null
  container: string | null
  /** bit/s */
  bitrate: number | null
  durationMs: number | null
  sizeBytes: number
  sha256: string
  edition: string | null
  /** ID of the master that the file was encoded from; null: it was uploaded. */
  master: Types.ObjectId | null
  stage: MediaStage
  /** When its master was replaced; null unless the stage is `retired`. */
  retiredAt: Date | null
  hls: StoredHls
  createdAt: Date
}

const failureSchema = new Schema<StoredFailure>({
  code: { type: String, required: true },
  text: { type: String, required: true },
}, { _id: false })

const audioTrackSchema = new Schema<StoredAudioTrack>({
  language: { type: String, default: null },
  kind: { type: String, enum: AUDIO_KINDS, default: 'main' },
  name: { type: String, default: null },
  channels: { type: Number, required: true },
  codec: { type: String, default: null },
}, { _id: false })

const embeddedSubtitleSchema = new Schema<StoredEmbeddedSubtitle>({
  codec: { type: String, required: true },
  language: { type: String, default: null },
  name: { type: String, default: null },
  kind: { type: String, enum: SUBTITLE_KINDS, required: true },
  extraction: { type: String, enum: EXTRACTION_STATES, required: true },
}, { _id: false })

const packageSchema = new Schema<StoredPackage>({
  prefix: { type: String, required: true },
  audioCount: { type: Number, required: true },
  sizeBytes: { type: Number, default: null },
  createdAt: { type: Date, required: true },
  retiredAt: { type: Date, default: null },
})

const hlsSchema = new Schema<StoredHls>({
  state: { type: String, enum: ['processing', 'ready', 'failed'], required: true },
  progress: { type: Number, default: 0 },
  failure: { type: failureSchema, default: null },
  claim: { type: Schema.Types.ObjectId, default: null },
  claimedUntil: { type: Date, required: true },
  packages: { type: [packageSchema], default: [] },
}, { _id: false })

export const mediaFileSchema = new Schema<StoredMediaFile>({
  state: { type: String, enum: ['processing', 'ready', 'failed'], default: 'ready' },
  failure: { type: failureSchema, default: null },
  storageKey: { type: String, required: true },
  contentType: { type: String, required: true },
  audioLanguages: { type: [String], default: [] },
  audioTracks: { type: [audioTrackSchema], default: [] },
  subtitleLanguages: { type: [String], default: [] },
  embeddedSubtitles: { type: [embeddedSubtitleSchema], default: [] },
  probeVersion: { type: Number, default: 0 },
  width: { type: Number, default: null },
  height: { type: Number, default: null },
  frameRate: { type: Number, default: null },
  videoCodec: { type: String, default: null },
  audioCodec: { type: String, default: null },
  container: { type: String, default: null },
  bitrate: { type: Number, default: null },
  durationMs: { type: Number, default: null },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  edition: { type: String, default: null },
  master: { type: Schema.Types.ObjectId, default: null },
  stage: { type: String, enum: MEDIA_STAGES, default: 'active' },
  retiredAt: { type: Date, default: null },
  hls: { type: hlsSchema, required: true },
  createdAt: { type: Date, required: true },
})
