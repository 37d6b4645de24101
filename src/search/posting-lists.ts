// The inverted index: which documents contain a word, in which field and how often. A posting is one number in a typed
// array: 4 bytes, where a map of maps takes 50. Scores are BM25+, as in MiniSearch.

export const FIELDS = ['names', 'people', 'episodes', 'genres'] as const
export const FIELD_COUNT = FIELDS.length
const FIELD_BOOSTS: readonly number[] = [4, 1.5, 1, 1]

/** Bits of a posting below the document ID: the field, and the number of times up to a maximum. */
const [FIELD_FACTOR, ID_FACTOR, ID_SHIFT, MAX_FREQUENCY] = [16, 64, 6, 15]
/** The largest document ID of a posting of 32 bits. */
export const MAX_DOCUMENT_ID = 2 ** 26 - 1

/** Parameters of BM25+. */
const [SATURATION, LENGTH_NORMALISATION, MIN_FREQUENCY_SCORE] = [1.2, 0.7, 0.5]
const MIN_CAPACITY = 4
const GROWTH = 1.5

/** The words of each field of a document, in the order of `FIELDS`. */
export type FieldWords = ReadonlyArray<readonly string[]>

export interface ScoredDocument {
  readonly id: number
  readonly score: number
  /** Bit `1 << index` is set for each field that matches. */
  readonly fields: number
}

/** A word that is searched for, and its weight. */
export type WeightedWord = readonly [word: string, weight: number]

interface PostingList {
  /** Ascending: by document, then by field. */
  postings: Uint32Array
  length: number
}

interface Accumulated {
  score: number
  fields: number
  readonly words: string[]
}

export interface PostingLists {
  add(id: number, words: FieldWords): void
  remove(id: number, words: FieldWords): void
  /** Visits each document that contains one of the words, once or more. */
  visit(words: Iterable<string>, visitDocument: (id: number) => void): void
  /**
   * Scores the documents that match one of the queries. A query matches if each of its terms does, or any of them; a
   * term if any of its words does.
   * @param boostOf factor of a document; 0 leaves it out
   */
  score(
    queries: ReadonlyArray<ReadonlyArray<readonly WeightedWord[]>>,
    combineWith: 'AND' | 'OR',
    boostOf: (id: number) => number,
  ): ScoredDocument[]
  /** The words with their postings, for a snapshot. */
  entries(): IterableIterator<[word: string, postings: Uint32Array]>
  /** Takes the postings of a snapshot; the array is not copied. */
  restore(word: string, postings: Uint32Array): void
  fieldLengths(): Uint16Array
  restoreFieldLengths(lengths: Uint16Array, documents: number): void
  /** Gives back the memory that lists reserve while they grow. */
  compact(): void
}

