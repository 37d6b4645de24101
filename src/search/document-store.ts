// The documents of the search index in a compact form: one string for all texts of a document, numbers in arrays, and
// one list for equal genres. A document is unpacked when a search ranks or explains it.
import { flattenText } from '../catalogue/store/interning.js'
import type { ExplainableTitle } from './highlights.js'

/** An indexed title. */
export interface SearchDocument extends ExplainableTitle {
  /** A small number: it uses less memory than the ID of the title. */
  readonly id: number
  readonly popularity: number
}

/** Between names, and between the parts of a packed text. Texts contain no control characters but line breaks. */
const [NAME_SEPARATOR, PART_SEPARATOR] = ['\u001f', '\u001e']
const ORIGINAL_MARK = '\u001d'
const SEPARATORS = new RegExp(`[${NAME_SEPARATOR}${PART_SEPARATOR}${ORIGINAL_MARK}]`, 'g')

export interface DocumentStore {
  put(document: SearchDocument): void
  get(id: number): SearchDocument | undefined
  has(id: number): boolean
  /** All documents. */
  ids(): Generator<number>
  /** What a query can restrict results by. */
  restrictedFields(id: number): Pick<SearchDocument, 'kind' | 'year'>
  remove(id: number): void
  size(): number
  /** Length of the shortest name; Infinity for an unknown document. */
  shortestName(id: number): number
  logPopularity(id: number): number
  /** The columns by document ID, for a snapshot. */
  columns(): DocumentColumns
  restore(columns: DocumentColumns): void
}

/** A document that does not exist has an empty text. */
export interface DocumentColumns {
  readonly texts: string[]
  readonly kinds: Array<SearchDocument['kind']>
  /** NaN for none. */
  readonly years: number[]
  readonly popularities: number[]
  /** Index in `genreLists`. */
  readonly genres: number[]
  readonly genreLists: Array<readonly string[]>
}

export function createDocumentStore (): DocumentStore {
  let columns: DocumentColumns = { texts: [], kinds: [], years: [], popularities: [], genres: [], genreLists: [] }
  let genreIndexes = new Map<string, number>()
  let shortestNames: number[] = []
  let logPopularities: number[] = []
  let size = 0

  function genreIndex (genres: readonly string[]): number {
    const key = genres.join('\n')
    const existing = genreIndexes.get(key)
    if (existing !== undefined) return existing
    const index = columns.genreLists.push([...genres]) - 1
    genreIndexes.set(key, index)
    return index
  }

  const has = (id: number): boolean => (columns.texts[id] ?? '') !== ''

  function yearOf (id: number): number | null {
    const year = columns.years[id] ?? NaN
    return Number.isNaN(year) ? null : year
  }

  /** Arrays without holes: V8 turns an array with many into a slow table. */
  function growTo (id: number): void {
    while (columns.texts.length <= id) {
      columns.texts.push('')
      columns.kinds.push('movie')
      columns.years.push(NaN)
      columns.popularities.push(0)
      columns.genres.push(0)
      shortestNames.push(Infinity)
      logPopularities.push(0)
    }
  }

  function setDerived (id: number, names: readonly string[], popularity: number): void {
    shortestNames[id] = Math.min(...names.map(({ length }) => length))
    logPopularities[id] = Math.log1p(popularity)
  }

  return {
    has,
    *ids () {
      for (const id of columns.texts.keys()) if (has(id)) yield id
    },
    restrictedFields: (id) => ({ kind: columns.kinds[id] ?? 'movie', year: yearOf(id) }),
    size: () => size,
    shortestName: (id) => shortestNames[id] ?? Infinity,
    logPopularity: (id) => logPopularities[id] ?? 0,
    put (document) {
      const { id, kind, names, hasOriginal, people, episodes, genres, year, popularity } = document
      growTo(id)
      if (!has(id)) size++
      columns.texts[id] = packText({ names, hasOriginal, people, episodes })
      columns.kinds[id] = kind
      columns.years[id] = year ?? NaN
      columns.popularities[id] = popularity
      columns.genres[id] = genreIndex(genres)
      setDerived(id, names, popularity)
    },
    get (id) {
      const text = columns.texts[id] ?? ''
      if (text === '') return undefined
      return {
        id,
        kind: columns.kinds[id] ?? 'movie',
        ...unpackText(text),
        genres: columns.genreLists[columns.genres[id] ?? 0] ?? [],
        year: yearOf(id),
        popularity: columns.popularities[id] ?? 0,
      }
    },
    remove (id) {
      if (!has(id)) return
      size--
      columns.texts[id] = ''
      shortestNames[id] = Infinity
      logPopularities[id] = 0
    },
    columns: () => columns,
    restore (restored) {
      columns = restored
      genreIndexes = new Map(columns.genreLists.map((genres, index) => [genres.join('\n'), index]))
      shortestNames = []
      logPopularities = []
      size = 0
      for (const [id, text] of columns.texts.entries()) {
        shortestNames.push(Infinity)
        logPopularities.push(0)
        if (text === '') continue
        size++
        setDerived(id, unpackText(text).names, columns.popularities[id] ?? 0)
      }
    },
  }
}

type Texts = Pick<SearchDocument, 'names' | 'hasOriginal' | 'people' | 'episodes'>

function packText ({ names, hasOriginal, people, episodes }: Texts): string {
  const parts = [
    names.map(withoutSeparators).join(NAME_SEPARATOR),
    withoutSeparators(people),
    withoutSeparators(episodes),
  ]
  return flattenText(`${hasOriginal ? ORIGINAL_MARK : ''}${parts.join(PART_SEPARATOR)}`)
}

function unpackText (text: string): Texts {
  const hasOriginal = text.startsWith(ORIGINAL_MARK)
  const [names = '', people = '', episodes = ''] = (hasOriginal ? text.slice(1) : text).split(PART_SEPARATOR)
  return { names: names.split(NAME_SEPARATOR), hasOriginal, people, episodes }
}

/** A title with such a character is shown as it is; only its highlighted text has a space. */
function withoutSeparators (text: string): string {
  return text.replace(SEPARATORS, ' ')
}
