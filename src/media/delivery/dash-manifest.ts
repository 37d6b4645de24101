// Renders the DASH manifest of a playback (ISO/IEC 23009-1): one period, all URIs relative with their token.
import XMLBuilder from 'fast-xml-builder'
import { groupBy } from '../../domain/arrays.js'
import type { SubtitleKind } from '../../domain/language-choice.js'
import type { AudioRendition, VideoRange, VideoRendition } from '../packaging/package-index.js'
import { areAligned, TIMELINE, type Element, type Segmented } from './dash-segments.js'
import { averageBitrate, peakBitrate, targetSeconds } from './hls-tags.js'
import type { OpenAudio, SubtitleTrack } from './open-renditions.js'

export interface ManifestVideo {
  readonly renditionId: string
  readonly video: VideoRendition
}

export interface ManifestAudio {
  readonly audio: OpenAudio
  /** For menus. */
  readonly label: string
  readonly isDefault: boolean
}

export interface ManifestSubtitle extends SubtitleTrack {
  readonly uri: string
  readonly label: string
  readonly isDefault: boolean
}

/** An image of pictures of the same size, from left to right and from top to bottom. */
export interface ManifestThumbnails {
  readonly uri: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly columns: number
  readonly rows: number
  /** Of the whole image, pixels. */
  readonly width: number
  readonly height: number
  /** Time that all places of the image cover, also empty ones, ms. */
  readonly coveredMs: number
}

export interface Manifest {
  readonly durationMs: number
  /** The set of the first one is preferred. */
  readonly videos: readonly ManifestVideo[]
  readonly audio: readonly ManifestAudio[]
  readonly subtitles: readonly ManifestSubtitle[]
  readonly thumbnails: ManifestThumbnails | null
  /** Whether segments have URLs of their own. */
  readonly hasSegmentUrls: boolean
  /** Describes the segments of a rendition. */
  readonly segmentsOf: (rendition: Segmented, renditionId: string) => Element
}

const ROLE_SCHEME = 'urn:mpeg:dash:role:2011'
/** Audio purposes of TV-Anytime: 1 for visually impaired, 2 for hard of hearing people. */
const PURPOSE_SCHEME = 'urn:tva:metadata:cs:AudioPurposeCS:2007'
const CHANNELS_SCHEME = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011'
const TRANSFER_SCHEME = 'urn:mpeg:mpegB:cicp:TransferCharacteristics'
const SWITCHING_SCHEME = 'urn:mpeg:dash:adaptation-set-switching:2016'
const TILES_SCHEME = 'http://dashif.org/guidelines/thumbnail_tile'
/** Numbers of ISO/IEC 23091-2 for dynamic ranges. */
const TRANSFER: Readonly<Record<VideoRange, number>> = { SDR: 1, PQ: 16, HLG: 18 }
const PURPOSES: Readonly<Partial<Record<AudioRendition['kind'] | SubtitleKind, number>>> = { description: 1, sdh: 2 }
const SUBTITLE_ROLES: Readonly<Record<SubtitleKind, string>> = {
  full: 'subtitle',
  forced: 'forced-subtitle',
  sdh: 'caption',
}
/** Numbers of ISO/IEC 23001-8 for 6.1 and 7.1; others are the number of channels. */
const CHANNEL_CONFIGURATIONS: ReadonlyMap<number, number> = new Map([[7, 11], [8, 7]])
/** Higher than that of the other sets, which is 1. */
const DEFAULT_PRIORITY = 2

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  stopNodes: [`*.${TIMELINE}`],
})

/** Renders the manifest. */
export function renderManifest (manifest: Manifest): string {
  const { durationMs, videos, audio, subtitles, thumbnails, hasSegmentUrls } = manifest
  const videoSets = [...groupBy(videos, switchingKey).values()]
  const sets = [
    ...videoSets.map((members, i) => videoSet(manifest, members, otherNumbers(videoSets.length, i))),
    ...audio.map((one) => audioSet(manifest, one)),
    ...subtitles.map(subtitleSet),
    ...(thumbnails === null ? [] : [imageSet(thumbnails)]),
  ]
  const bufferSeconds = targetSeconds([...videos.map(({ video }) => video), ...audio.map((one) => one.audio)])
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    MPD: {
      '@xmlns': 'urn:mpeg:dash:schema:mpd:2011',
      '@profiles': `urn:mpeg:dash:profile:isoff-${hasSegmentUrls ? 'live' : 'main'}:2011`,
      '@type': 'static',
      '@mediaPresentationDuration': `PT${(durationMs / 1_000).toFixed(3)}S`,
      '@minBufferTime': `PT${bufferSeconds}S`,
      Period: {
        '@id': 0,
        '@start': 'PT0S',
        AdaptationSet: sets.map((set, id) => ({ '@id': id, ...set })),
      },
    },
  })
}

