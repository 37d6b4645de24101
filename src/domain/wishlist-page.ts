// Orders and pages of a wishlist. Both orders grow at the front only: an ID behind another stays behind it. Cursors
// rely on that.

/** Number of IDs in a cursor. When all of them are removed between two pages, titles may repeat. */
const CURSOR_IDS = 8

/** Combines a profile's own order with the current wishlist: new titles come first, removed ones are left out. */
export function arrangeWishlist (newestFirst: readonly string[], ownOrder: readonly string[] | null): string[] {
  if (ownOrder === null) return [...newestFirst]
  const present = new Set(newestFirst)
  const arranged = new Set(ownOrder)
  return [...newestFirst.filter((id) => !arranged.has(id)), ...ownOrder.filter((id) => present.has(id))]
}

/** Moves some IDs to the front, in the given order; the others keep theirs. */
export function moveToFront (order: readonly string[], first: readonly string[]): string[] {
  const moved = new Set(first)
  return [...first, ...order.filter((id) => !moved.has(id))]
}

/** End of a page: the number of IDs behind it, and its last IDs. */
export type WishlistCursor = readonly [behind: number, ...lastIds: string[]]

/**
 * Takes one page of a wishlist. Titles that are added or removed between two pages cause no gaps and no repetitions,
 * unless the last eight IDs of the page and others behind it are all removed: then some titles may repeat.
 * @param order all IDs in order
 * @param visible the titles that the profile may see, in the same order
 */
export function pageOfWishlist<T extends { readonly id: string }> (
  order: readonly string[],
  visible: readonly T[],
  after: WishlistCursor | null,
  limit: number,
): { titles: T[], next: WishlistCursor | null } {
  const indexes = new Map(order.map((id, i) => [id, i]))
  const indexOf = (id: string): number => indexes.get(id) ?? -1
  const start = after === null ? 0 : startIndex(order.length, indexOf, after)
  const rest = visible.filter((title) => indexOf(title.id) >= start)
  const titles = rest.slice(0, limit)
  const last = titles.at(-1)
  return { titles, next: rest.length > limit && last !== undefined ? cursorAt(order, indexOf(last.id)) : null }
}

function cursorAt (order: readonly string[], index: number): WishlistCursor {
  return [order.length - 1 - index, ...order.slice(Math.max(0, index + 1 - CURSOR_IDS), index + 1)]
}

/**
 * Both lower bounds are safe: the IDs behind the page are still the last ones, and the IDs of the page are still before
 * them unless they were moved to the front.
 */
function startIndex (
  size: number,
  indexOf: (id: string) => number,
  [behind, ...lastIds]: WishlistCursor,
): number {
  return Math.max(size - behind, ...lastIds.map((id) => indexOf(id) + 1))
}
