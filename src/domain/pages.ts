// Keyset pages of a sorted query.

export interface Page<Row, Cursor> {
  readonly rows: Row[]
  /** Cursor of the last row; null on the last page. */
  readonly next: Cursor | null
}

/**
 * Cuts a page out of rows that were read with one row more than the page holds.
 * @param rows at most `limit + 1`, in the order of the list
 * @param cursorOf position of a row in the list
 */
export function pageOf<Row, Cursor> (
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => Cursor,
): Page<Row, Cursor> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
