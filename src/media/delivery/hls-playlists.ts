// HLS playlists as text, by RFC 8216 and its second edition: pure. Addresses are relative and carry what they need.
import type { PackagedAudio, AudioGroup } from '../../domain/hls-rendition-set.js'
import { isSameLanguage, type SubtitleKind } from '../../domain/language-choice.js'
import type { RenditionIndex, VideoRendition } from '../packaging/package-index.js'

export interface PictureLine {
  readonly uri: string
  readonly picture: VideoRendition
}

export interface SoundLine extends PackagedAudio, Pick<RenditionIndex, 'segments'> {
  readonly uri: string
}

export interface SubtitleLine {
  readonly id: string
  readonly uri: string
  readonly language: string
  readonly kind: SubtitleKind
}

export interface MasterPlaylist {
  readonly pictures: readonly PictureLine[]
  readonly groups: ReadonlyArray<AudioGroup<SoundLine>>
  readonly subtitles: readonly SubtitleLine[]
  /** What is on at first; null: the first sound, no subtitle. */
  readonly audio: string | null
  readonly subtitle: string | null
}

/** Byte ranges of EXT-X-MAP need 6, everything here is known since 7. */
const HEAD = '#EXTM3U\n#EXT-X-VERSION:7\n'
const SUBTITLE_GROUP = 'subtitles'
/** Shorter segments say little about the bandwidth that playing needs; of the target duration. */
const PEAK_COUNTS_FROM = 0.5
const CHARACTERISTICS: Readonly<Partial<Record<SubtitleKind | PackagedAudio['kind'], string>>> = {
  sdh: 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound',
  description: 'public.accessibility.describes-video',
}

export function renderMaster ({ pictures, groups, subtitles, audio, subtitle }: MasterPlaylist): string {
  const sounds = groups.flatMap((group) => {
    const first = group.sounds.find(({ language, kind }) =>
      audio !== null && kind === 'main' && language !== null && isSameLanguage(language, audio)
    ) ?? group.sounds[0]
    return withNames(group.sounds, soundName).map(([sound, name]) =>
      tag('EXT-X-MEDIA', {
        TYPE: 'AUDIO',
        'GROUP-ID': quoted(group.id),
        NAME: quoted(name),
        LANGUAGE: sound.language === null ? null : quoted(sound.language),
        DEFAULT: sound === first ? 'YES' : 'NO',
        // A commentary is never what somebody wants because of its language.
        AUTOSELECT: sound === first || sound.kind !== 'commentary' ? 'YES' : 'NO',
        CHARACTERISTICS: characteristicsOf(sound.kind),
        CHANNELS: quoted(String(sound.channels)),
        URI: quoted(sound.uri),
      })
    )
  })
  const texts = withNames(subtitles, subtitleName).map(([one, name]) =>
    tag('EXT-X-MEDIA', {
      TYPE: 'SUBTITLES',
      'GROUP-ID': quoted(SUBTITLE_GROUP),
      NAME: quoted(name),
      LANGUAGE: quoted(one.language),
      DEFAULT: one.id === subtitle ? 'YES' : 'NO',
      AUTOSELECT: 'YES',
      FORCED: one.kind === 'forced' ? 'YES' : 'NO',
      CHARACTERISTICS: characteristicsOf(one.kind),
      URI: quoted(one.uri),
    })
  )
  const silent: ReadonlyArray<AudioGroup<SoundLine> | null> = [null]
  const variants = pictures.flatMap((line) =>
    (groups.length === 0 ? silent : groups).map((group) => renderVariant(line, group, subtitles.length > 0))
  )
  return [`${HEAD}#EXT-X-INDEPENDENT-SEGMENTS`, ...sounds, ...texts, ...variants, ''].join('\n')
}

/** A picture with the sounds of one codec; with sounds of several, a player takes the group that it can play. */
function renderVariant (
  { uri, picture }: PictureLine,
  group: AudioGroup<SoundLine> | null,
  hasSubtitles: boolean,
): string {
  const loudest = (rate: (rendition: Pick<RenditionIndex, 'segments'>) => number): number =>
    Math.max(0, ...(group?.sounds ?? []).map(rate))
  const attributes = tag('EXT-X-STREAM-INF', {
    BANDWIDTH: String(peakRate(picture) + loudest(peakRate)),
    'AVERAGE-BANDWIDTH': String(averageRate(picture) + loudest(averageRate)),
    CODECS: quoted([...new Set([picture.codec, ...(group?.sounds ?? []).map(({ codec }) => codec)])].join(',')),
    RESOLUTION: `${picture.width}x${picture.height}`,
    'FRAME-RATE': picture.frameRate === null ? null : picture.frameRate.toFixed(3),
    AUDIO: group === null ? null : quoted(group.id),
    SUBTITLES: hasSubtitles ? quoted(SUBTITLE_GROUP) : null,
  })
  return `${attributes}\n${uri}`
}

