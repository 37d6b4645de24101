// Chapters of an item, as people set them.
import type { Chapter, StoredChapters } from '../../models/title.js'
import { validationFailed } from '../errors.js'

/** `replace` resets the chapters that a body omits, `merge` leaves them. */
type EditMode = 'replace' | 'merge'

/**
 * Returns the chapters after an edit. Chapters that a body repeats or omits and that come from a master stay its own,
 * so that the next master may change them.
 * @param input null: none, until a master has some; an empty list: none
 * @throws DomainError 400 `validation-failed`
 */
export function editChapters (
  stored: StoredChapters | undefined,
  input: readonly Chapter[] | null | undefined,
  mode: EditMode,
): StoredChapters | undefined {
  if (input === null) return undefined
  if (input === undefined) return mode === 'merge' || stored?.master != null ? stored : undefined
  const list = input.map(({ startMs, title }) => ({ startMs, title: title.trim() }))
    .sort((a, b) => a.startMs - b.startMs)
  const duplicate = list.find(({ startMs }, i) => startMs === list[i - 1]?.startMs)
  if (duplicate !== undefined) {
    const index = input.findLastIndex(({ startMs }) => startMs === duplicate.startMs)
    throw validationFailed([{ pointer: `/chapters/${index}/startMs`, message: 'is the start of another chapter' }])
  }
  return stored !== undefined && areEqual(stored.list, list) ? stored : { list, master: null }
}

function areEqual (a: readonly Chapter[], b: readonly Chapter[]): boolean {
  return a.length === b.length && a.every(({ startMs, title }, i) => startMs === b[i]?.startMs && title === b[i].title)
}

/** The chapters for responses. */
export function listChapters (chapters: { readonly list: readonly Chapter[] } | undefined): Chapter[] {
  return chapters?.list.map(({ startMs, title }) => ({ startMs, title })) ?? []
}
