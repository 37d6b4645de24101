// Selects the subtitles of an item that fit to one of its media files.
import type { StoredSubtitle } from '../../../models/media.js'
import type { Catalogue, CatalogueFile } from '../store/catalogue.js'

/**
 * Subtitles for a media file, uploaded ones first. An extracted subtitle is left out if there is one of the same
 * language and kind that was uploaded or comes from the file itself; those of another edition have other times. Those
 * of a master that was replaced are for its own files only.
 */
export function offeredSubtitles (
  catalogue: Catalogue,
  { id, itemId, edition, master }: Pick<CatalogueFile, 'id' | 'itemId' | 'edition' | 'master'>,
): StoredSubtitle[] {
  const { subtitles } = catalogue.sidecarFiles(itemId)
  const sourceOf = ({ mediaFile }: StoredSubtitle): string | null => mediaFile?.toString() ?? null
  const sources = new Set(subtitles.map(sourceOf))
  const isBeside = (file: CatalogueFile | null): boolean =>
    file !== null && file.edition === edition && (file.stage === 'active' || isSameMaster(file, master))
  const others = [...sources].filter((source) =>
    source !== null && source !== id && isBeside(catalogue.findFile(source))
  )
  const offered: StoredSubtitle[] = []
  for (const source of [null, id, ...others]) {
    const isOffered = (one: StoredSubtitle): boolean =>
      offered.some(({ language, kind }) => language.toLowerCase() === one.language.toLowerCase() && kind === one.kind)
    // A file may have several of the same language and kind: they are compared with those of other sources only.
    offered.push(...subtitles.filter((one) => sourceOf(one) === source).filter((one) => !isOffered(one)))
  }
  return offered
}

function isSameMaster (file: CatalogueFile, master: CatalogueFile['master']): boolean {
  return master !== null && file.master !== null && file.master.equals(master)
}
