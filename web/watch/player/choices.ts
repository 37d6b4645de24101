// What can be chosen while something plays: languages, subtitles, quality. Pure.
import type { MediaFile, Playback } from '../api/client.js'
import { languageName, qualityName } from '../format.js'
import type { Choice } from './menu.js'
import type { Source } from './source.js'

/** What is chosen now. */
export interface Chosen {
  readonly language: string | null
  /** Its id; null for none. */
  readonly subtitle: string | null
  /** null: as the screen and the network allow. */
  readonly height: number | null
}

export const OFF = 'off'
export const AUTO = 'auto'
const SUBTITLE_REMARKS = { full: '', forced: ' (forced)', sdh: ' (for the deaf)' } as const

function filesOf ({ mediaFile, alternatives }: Playback): MediaFile[] {
  return [mediaFile, ...alternatives.map((alternative) => alternative.mediaFile)]
}

/** Lines of a 16:9 frame, as the API counts them. */
function heightOf ({ width, height }: MediaFile): number {
  return Math.max(height ?? 0, Math.round((width ?? 0) * 9 / 16))
}

/** The least that has to be allowed so that there is a file in a language; null when any will do. */
export function heightNeededFor (playback: Playback, language: string, allowed: number | null): number | null {
  const heights = filesOf(playback).filter(({ audioLanguages }) => audioLanguages.includes(language)).map(heightOf)
  return allowed === null || heights.some((height) => height <= allowed) ? allowed : Math.min(...heights)
}

export function languageChoices (playback: Playback, source: Source, chosen: Chosen): Choice[] {
  const languages = new Set([...source.languages, ...filesOf(playback).flatMap(({ audioLanguages }) => audioLanguages)])
  return [...languages].map((language) => ({
    id: language,
    label: languageName(language),
    isChosen: language === chosen.language,
  }))
    .sort((a, b) => a.label.localeCompare(b.label))
}

export function subtitleChoices ({ subtitles }: Playback, chosen: Chosen): Choice[] {
  const off = { id: OFF, label: 'Off', isChosen: chosen.subtitle === null }
  return [
    off,
    ...subtitles.map(({ id, language, kind }) => ({
      id,
      label: `${languageName(language)}${SUBTITLE_REMARKS[kind]}`,
      isChosen: id === chosen.subtitle,
    })),
  ]
}

/** The sharpest first; of files that are played as they are, only those in the language that is heard. */
export function qualityChoices (playback: Playback, source: Source, chosen: Chosen): Choice[] {
  const isAdaptive = source.heights.length > 0
  const files = filesOf(playback).filter(({ audioLanguages }) =>
    isAdaptive || chosen.language === null || audioLanguages.length === 0 || audioLanguages.includes(chosen.language)
  )
  const heights = [...new Set([...source.heights, ...files.map(heightOf)])].filter((height) => height > 0).sort((
    a,
    b,
  ) => b - a)
  const auto = { id: AUTO, label: 'Auto', isChosen: chosen.height === null }
  return [
    auto,
    ...heights.map((height) => ({
      id: String(height),
      label: qualityName(height),
      isChosen: height === chosen.height,
    })),
  ]
}
