// The words by which the index finds a document.
import { toGenreWords } from './genres.js'
import type { SearchDocument } from './document-store.js'
import type { FieldWords } from './posting-lists.js'
import { tokenise } from './tokenise.js'

/** The names and the year, which is searched like a name. */
function namesText ({ names, year }: SearchDocument): string {
  return year === null ? names.join('\n') : `${names.join('\n')}\n${year}`
}

/** The words of a document, in the order of the fields of the inverted index. */
export function fieldWords (document: SearchDocument): FieldWords {
  const [names, people, episodes] = [namesText(document), document.people, document.episodes]
    .map((text) => tokenise(text).map(({ word }) => word))
  return [names ?? [], people ?? [], episodes ?? [], [...genreWordsOf(document.genres)]]
}

/** The distinct words of genres. */
export function genreWordsOf (genres: readonly string[]): Set<string> {
  return new Set(genres.flatMap(toGenreWords))
}

/** The distinct words of the genres of a document. */
export function genreWords (words: FieldWords): readonly string[] {
  return words.at(-1) ?? []
}

/** The distinct words of the texts: genres are no words that a typed word can stand for. */
export function textWords (words: FieldWords): Set<string> {
  return new Set(words.slice(0, -1).flat())
}