export function createPostingLists (): PostingLists {
  const lists = new Map<string, PostingList>()
  /** Number of distinct words by document and field; 0 for documents that do not exist. */
  let lengths: Uint16Array = new Uint16Array(1_024)
  const lengthSums = new Array<number>(FIELD_COUNT).fill(0)
  let documentCount = 0

  function setLengths (id: number, words: FieldWords, sign: 1 | -1): void {
    if ((id + 1) * FIELD_COUNT > lengths.length) {
      const grown = new Uint16Array(Math.ceil((id + 1) * FIELD_COUNT * GROWTH))
      grown.set(lengths)
      lengths = grown
    }
    documentCount += sign
    for (let field = 0; field < FIELD_COUNT; field++) {
      const length = Math.min(0xffff, new Set(words[field]).size)
      lengths[id * FIELD_COUNT + field] = sign === 1 ? length : 0
      lengthSums[field] = (lengthSums[field] ?? 0) + sign * length
    }
  }

  function add (id: number, words: FieldWords): void {
    if (id > MAX_DOCUMENT_ID) throw new RangeError('too many documents')
    setLengths(id, words, 1)
    for (const [field, fieldWords] of words.entries()) {
      for (const [word, frequency] of countWords(fieldWords)) {
        const posting = id * ID_FACTOR + field * FIELD_FACTOR + Math.min(frequency, MAX_FREQUENCY)
        const list = lists.get(word)
        if (list === undefined) lists.set(word, { postings: Uint32Array.of(posting), length: 1 })
        else insertPosting(list, posting)
      }
    }
  }

  function remove (id: number, words: FieldWords): void {
    setLengths(id, words, -1)
    for (const word of new Set(words.flat())) {
      const list = lists.get(word)
      if (list === undefined) continue
      const from = findPosting(list, id * ID_FACTOR)
      const to = findPosting(list, (id + 1) * ID_FACTOR)
      list.postings.copyWithin(from, to, list.length)
      list.length -= to - from
      if (list.length === 0) lists.delete(word)
    }
  }

  function visit (words: Iterable<string>, visitDocument: (id: number) => void): void {
    for (const word of words) {
      const list = lists.get(word)
      if (list === undefined) continue
      const { postings, length } = list
      let previous = -1
      for (let i = 0; i < length; i++) {
        const id = (postings[i] ?? 0) >>> ID_SHIFT
        if (id !== previous) visitDocument(id)
        previous = id
      }
    }
  }

  /** Adds the scores of the documents that contain a word. */
  function scoreWord (
    [word, weight]: WeightedWord,
    boostOf: (id: number) => number,
    scores: Map<number, Accumulated>,
  ): void {
    const list = lists.get(word)
    if (list === undefined) return
    const { postings, length } = list
    const counts = new Array<number>(FIELD_COUNT).fill(0)
    for (let i = 0; i < length; i++) {
      const field = fieldOf(postings[i] ?? 0)
      counts[field] = (counts[field] ?? 0) + 1
    }
    const factors = counts.map((count, field) =>
      weight * (FIELD_BOOSTS[field] ?? 1) * Math.log(1 + (documentCount - count + 0.5) / (count + 0.5))
    )
    const averages = lengthSums.map((sum) => sum / documentCount)
    for (let i = 0; i < length; i++) {
      const posting = postings[i] ?? 0
      const id = posting >>> ID_SHIFT
      const boost = boostOf(id)
      if (boost === 0) continue
      const field = fieldOf(posting)
      const frequency = posting % FIELD_FACTOR
      const relativeLength = (lengths[id * FIELD_COUNT + field] ?? 0) / (averages[field] ?? 1)
      const normalised = SATURATION * (1 - LENGTH_NORMALISATION + LENGTH_NORMALISATION * relativeLength)
      const score = (factors[field] ?? 0) * boost *
        (MIN_FREQUENCY_SCORE + frequency * (SATURATION + 1) / (frequency + normalised))
      const existing = scores.get(id)
      if (existing === undefined) {
        scores.set(id, { score, fields: 1 << field, words: [word] })
        continue
      }
      existing.score += score
      existing.fields |= 1 << field
      if (existing.words.at(-1) !== word) existing.words.push(word)
    }
  }

  return {
    add,
    remove,
    visit,
    score (queries, combineWith, boostOf) {
      const total = new Map<number, Accumulated>()
      for (const terms of queries) {
        let matching: Map<number, Accumulated> | null = null
        for (const words of terms) {
          const scores = new Map<number, Accumulated>()
          for (const word of words) scoreWord(word, boostOf, scores)
          if (matching === null) matching = scores
          else if (combineWith === 'OR') mergeScores(matching, scores)
          else matching = intersectScores(matching, scores)
        }
        if (matching !== null) mergeScores(total, matching)
      }
      // A document that contains more of the words is a better match.
      return [...total].map(([id, { score, fields, words }]) => ({ id, fields, score: score * new Set(words).size }))
        .sort((a, b) => b.score - a.score)
    },
    *entries () {
      for (const [word, { postings, length }] of lists) yield [word, postings.subarray(0, length)]
    },
    restore (word, postings) {
      lists.set(word, { postings, length: postings.length })
    },
    fieldLengths: () => lengths,
    restoreFieldLengths (restored, documents) {
      lengths = restored
      documentCount = documents
      lengthSums.fill(0)
      for (const [i, length] of lengths.entries()) {
        lengthSums[i % FIELD_COUNT] = (lengthSums[i % FIELD_COUNT] ?? 0) + length
      }
    },
    compact () {
      let size = 0
      for (const { length } of lists.values()) size += length
      const all = new Uint32Array(size)
      let at = 0
      for (const list of lists.values()) {
        all.set(list.postings.subarray(0, list.length), at)
        list.postings = all.subarray(at, at + list.length)
        at += list.length
      }
    },
  }
}

const fieldOf = (posting: number): number => (posting >>> 4) & 3

function countWords (words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Index of the first posting that is not smaller. */
function findPosting ({ postings, length }: PostingList, posting: number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((postings[middle] ?? 0) < posting) low = middle + 1
    else high = middle
  }
  return low
}

function insertPosting (list: PostingList, posting: number): void {
  const at = (list.postings[list.length - 1] ?? 0) < posting ? list.length : findPosting(list, posting)
  if (list.length === list.postings.length) {
    const grown = new Uint32Array(Math.max(MIN_CAPACITY, Math.ceil(list.length * GROWTH)))
    grown.set(list.postings)
    list.postings = grown
  }
  list.postings.copyWithin(at + 1, at, list.length)
  list.postings[at] = posting
  list.length++
}

function mergeScores (into: Map<number, Accumulated>, others: ReadonlyMap<number, Accumulated>): void {
  for (const [id, other] of others) {
    const existing = into.get(id)
    if (existing === undefined) into.set(id, other)
    else addScore(existing, other)
  }
}

function intersectScores (
  scores: ReadonlyMap<number, Accumulated>,
  others: ReadonlyMap<number, Accumulated>,
): Map<number, Accumulated> {
  const common = new Map<number, Accumulated>()
  for (const [id, other] of others) {
    const existing = scores.get(id)
    if (existing === undefined) continue
    addScore(existing, other)
    common.set(id, existing)
  }
  return common
}

function addScore (into: Accumulated, { score, fields, words }: Accumulated): void {
  into.score += score
  into.fields |= fields
  into.words.push(...words)
}
