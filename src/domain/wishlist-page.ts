// The orders of a wishlist and its pages. Pure. A wishlist grows at its front only, in either order: what lies behind a
// place stays behind it, and that is what a cursor counts on.

/** How many ids a cursor remembers; so many may be taken off between two pages before it has to repeat any. */
const REMEMBERED_IDS = 8

/** The own order brought together with what is on the list now: added since come first, what was removed is left out. */
export function arrangeWishlist (newestFirst: readonly string[], own: readonly string[] | null): string[] {
  if (own === null) return [...newestFirst]
  const present = new Set(newestFirst)
  const arranged = new Set(own)
  return [...newestFirst.filter((id) => !arranged.has(id)), ...own.filter((id) => present.has(id))]
}

/** Moves some ids to the front, in the order given; the others keep theirs. */
export function moveToFront (order: readonly string[], first: readonly string[]): string[] {
  const moved = new Set(first)
  return [...first, ...order.filter((id) => !moved.has(id))]
}

/** Where a page ended: how many ids came behind it, and the last ids up to it. */
export type WishlistCursor = readonly [behind: number, ...upTo: string[]]

/**
 * One page of a wishlist. Whatever is added, or removed, between two pages, nothing is skipped or repeated; only when the
 * page's last eight ids and others behind them were all taken off may some be repeated.
 * @param order every id in its order
 * @param visible the titles that this viewer may see, in the same order
 */
export function pageOfWishlist<T extends { readonly id: string }> (
  order: readonly string[],
  visible: readonly T[],
  after: WishlistCursor | null,
  limit: number,
): { titles: T[], next: WishlistCursor | null } {
  const places = new Map(order.map((id, i) => [id, i]))
  const placeOf = (id: string): number => places.get(id) ?? -1
  const from = after === null ? 0 : startAfter(order.length, placeOf, after)
  const rest = visible.filter((title) => placeOf(title.id) >= from)
  const titles = rest.slice(0, limit)
  const last = titles.at(-1)
  return { titles, next: rest.length > limit && last !== undefined ? positionAt(order, placeOf(last.id)) : null }
}

function positionAt (order: readonly string[], place: number): WishlistCursor {
  return [order.length - 1 - place, ...order.slice(Math.max(0, place + 1 - REMEMBERED_IDS), place + 1)]
}

/** Both are never too late: what was behind is still at the end, and whatever came before a place still does unless it was put in front. */
function startAfter (size: number, placeOf: (id: string) => number, [behind, ...upTo]: WishlistCursor): number {
  return Math.max(size - behind, ...upTo.map((id) => placeOf(id) + 1))
}