/** Players switch freely between renditions with the same codec and dynamic range. */
function switchingKey ({ video: { codec, videoRange } }: ManifestVideo): string {
  return `${codec.split('.')[0] ?? codec} ${videoRange ?? 'SDR'}`
}

/** Numbers of the other video sets, which are the first ones. */
function otherNumbers (count: number, number: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => i !== number)
}

function videoSet (
  { segmentsOf }: Manifest,
  members: readonly ManifestVideo[],
  otherSets: readonly number[],
): Element {
  const { videoRange } = members[0]?.video ?? {}
  return {
    '@contentType': 'video',
    '@mimeType': 'video/mp4',
    '@segmentAlignment': areAligned(members.map(({ video }) => video)),
    SupplementalProperty: [
      ...(videoRange === undefined ? [] : [descriptor(TRANSFER_SCHEME, TRANSFER[videoRange])]),
      ...(otherSets.length === 0 ? [] : [descriptor(SWITCHING_SCHEME, otherSets.join(','))]),
    ],
    Role: descriptor(ROLE_SCHEME, 'main'),
    Representation: members.toSorted((a, b) => a.video.height - b.video.height).map(({ renditionId, video }) => ({
      '@id': renditionId,
      '@codecs': video.codec,
      '@bandwidth': peakBitrate(video),
      '@width': video.width,
      '@height': video.height,
      '@frameRate': video.frameRate === null ? undefined : toFraction(video.frameRate),
      ...segmentsOf(video, renditionId),
    })),
  }
}

/** Frame rates are integers or fractions: 29.97 is 30000/1001. */
function toFraction (frameRate: number): string {
  const nearest = Math.round(frameRate)
  if (Math.abs(frameRate - nearest) < 0.001) return String(nearest)
  const isBroadcastRate = Math.abs(frameRate * 1.001 - nearest) < 0.001
  return isBroadcastRate ? `${nearest * 1_000}/1001` : `${Math.round(frameRate * 1_000)}/1000`
}

function audioSet ({ segmentsOf }: Manifest, { audio, label, isDefault }: ManifestAudio): Element {
  const { renditionId, language, kind, codec, channels } = audio
  return {
    '@contentType': 'audio',
    '@mimeType': 'audio/mp4',
    '@lang': language ?? undefined,
    '@segmentAlignment': true,
    '@selectionPriority': isDefault ? DEFAULT_PRIORITY : undefined,
    AudioChannelConfiguration: descriptor(CHANNELS_SCHEME, CHANNEL_CONFIGURATIONS.get(channels) ?? channels),
    ...labelled(label, kind),
    Role: descriptor(ROLE_SCHEME, kind),
    Representation: {
      '@id': renditionId,
      '@codecs': codec,
      '@bandwidth': peakBitrate(audio),
      ...segmentsOf(audio, renditionId),
    },
  }
}

function subtitleSet ({ id, language, kind, uri, label, isDefault }: ManifestSubtitle): Element {
  return {
    '@contentType': 'text',
    '@mimeType': 'text/vtt',
    '@lang': language,
    '@selectionPriority': isDefault ? DEFAULT_PRIORITY : undefined,
    ...labelled(label, kind),
    Role: descriptor(ROLE_SCHEME, SUBTITLE_ROLES[kind]),
    // Players do not select text by its bandwidth.
    Representation: { '@id': id, '@bandwidth': 256, BaseURL: uri },
  }
}

function imageSet (thumbnails: ManifestThumbnails): Element {
  const { uri, mimeType, sizeBytes, columns, rows, width, height, coveredMs } = thumbnails
  return {
    '@contentType': 'image',
    '@mimeType': mimeType,
    Representation: {
      '@id': 'thumbnails',
      '@bandwidth': averageBitrate({ segments: [[coveredMs * 1_000, sizeBytes]] }),
      '@width': width,
      '@height': height,
      EssentialProperty: descriptor(TILES_SCHEME, `${columns}x${rows}`),
      SegmentTemplate: { '@timescale': 1_000, '@duration': coveredMs, '@startNumber': 1, '@media': uri },
    },
  }
}

function descriptor (scheme: string, value: string | number): Element {
  return { '@schemeIdUri': scheme, '@value': value }
}

function labelled (label: string, kind: AudioRendition['kind'] | SubtitleKind): Element {
  const purpose = PURPOSES[kind]
  return {
    Label: toXmlText(label),
    ...(purpose === undefined ? {} : { Accessibility: descriptor(PURPOSE_SCHEME, purpose) }),
  }
}

/** Replaces what XML 1.0 cannot contain. */
function toXmlText (text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd')
}
