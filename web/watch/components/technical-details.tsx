// What the media files of a title contain.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MediaFile } from '@shared/api/client.js'
import { formatResolution, useFormats } from '@shared/i18n/format.js'

/** Names of codecs, by the beginning of their RFC 6381 string. */
const CODEC_NAMES: ReadonlyArray<readonly [prefix: RegExp, name: string]> = [
  [/^(avc[13]|h264)/, 'H.264'],
  [/^(hvc1|hev1|hevc|dvh[1e])/, 'H.265'],
  [/^av(01|1)/, 'AV1'],
  [/^vp0?9/, 'VP9'],
  [/^vp0?8/, 'VP8'],
  [/^(mp4a\.(40|67)|aac)/, 'AAC'],
  [/^(mp4a\.(69|6b)|mp3)/, 'MP3'],
  [/^(ec-3|eac3)/, 'Dolby Digital Plus'],
  [/^ac-?3/, 'Dolby Digital'],
  [/^opus/, 'Opus'],
  [/^flac/, 'FLAC'],
]
const BITS_PER_MEGABIT = 1_000_000
const CHANNEL_NAMES: Readonly<Record<number, string>> = { 1: 'Mono', 2: 'Stereo', 6: '5.1', 8: '7.1' }

function codecName (codec: string): string {
  return CODEC_NAMES.find(([prefix]) => prefix.test(codec.toLowerCase()))?.[1] ?? codec
}
const joinFacts = (facts: ReadonlyArray<string | null>): string =>
  facts.filter((fact) => fact !== null && fact !== '').join(' · ')
const unique = (values: readonly string[]): string[] => [...new Set(values)]

/** @param files of a movie, or of the episodes of a season; equal ones are shown once */
export function TechnicalDetails ({ files }: { readonly files: readonly MediaFile[] }): ReactNode {
  const t = useTranslations('title')
  const { language, number, bytes } = useFormats()
  if (files.length === 0) return null
  const describeVideo = ({ height, videoCodec, frameRate, bitrate, edition }: MediaFile): string =>
    joinFacts([
      edition,
      height === null ? null : formatResolution(height),
      videoCodec === null ? null : codecName(videoCodec),
      frameRate === null ? null : t('frameRate', { rate: number(frameRate) }),
      bitrate === null
        ? null
        : bitrate < BITS_PER_MEGABIT
        ? t('kilobits', { rate: number(Math.round(bitrate / 1_000)) })
        : t('megabits', { rate: number(Math.round(10 * bitrate / BITS_PER_MEGABIT) / 10) }),
    ])
  const describeAudio = ({ audioTracks }: MediaFile): string[] =>
    audioTracks.map((track) =>
      joinFacts([
        track.language === null ? t('unknownLanguage') : language(track.language),
        CHANNEL_NAMES[track.channels] ?? t('channels', { count: track.channels }),
        track.codec === null ? null : codecName(track.codec),
        track.name,
      ])
    )
  const subtitles = unique(files.flatMap(({ subtitleLanguages }) => subtitleLanguages)).map(language)
  const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return (
    <details className="technical">
      <summary>{t('technicalDetails')}</summary>
      <dl>
        <dt>{t('video')}</dt>
        {unique(files.map(describeVideo)).map((text) => <dd key={text}>{text}</dd>)}
        <dt>{t('audio')}</dt>
        {unique(files.flatMap(describeAudio)).map((text) => <dd key={text}>{text}</dd>)}
        <dt>{t('subtitles')}</dt>
        <dd>{subtitles.length === 0 ? t('none') : subtitles.join(', ')}</dd>
        <dt>{t('size')}</dt>
        <dd>{bytes(size)}</dd>
      </dl>
    </details>
  )
}
