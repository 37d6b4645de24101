// Finding titles by what somebody types.
import { foldText } from './fold-text.js'
import type { Catalogue, CatalogueTitle } from './snapshot.js'

/** Titles whose name has the query in it, the most popular first. */
export function searchTitles (catalogue: Catalogue, query: string, isWanted: (title: CatalogueTitle) => boolean, limit: number): CatalogueTitle[] {
  const wanted = foldText(query)
  if (wanted === '') return []
  return [...catalogue.titles()].filter((title) => title.sortTitle.includes(wanted) && isWanted(title))
    .sort((a, b) => b.popularity - a.popularity).slice(0, limit)
}
