// Fields of titles and episodes in a form that takes little memory.
import type { Chapter } from '../../../models/title.js'
import { flattenText } from './interning.js'

/** A full-date as a number, such as 20011231; text that is none stays as it is. */
export type PackedDate = number | string | null

export function packDate (date: string | null): PackedDate {
  if (date === null) return null
  const digits = Number(date.slice(0, 4) + date.slice(5, 7) + date.slice(8))
  return unpackDate(digits) === date ? digits : date
}

export function unpackDate (date: PackedDate): string | null {
  if (typeof date !== 'number') return date
  const digits = String(date).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}

const NO_CHAPTERS: readonly Chapter[] = []

/** JSON: one text takes less memory than many objects. Null for none. */
export type PackedChapters = string | null

export function packChapters (chapters: { readonly list: readonly Chapter[] } | undefined): PackedChapters {
  const list = chapters?.list ?? []
  return list.length === 0 ? null : flattenText(JSON.stringify(list.map(({ startMs, title }) => ({ startMs, title }))))
}

export function unpackChapters (chapters: PackedChapters): readonly Chapter[] {
  return chapters === null ? NO_CHAPTERS : JSON.parse(chapters) as Chapter[]
}
