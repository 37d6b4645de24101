// Renders the HLS master playlist by RFC 8216 and its second edition. URIs are relative and contain their token.
import {
  audioFamily,
  COMMON_AUDIO_FAMILY,
  type AudioGroup,
  type PackagedAudio,
} from '../../domain/hls-rendition-set.js'
import { isSameLanguage, type SubtitleKind } from '../../domain/language-choice.js'
import type { RenditionIndex, VideoRendition } from '../packaging/package-index.js'
import { keyFrameSegments } from './hls-media-playlists.js'
import { averageBitrate, HEADER, peakBitrate, quote, tag } from './hls-tags.js'
import type { SubtitleTrack } from './open-renditions.js'
import { audioName, subtitleName, withUniqueNames } from './track-names.js'

export interface VideoEntry {
  readonly uri: string
  readonly keyFramesUri: string
  readonly video: VideoRendition
}

export interface AudioEntry extends PackagedAudio, Pick<RenditionIndex, 'segments'> {
  readonly uri: string
}

export interface SubtitleEntry extends SubtitleTrack {
  readonly uri: string
}

export interface MasterPlaylist {
  readonly videos: readonly VideoEntry[]
  readonly groups: ReadonlyArray<AudioGroup<AudioEntry>>
  readonly subtitles: readonly SubtitleEntry[]
  /** Language of the default audio, BCP 47; null: the first rendition. */
  readonly audio: string | null
  /** ID of the default subtitle; null: none. */
  readonly subtitle: string | null
}

const SUBTITLE_GROUP = 'subtitles'
const CHARACTERISTICS: Readonly<Partial<Record<SubtitleKind | PackagedAudio['kind'], string>>> = {
  sdh: 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound',
  description: 'public.accessibility.describes-video',
}

/** Renders the master playlist. */
export function renderMasterPlaylist ({ videos, groups, subtitles, audio, subtitle }: MasterPlaylist): string {
  const audioTags = groups.flatMap((group) => {
    const defaultRendition = findDefaultAudio(group, audio)
    return withUniqueNames(group.renditions, audioName).map(([rendition, name]) =>
      tag('EXT-X-MEDIA', {
        TYPE: 'AUDIO',
        'GROUP-ID': quote(group.id),
        NAME: quote(name),
        LANGUAGE: rendition.language === null ? null : quote(rendition.language),
        DEFAULT: rendition === defaultRendition ? 'YES' : 'NO',
        // Players must not select a commentary because of its language.
        AUTOSELECT: rendition === defaultRendition || rendition.kind !== 'commentary' ? 'YES' : 'NO',
        CHARACTERISTICS: characteristics(rendition.kind),
        CHANNELS: quote(String(rendition.channels)),
        URI: quote(rendition.uri),
      })
    )
  })
  const subtitleTags = withUniqueNames(subtitles, subtitleName).map(([{ id, uri, language, kind }, name]) =>
    tag('EXT-X-MEDIA', {
      TYPE: 'SUBTITLES',
      'GROUP-ID': quote(SUBTITLE_GROUP),
      NAME: quote(name),
      LANGUAGE: quote(language),
      DEFAULT: id === subtitle ? 'YES' : 'NO',
      AUTOSELECT: 'YES',
      FORCED: kind === 'forced' ? 'YES' : 'NO',
      CHARACTERISTICS: characteristics(kind),
      URI: quote(uri),
    })
  )
  const audioGroups: ReadonlyArray<AudioGroup<AudioEntry> | null> = groups.length === 0 ? [null] : groups
  const variants = videos.flatMap((video) =>
    audioGroups.map((group) => renderVariant(video, group, { audio, hasSubtitles: subtitles.length > 0 }))
  )
  const keyFrameTags = videos.flatMap(renderKeyFrameVariant)
  const lines = [`${HEADER}#EXT-X-INDEPENDENT-SEGMENTS`, ...audioTags, ...subtitleTags, ...variants, ...keyFrameTags]
  return [...lines, ''].join('\n')
}

/** The same member in each group. */
export function findDefaultAudio<A extends PackagedAudio> (
  { renditions }: AudioGroup<A>,
  audio: string | null,
): A | undefined {
  return renditions.find(({ language, kind }) =>
    audio !== null && kind === 'main' && language !== null && isSameLanguage(language, audio)
  ) ?? renditions[0]
}

/** A video rendition with the audio of one encoding. Players choose a group that they can decode. */
function renderVariant (
  { uri, video }: VideoEntry,
  group: AudioGroup<AudioEntry> | null,
  { audio, hasSubtitles }: { readonly audio: string | null, readonly hasSubtitles: boolean },
): string {
  const renditions = group?.renditions ?? []
  const highest = (bitrate: (rendition: Pick<RenditionIndex, 'segments'>) => number): number =>
    Math.max(0, ...renditions.map(bitrate))
  const audioCodecs = group === null ? [] : listAudioCodecs(group, audio)
  const attributes = tag('EXT-X-STREAM-INF', {
    BANDWIDTH: String(peakBitrate(video) + highest(peakBitrate)),
    'AVERAGE-BANDWIDTH': String(averageBitrate(video) + highest(averageBitrate)),
    CODECS: quote([...new Set([video.codec, ...audioCodecs])].join(',')),
    RESOLUTION: `${video.width}x${video.height}`,
    'FRAME-RATE': video.frameRate === null ? null : video.frameRate.toFixed(3),
    'VIDEO-RANGE': video.videoRange ?? null,
    AUDIO: group === null ? null : quote(group.id),
    SUBTITLES: hasSubtitles ? quote(SUBTITLE_GROUP) : null,
    'CLOSED-CAPTIONS': 'NONE',
  })
  return `${attributes}\n${uri}`
}

/**
 * Lists the codecs that playback of a group needs: its own, AAC, and that of the default rendition. With the codec of
 * a member that is only available in another one, players without that codec would reject the whole variant.
 */
function listAudioCodecs (group: AudioGroup<AudioEntry>, audio: string | null): string[] {
  const families = [group.family, COMMON_AUDIO_FAMILY]
  const defaultRendition = findDefaultAudio(group, audio)
  return group.renditions
    .filter((rendition) => rendition === defaultRendition || families.includes(audioFamily(rendition)))
    .map(({ codec }) => codec)
}

/** Key frames of a video for fast forward and previews; older packages do not state where they are. */
function renderKeyFrameVariant ({ keyFramesUri, video }: VideoEntry): string[] {
  const segments = keyFrameSegments(video)
  if (segments === null) return []
  return [
    tag('EXT-X-I-FRAME-STREAM-INF', {
      BANDWIDTH: String(peakBitrate({ segments })),
      'AVERAGE-BANDWIDTH': String(averageBitrate({ segments })),
      CODECS: quote(video.codec),
      RESOLUTION: `${video.width}x${video.height}`,
      'VIDEO-RANGE': video.videoRange ?? null,
      URI: quote(keyFramesUri),
    }),
  ]
}

function characteristics (kind: SubtitleKind | PackagedAudio['kind']): string | null {
  const value = CHARACTERISTICS[kind]
  return value === undefined ? null : quote(value)
}
