// The words by which the index finds a document.
import { toGenreWords } from './genres.js'
import type { SearchDocument } from './search-index.js'
import { tokenise } from './tokenise.js'

/** The distinct words of the genres. */
export function genreWords ({ genres }: SearchDocument): string[] {
  return [...new Set(genres.flatMap(toGenreWords))]
}

/** The names and the year, which is searched like a name. */
export function namesText ({ names, year }: SearchDocument): string {
  return year === null ? names.join('\n') : `${names.join('\n')}\n${year}`
}

/** The distinct words of all texts but the genres. */
export function distinctWords (document: SearchDocument): Set<string> {
  const text = `${namesText(document)}\n${document.people}\n${document.episodes}`
  return new Set(tokenise(text).map(({ word }) => word))
}
