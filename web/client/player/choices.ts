// The choices in the menus of the player: audio, subtitles and quality. Pure.
import type { MediaFile, Playback } from '../api/client.js'
import { languageName, formatResolution } from '../format.js'
import type { Choice } from './menu.js'
import type { VideoSource } from './hls-source.js'

export interface Selection {
  readonly language: string | null
  /** ID of the subtitles; null for none. */
  readonly subtitle: string | null
  /** null: selected by screen and network. */
  readonly height: number | null
}

export const OFF = 'off'
export const AUTO = 'auto'
const SUBTITLE_SUFFIXES = { full: '', forced: ' [Forced]', sdh: ' [CC]' } as const

function listFiles ({ mediaFile, alternatives }: Playback): MediaFile[] {
  return [mediaFile, ...alternatives.map((alternative) => alternative.mediaFile)]
}

/** Height of a 16:9 frame that contains the video, like in the API. */
function videoHeight ({ width, height }: MediaFile): number {
  return Math.max(height ?? 0, Math.round((width ?? 0) * 9 / 16))
}

/** Returns the lowest limit at which a file in the language exists. */
export function findRequiredHeight (playback: Playback, language: string, limit: number | null): number | null {
  const heights = listFiles(playback).filter(({ audioLanguages }) => audioLanguages.includes(language)).map(videoHeight)
  return limit === null || heights.some((height) => height <= limit) ? limit : Math.min(...heights)
}

export function languageChoices (playback: Playback, source: VideoSource, selection: Selection): Choice[] {
  const languages = new Set([
    ...source.languages,
    ...listFiles(playback).flatMap(({ audioLanguages }) => audioLanguages),
  ])
  return [...languages].map((language) => ({
    id: language,
    label: languageName(language),
    isSelected: language === selection.language,
  }))
    .sort((a, b) => a.label.localeCompare(b.label))
}

export function subtitleChoices ({ subtitles }: Playback, selection: Selection): Choice[] {
  const off = { id: OFF, label: 'Off', isSelected: selection.subtitle === null }
  return [
    off,
    ...subtitles.map(({ id, language, kind }) => ({
      id,
      label: `${languageName(language)}${SUBTITLE_SUFFIXES[kind]}`,
      isSelected: id === selection.subtitle,
    })),
  ]
}

/** Highest first. Without adaptive streaming, only heights of files in the selected language. */
export function qualityChoices (playback: Playback, source: VideoSource, selection: Selection): Choice[] {
  const isAdaptive = source.heights.length > 0
  const files = listFiles(playback).filter(({ audioLanguages }) =>
    isAdaptive || selection.language === null || audioLanguages.length === 0 ||
    audioLanguages.includes(selection.language)
  )
  const heights = [...new Set([...source.heights, ...files.map(videoHeight)])].filter((height) => height > 0).sort((
    a,
    b,
  ) => b - a)
  const auto = { id: AUTO, label: 'Auto', isSelected: selection.height === null }
  return [
    auto,
    ...heights.map((height) => ({
      id: String(height),
      label: formatResolution(height),
      isSelected: height === selection.height,
    })),
  ]
}
