// Describes the texts that were found in a rendition. Apart from the parsers, which only worker threads load.
import type { EmbeddedSubtitleInfo, EmbeddedSubtitles, ExtractedSubtitle } from './embedded-subtitles.js'

export type SubtitleDescription = Omit<EmbeddedSubtitleInfo, 'extraction'>

/** The format of captions inside the pictures of a master (ATSC A/53), which its renditions lack. */
export const FRAME_CAPTIONS = 'a53'

export const isFrameCaptions = ({ codec }: Pick<EmbeddedSubtitleInfo, 'codec'>): boolean => codec === FRAME_CAPTIONS

/**
 * Describes the texts of a rendition as its master does: MP4 has no kinds, and not every language.
 * @param texts in the order of the rendition
 * @param pictures which the rendition lacks
 */
export function describeSubtitles (
  { embeddedSubtitles, extractedSubtitles }: EmbeddedSubtitles,
  texts: readonly SubtitleDescription[],
  pictures: readonly SubtitleDescription[],
): EmbeddedSubtitles {
  const webVtts = [...extractedSubtitles]
  const extracted: ExtractedSubtitle[] = []
  const embedded = texts.map(({ codec, language, kind, name }, i): EmbeddedSubtitleInfo => {
    const extraction = embeddedSubtitles[i]?.extraction ?? 'failed'
    const text = extraction === 'extracted' ? webVtts.shift() : undefined
    if (text !== undefined) extracted.push({ ...text, language, kind, name })
    return { codec, language, kind, name, extraction }
  })
  const left = pictures.map(({ codec, language, kind, name }): EmbeddedSubtitleInfo => ({
    codec,
    language,
    kind,
    name,
    extraction: 'not-convertible',
  }))
  return { embeddedSubtitles: [...embedded, ...left], extractedSubtitles: extracted }
}
