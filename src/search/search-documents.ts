// Maps stored titles to search documents, which have small numbers as IDs.
import type { StoredMovie } from '../../models/movie.js'
import type { StoredShow } from '../../models/show.js'
import type { SearchDocument } from './document-store.js'

export type SearchableTitleDocument = StoredMovie | StoredShow

/** The searchable fields of a title. */
export const SEARCH_PROJECTION = {
  kind: 1,
  title: 1,
  originalTitle: 1,
  alternativeTitles: 1,
  'translations.title': 1,
  year: 1,
  genres: 1,
  popularity: 1,
  'cast.name': 1,
  'crew.name': 1,
  'seasons.number': 1,
  'seasons.episodes.number': 1,
  'seasons.episodes.title': 1,
} as const

/** Further credits are not searchable: a title with a thousand names would fill the index. */
const MAX_SEARCHABLE_PEOPLE = 100

const ID_BYTES = 12
/** Stands for a document that was removed. */
const NO_ID = '0'.repeat(2 * ID_BYTES)

/** Assigns document IDs to titles. An ID is never assigned to another title. */
export interface DocumentIds {
  assign(titleId: string): number
  find(titleId: string): number | undefined
  findTitleId(documentId: number): string
  /** All titles that have a document. */
  titleIds(): string[]
  remove(titleId: string): void
  /** The titles by document ID, 12 bytes each; zeros for a document that was removed. */
  toBytes(): Uint8Array
  /** Takes the titles of a snapshot; nothing must be assigned before. @param shareId returns the same ID */
  restore(bytes: Uint8Array, shareId: (titleId: string) => string): void
}

export function createDocumentIds (): DocumentIds {
  const documentIds = new Map<string, number>()
  /** By document ID. */
  const titleIds: string[] = []
  return {
    assign (titleId) {
      const existing = documentIds.get(titleId)
      if (existing !== undefined) return existing
      const documentId = titleIds.push(titleId) - 1
      documentIds.set(titleId, documentId)
      return documentId
    },
    find: (titleId) => documentIds.get(titleId),
    findTitleId: (documentId) => titleIds[documentId] ?? '',
    titleIds: () => [...documentIds.keys()],
    remove (titleId) {
      documentIds.delete(titleId)
    },
    toBytes: () =>
      Buffer.from(titleIds.map((id, documentId) => documentIds.get(id) === documentId ? id : NO_ID).join(''), 'hex'),
    restore (bytes, shareId) {
      if (titleIds.length > 0) throw new Error('documents have IDs already')
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      for (let at = 0; at < buffer.length; at += ID_BYTES) {
        const id = shareId(buffer.toString('hex', at, at + ID_BYTES))
        const documentId = titleIds.push(id) - 1
        if (id !== NO_ID) documentIds.set(id, documentId)
      }
    },
  }
}

export function toSearchDocument (id: number, title: SearchableTitleDocument): SearchDocument {
  const { originalTitle, cast = [], crew = [] } = title
  const people = [...new Set([...cast, ...crew].map(({ name }) => toSingleLine(name)))]
  return {
    id,
    kind: title.kind,
    names: [title.title, ...(originalTitle === null ? [] : [originalTitle]), ...listOtherNames(title)],
    hasOriginal: originalTitle !== null,
    people: people.slice(0, MAX_SEARCHABLE_PEOPLE).join('\n'),
    episodes: title.kind === 'movie' ? '' : listEpisodeTitles(title).map(toSingleLine).join('\n'),
    genres: title.genres,
    year: title.year,
    popularity: title.popularity,
  }
}

/** Distinct alternative and translated titles. */
function listOtherNames (
  { title, originalTitle, alternativeTitles, translations }: SearchableTitleDocument,
): string[] {
  const names = new Set([
    ...alternativeTitles,
    ...(translations ?? []).map((one) => one.title).filter((name) => name !== null),
  ])
  return [...names].filter((name) => name !== title && name !== originalTitle)
}

/** In the order of the items in the catalogue. */
function listEpisodeTitles ({ seasons }: Pick<StoredShow, 'seasons'>): string[] {
  return [...seasons].sort((a, b) => a.number - b.number).flatMap((season) =>
    [...season.episodes].sort((a, b) => a.number - b.number).map(({ title }) => title)
  )
}

/** Line breaks separate names. */
function toSingleLine (text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ')
}
