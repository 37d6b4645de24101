// The search index as chunks of columns, from which the thread of a process that starts builds its own: reading all
// titles and finding their words takes ten times longer.
import type { DocumentColumns, DocumentStore } from './document-store.js'
import { genreWordsOf } from './document-words.js'
import type { PostingLists } from './posting-lists.js'
import type { Vocabulary } from './vocabulary.js'

const DOCUMENTS_PER_CHUNK = 4_000
const WORDS_PER_CHUNK = 1_000

/** The parts of an index. */
export interface IndexParts {
  readonly documents: DocumentStore
  readonly postings: PostingLists
  readonly vocabulary: Vocabulary
  /** Number of documents by word of a genre. */
  readonly genreCounts: Map<string, number>
}

interface DocumentsChunk extends DocumentColumns {
  readonly kind: 'documents'
}

interface FieldLengthsChunk {
  readonly kind: 'fieldLengths'
  readonly lengths: Uint16Array
}

interface WordsChunk {
  readonly kind: 'words'
  readonly words: readonly string[]
  /** Of the vocabulary; 0 for the word of a genre. */
  readonly frequencies: readonly number[]
  readonly popularities: readonly number[]
  readonly counts: readonly number[]
  /** Postings of one word after the other. */
  readonly postings: Uint32Array
}

type Chunk = DocumentsChunk | FieldLengthsChunk | WordsChunk

/** The index must not change until the last chunk was taken. */
export function* toIndexChunks ({ documents, postings, vocabulary }: IndexParts): Generator<Chunk> {
  const columns = documents.columns()
  for (let from = 0; from < columns.texts.length; from += DOCUMENTS_PER_CHUNK) {
    const slice = <T>(list: readonly T[]): T[] => list.slice(from, from + DOCUMENTS_PER_CHUNK)
    yield {
      kind: 'documents',
      texts: slice(columns.texts),
      kinds: slice(columns.kinds),
      years: slice(columns.years),
      popularities: slice(columns.popularities),
      genres: slice(columns.genres),
      genreLists: from === 0 ? columns.genreLists : [],
    }
  }
  yield { kind: 'fieldLengths', lengths: postings.fieldLengths() }
  let batch: Array<[word: string, postings: Uint32Array]> = []
  const toWordsChunk = (): WordsChunk => ({
    kind: 'words',
    words: batch.map(([word]) => word),
    frequencies: batch.map(([word]) => vocabulary.documentFrequency(word)),
    popularities: batch.map(([word]) => vocabulary.popularity(word)),
    counts: batch.map(([, list]) => list.length),
    postings: concatenate(batch.map(([, list]) => list)),
  })
  for (const entry of postings.entries()) {
    if (batch.push(entry) < WORDS_PER_CHUNK) continue
    yield toWordsChunk()
    batch = []
  }
  yield toWordsChunk()
}

/** Fills empty parts. */
export function restoreIndex (
  { documents, postings, vocabulary, genreCounts }: IndexParts,
  chunks: Iterable<unknown>,
): void {
  const columns: DocumentColumns = {
    texts: [],
    kinds: [],
    years: [],
    popularities: [],
    genres: [],
    genreLists: [],
  }
  for (const chunk of chunks as Iterable<Chunk>) {
    switch (chunk.kind) {
      case 'documents':
        for (const name of Object.keys(columns) as Array<keyof DocumentColumns>) {
          for (const value of chunk[name]) (columns[name] as unknown[]).push(value)
        }
        break
      case 'fieldLengths':
        documents.restore(columns)
        postings.restoreFieldLengths(chunk.lengths, documents.size())
        break
      case 'words': {
        let at = 0
        for (const [i, word] of chunk.words.entries()) {
          postings.restore(word, chunk.postings.subarray(at, at += chunk.counts[i] ?? 0))
          const frequency = chunk.frequencies[i] ?? 0
          if (frequency > 0) vocabulary.restore(word, frequency, chunk.popularities[i] ?? 0)
        }
      }
    }
  }
  // Every list has memory of its own afterwards: the chunks are released.
  postings.compact()
  countGenres(columns, documents, genreCounts)
}

function countGenres (
  { genres, genreLists }: DocumentColumns,
  documents: Pick<DocumentStore, 'ids'>,
  genreCounts: Map<string, number>,
): void {
  const wordLists = genreLists.map(genreWordsOf)
  for (const id of documents.ids()) {
    for (const word of wordLists[genres[id] ?? 0] ?? []) genreCounts.set(word, (genreCounts.get(word) ?? 0) + 1)
  }
}

function concatenate (lists: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return all
}
