// Renders HLS playlists by RFC 8216 and its second edition. Pure functions. URIs are relative and contain their token.
import type { PackagedAudio, AudioGroup } from '../../domain/hls-rendition-set.js'
import { isSameLanguage, type SubtitleKind } from '../../domain/language-choice.js'
import type { RenditionIndex, VideoRendition } from '../packaging/package-index.js'

export interface VideoEntry {
  readonly uri: string
  readonly video: VideoRendition
}

export interface AudioEntry extends PackagedAudio, Pick<RenditionIndex, 'segments'> {
  readonly uri: string
}

export interface SubtitleEntry {
  readonly id: string
  readonly uri: string
  readonly language: string
  readonly kind: SubtitleKind
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

/** Byte ranges of EXT-X-MAP require version 6; version 7 is the newest one that these playlists use. */
const HEADER = '#EXTM3U\n#EXT-X-VERSION:7\n'
const SUBTITLE_GROUP = 'subtitles'
/** Fraction of the target duration: shorter segments do not represent the bandwidth that playback needs. */
const MIN_PEAK_DURATION_RATIO = 0.5
const CHARACTERISTICS: Readonly<Partial<Record<SubtitleKind | PackagedAudio['kind'], string>>> = {
  sdh: 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound',
  description: 'public.accessibility.describes-video',
}

/** Renders the master playlist. */
export function renderMasterPlaylist ({ videos, groups, subtitles, audio, subtitle }: MasterPlaylist): string {
  const audioTags = groups.flatMap((group) => {
    const defaultRendition = group.renditions.find(({ language, kind }) =>
      audio !== null && kind === 'main' && language !== null && isSameLanguage(language, audio)
    ) ?? group.renditions[0]
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
    audioGroups.map((group) => renderVariant(video, group, subtitles.length > 0))
  )
  return [`${HEADER}#EXT-X-INDEPENDENT-SEGMENTS`, ...audioTags, ...subtitleTags, ...variants, ''].join('\n')
}

/** A video rendition with the audio of one codec. Players choose a group that they can decode. */
function renderVariant (
  { uri, video }: VideoEntry,
  group: AudioGroup<AudioEntry> | null,
  hasSubtitles: boolean,
): string {
  const renditions = group?.renditions ?? []
  const highest = (bitrate: (rendition: Pick<RenditionIndex, 'segments'>) => number): number =>
    Math.max(0, ...renditions.map(bitrate))
  const attributes = tag('EXT-X-STREAM-INF', {
    BANDWIDTH: String(peakBitrate(video) + highest(peakBitrate)),
    'AVERAGE-BANDWIDTH': String(averageBitrate(video) + highest(averageBitrate)),
    CODECS: quote([...new Set([video.codec, ...renditions.map(({ codec }) => codec)])].join(',')),
    RESOLUTION: `${video.width}x${video.height}`,
    'FRAME-RATE': video.frameRate === null ? null : video.frameRate.toFixed(3),
    'VIDEO-RANGE': video.videoRange ?? null,
    AUDIO: group === null ? null : quote(group.id),
    SUBTITLES: hasSubtitles ? quote(SUBTITLE_GROUP) : null,
    'CLOSED-CAPTIONS': 'NONE',
  })
  return `${attributes}\n${uri}`
}

/** Renders the playlist of one rendition, whose segments are byte ranges of one file. */
export function renderMediaPlaylist (
  { initBytes, segments }: Pick<RenditionIndex, 'initBytes' | 'segments'>,
  uri: string,
): string {
  let offset = initBytes
  const entries = segments.map(([durationUs, sizeBytes]) => {
    const entry = `#EXTINF:${(durationUs / 1e6).toFixed(6)},\n#EXT-X-BYTERANGE:${sizeBytes}@${offset}\n${uri}`
    offset += sizeBytes
    return entry
  })
  return [
    mediaHeader(targetSeconds(segments)),
    '#EXT-X-INDEPENDENT-SEGMENTS',
    tag('EXT-X-MAP', { URI: quote(uri), BYTERANGE: quote(`${initBytes}@0`) }),
    ...entries,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n')
}

/** Renders the playlist of a subtitle, which is one segment. */
export function renderSubtitlePlaylist (durationMs: number, uri: string): string {
  const seconds = durationMs / 1_000
  return [
    mediaHeader(Math.max(1, Math.ceil(seconds))),
    `#EXTINF:${seconds.toFixed(3)},\n${uri}`,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n')
}

function mediaHeader (targetSeconds: number): string {
  return `${HEADER}#EXT-X-TARGETDURATION:${targetSeconds}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD`
}

function targetSeconds (segments: RenditionIndex['segments']): number {
  return Math.max(1, ...segments.map(([durationUs]) => Math.ceil(durationUs / 1e6)))
}

/** Highest bitrate of a segment, bit/s. */
function peakBitrate ({ segments }: Pick<RenditionIndex, 'segments'>): number {
  const minDurationUs = MIN_PEAK_DURATION_RATIO * 1e6 * targetSeconds(segments)
  const bitrates = segments.filter(([durationUs]) => durationUs >= minDurationUs)
    .map(([durationUs, sizeBytes]) => sizeBytes * 8e6 / durationUs)
  return Math.ceil(Math.max(averageBitrate({ segments }), ...bitrates))
}

function averageBitrate ({ segments }: Pick<RenditionIndex, 'segments'>): number {
  let totalUs = 0
  let totalBytes = 0
  for (const [durationUs, sizeBytes] of segments) {
    totalUs += durationUs
    totalBytes += sizeBytes
  }
  return Math.ceil(totalBytes * 8e6 / Math.max(1, totalUs))
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })

function languageName (language: string): string {
  try {
    return languageNames.of(language) ?? language
  } catch {
    return language
  }
}

function audioName ({ language, kind, name, channels }: PackagedAudio): string {
  const base = language === null ? name ?? 'Audio' : languageName(language)
  const remarks = [
    ...(kind === 'main' ? [] : [kind === 'commentary' ? 'commentary' : 'audio description']),
    ...(channels > 2 ? [`${channels} channels`] : []),
  ]
  return remarks.length === 0 ? base : `${base} (${remarks.join(', ')})`
}

function subtitleName ({ language, kind }: SubtitleEntry): string {
  const remark = kind === 'full' ? '' : kind === 'forced' ? ' (forced)' : ' (SDH)'
  return `${languageName(language)}${remark}`
}

/** Names must be unique within a group (RFC 8216 §4.3.4.1.1). */
function withUniqueNames<T> (entries: readonly T[], toName: (entry: T) => string): Array<readonly [T, string]> {
  const counts = new Map<string, number>()
  return entries.map((entry) => {
    const name = toName(entry)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [entry, count === 1 ? name : `${name} ${count}`] as const
  })
}

function characteristics (kind: SubtitleKind | PackagedAudio['kind']): string | null {
  const value = CHARACTERISTICS[kind]
  return value === undefined ? null : quote(value)
}

/** Renders a tag without the attributes that are null. */
function tag (name: string, attributes: Readonly<Record<string, string | null>>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => value === null ? [] : [`${key}=${value}`])
  return `#${name}:${list.join(',')}`
}

/** A quoted string cannot contain quotation marks or line breaks. */
function quote (text: string): string {
  return `"${text.replace(/["\r\n]/g, ' ')}"`
}
