// The video heights, audio languages and subtitles of a title that a plan can play.
import { videoHeight, filterByPlanHeight } from '../../domain/file-choice.js'
import { readyFiles, type Catalogue, type CatalogueTitle } from '../store/catalogue.js'

export interface PlayableFormats {
  /** Pixels, highest first. */
  readonly heights: readonly number[]
  /** BCP 47, sorted. */
  readonly audioLanguages: readonly string[]
  /** BCP 47, sorted. */
  readonly subtitleLanguages: readonly string[]
}

/** Creates a check whether a plan can play a title: the movie, or at least one episode. @param planMaxHeight pixels */
export function createPlayableCheck (
  catalogue: Pick<Catalogue, 'lowestPlayableHeight'>,
  planMaxHeight: number,
): (title: CatalogueTitle) => boolean {
  return (title) => {
    const height = catalogue.lowestPlayableHeight(title)
    return height !== null && height <= planMaxHeight
  }
}

/** Collects the formats of all items of a title. @param planMaxHeight ignores files with a larger video height */
export function playableFormats (
  catalogue: Catalogue,
  title: Pick<CatalogueTitle, 'items'>,
  planMaxHeight: number,
): PlayableFormats {
  const heights = new Set<number>()
  const audioLanguages = new Set<string>()
  const subtitleLanguages = new Set<string>()
  for (const { id } of title.items) {
    const files = filterByPlanHeight(readyFiles(catalogue, id), planMaxHeight)
    for (const file of files) {
      heights.add(videoHeight(file))
      for (const language of file.audioLanguages) audioLanguages.add(language)
      for (const language of file.subtitleLanguages) subtitleLanguages.add(language)
    }
    // Sidecar subtitles count only if there is a video to play them with.
    if (files.length > 0) {
      for (const { language } of catalogue.sidecarFiles(id).subtitles) subtitleLanguages.add(language)
    }
  }
  return {
    heights: [...heights].filter((height) => height > 0).sort((a, b) => b - a),
    audioLanguages: [...audioLanguages].sort(),
    subtitleLanguages: [...subtitleLanguages].sort(),
  }
}