/** The playlist of one rendition: all its segments lie in one file. */
export function renderMedia (
  { initBytes, segments }: Pick<RenditionIndex, 'initBytes' | 'segments'>,
  uri: string,
): string {
  let offset = initBytes
  const lines = segments.map(([durationUs, sizeBytes]) => {
    const line = `#EXTINF:${(durationUs / 1e6).toFixed(6)},\n#EXT-X-BYTERANGE:${sizeBytes}@${offset}\n${uri}`
    offset += sizeBytes
    return line
  })
  const map = tag('EXT-X-MAP', { URI: quoted(uri), BYTERANGE: quoted(`${initBytes}@0`) })
  return [headOf(targetSeconds(segments)), '#EXT-X-INDEPENDENT-SEGMENTS', map, ...lines, '#EXT-X-ENDLIST', ''].join(
    '\n',
  )
}

/** A subtitle is one segment. */
export function renderSubtitles (durationMs: number, uri: string): string {
  const seconds = durationMs / 1_000
  return [headOf(Math.max(1, Math.ceil(seconds))), `#EXTINF:${seconds.toFixed(3)},\n${uri}`, '#EXT-X-ENDLIST', ''].join(
    '\n',
  )
}

function headOf (targetSeconds: number): string {
  return `${HEAD}#EXT-X-TARGETDURATION:${targetSeconds}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD`
}

function targetSeconds (segments: RenditionIndex['segments']): number {
  return Math.max(1, ...segments.map(([durationUs]) => Math.ceil(durationUs / 1e6)))
}

/** The highest bitrate of a segment, in bit/s. */
function peakRate ({ segments }: Pick<RenditionIndex, 'segments'>): number {
  const longEnough = segments.filter(([durationUs]) => durationUs >= PEAK_COUNTS_FROM * 1e6 * targetSeconds(segments))
  return Math.ceil(
    Math.max(averageRate({ segments }), ...longEnough.map(([durationUs, sizeBytes]) => sizeBytes * 8e6 / durationUs)),
  )
}

function averageRate ({ segments }: Pick<RenditionIndex, 'segments'>): number {
  const [durationUs, sizeBytes] = segments.reduce(
    ([us, bytes], [moreUs, moreBytes]) => [us + moreUs, bytes + moreBytes],
    [0, 0],
  )
  return Math.ceil(sizeBytes * 8e6 / Math.max(1, durationUs))
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })

function nameOf (language: string): string {
  try {
    return languageNames.of(language) ?? language
  } catch {
    return language
  }
}

function soundName ({ language, kind, name, channels }: PackagedAudio): string {
  const base = language === null ? name ?? 'Audio' : nameOf(language)
  const remarks = [
    ...(kind === 'main' ? [] : [kind === 'commentary' ? 'commentary' : 'audio description']),
    ...(channels > 2 ? [`${channels} channels`] : []),
  ]
  return remarks.length === 0 ? base : `${base} (${remarks.join(', ')})`
}

function subtitleName ({ language, kind }: SubtitleLine): string {
  const remark = kind === 'full' ? '' : kind === 'forced' ? ' (forced)' : ' (SDH)'
  return `${nameOf(language)}${remark}`
}

/** Names are unique within a group (RFC 8216 §4.3.4.1.1). */
function withNames<T> (list: readonly T[], toName: (one: T) => string): Array<readonly [T, string]> {
  const counts = new Map<string, number>()
  return list.map((one) => {
    const name = toName(one)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [one, count === 1 ? name : `${name} ${count}`] as const
  })
}

function characteristicsOf (kind: SubtitleKind | PackagedAudio['kind']): string | null {
  const value = CHARACTERISTICS[kind]
  return value === undefined ? null : quoted(value)
}

function tag (name: string, attributes: Readonly<Record<string, string | null>>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => value === null ? [] : [`${key}=${value}`])
  return `#${name}:${list.join(',')}`
}

/** A quoted string holds neither quotes nor line breaks. */
function quoted (text: string): string {
  return `"${text.replace(/["\r\n]/g, ' ')}"`
}
