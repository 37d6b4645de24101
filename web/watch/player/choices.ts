// The choices in the menus of the player: audio, subtitles and quality. Pure.
import type { MediaFile, Playback } from '@shared/api/client.js'

export interface Selection {
  readonly language: string | null
  /** ID of the subtitles; null for none. */
  readonly subtitle: string | null
  /** null: selected by screen and network. */
  readonly height: number | null
}

/** What the active source can switch to without a new start of playback. */
export interface SourceFormats {
  /** Empty for a single file. */
  readonly heights: readonly number[]
  readonly languages: readonly string[]
}

function listFiles ({ mediaFile, alternatives }: Playback): MediaFile[] {
  return [mediaFile, ...alternatives.map((alternative) => alternative.mediaFile)]
}

/** Height of a 16:9 frame that contains the video, like in the API: 1920x800 counts as 1080p. */
export function frameHeight ({ width, height }: { width: number | null, height: number | null }): number {
  return Math.max(height ?? 0, Math.round((width ?? 0) * 9 / 16))
}

/** Returns the lowest limit at which a file in the language exists. */
export function findRequiredHeight (playback: Playback, language: string, limit: number | null): number | null {
  const heights = listFiles(playback).filter(({ audioLanguages }) => audioLanguages.includes(language)).map(frameHeight)
  return limit === null || heights.some((height) => height <= limit) ? limit : Math.min(...heights)
}

/** Returns the audio languages of the source and of the other files, without duplicates. */
export function listLanguages (playback: Playback, { languages }: SourceFormats): string[] {
  return [...new Set([...languages, ...listFiles(playback).flatMap(({ audioLanguages }) => audioLanguages)])]
}

/** Returns the heights, highest first. Without adaptive streaming, only those of files in the selected language. */
export function listHeights (playback: Playback, formats: SourceFormats, selection: Selection): number[] {
  const isAdaptive = formats.heights.length > 0
  const files = listFiles(playback).filter(({ audioLanguages }) =>
    isAdaptive || selection.language === null || audioLanguages.length === 0 ||
    audioLanguages.includes(selection.language)
  )
  const heights = new Set([...formats.heights, ...files.map(frameHeight)])
  return [...heights].filter((height) => height > 0).sort((a, b) => b - a)
}
