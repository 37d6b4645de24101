// What of a title a plan can play: which heights, in which languages, with which subtitles.
import { videoHeight, withinPlan } from '../../domain/file-choice.js'
import { readyFilesOf, type Catalogue, type CatalogueTitle } from '../store/catalogue.js'

export interface PlayableFormats {
  /** Lines, the sharpest first. */
  readonly heights: readonly number[]
  readonly audioLanguages: readonly string[]
  readonly subtitleLanguages: readonly string[]
}

/** @param planMaxHeight renditions above it are as good as not there */
export function playableFormats (
  catalogue: Catalogue,
  title: Pick<CatalogueTitle, 'items'>,
  planMaxHeight: number,
): PlayableFormats {
  const heights = new Set<number>()
  const audioLanguages = new Set<string>()
  const subtitleLanguages = new Set<string>()
  for (const { id } of title.items) {
    const files = withinPlan(readyFilesOf(catalogue, id), planMaxHeight)
    for (const file of files) {
      heights.add(videoHeight(file))
      for (const language of file.audioLanguages) audioLanguages.add(language)
      for (const language of file.subtitleLanguages) subtitleLanguages.add(language)
    }
    // Subtitles alone are nothing to watch.
    if (files.length > 0) {
      for (const { language } of catalogue.sideFilesOf(id).subtitles) subtitleLanguages.add(language)
    }
  }
  return {
    heights: [...heights].filter((height) => height > 0).sort((a, b) => b - a),
    audioLanguages: [...audioLanguages].sort(),
    subtitleLanguages: [...subtitleLanguages].sort(),
  }
}
