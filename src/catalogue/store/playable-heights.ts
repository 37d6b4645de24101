// The lowest video height in which each title can be played. Pages of cards ask for hundreds of titles at a time.
import { videoHeight } from '../../domain/file-choice.js'
import { isPlayable, type Catalogue, type CatalogueTitle } from './catalogue.js'

type FileSource = Pick<Catalogue, 'canHaveFiles' | 'itemFiles' | 'generation'>

/**
 * Creates a look-up that remembers heights until the catalogue changes.
 * @returns pixels of the movie, or of the episode with the lowest height; null if nothing of the title can be played
 */
export function createPlayableHeights (catalogue: FileSource): (title: CatalogueTitle) => number | null {
  let generation = -1
  const heights = new Map<CatalogueTitle, number | null>()

  function findLowest (title: CatalogueTitle): number | null {
    if (!catalogue.canHaveFiles(title.id)) return null
    let lowest = Infinity
    // The item of a movie has its ID. It is created on each access, so it is not read here.
    const itemIds = title.kind === 'movie' ? [title.id] : title.items.map(({ id }) => id)
    for (const id of itemIds) {
      for (const file of catalogue.itemFiles(id)) {
        if (isPlayable(file)) lowest = Math.min(lowest, videoHeight(file))
      }
    }
    return lowest === Infinity ? null : lowest
  }

  return (title) => {
    if (generation !== catalogue.generation()) {
      generation = catalogue.generation()
      heights.clear()
    }
    let height = heights.get(title)
    if (height === undefined) {
      height = findLowest(title)
      heights.set(title, height)
    }
    return height
  }
}
