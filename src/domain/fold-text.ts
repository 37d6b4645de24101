// Text as it is compared and sorted: `Amélie` and `AMELIE` are the same.

/** Folds case, width and accents (NFKD without combining marks). */
export function foldText (text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

/** A genre's name as it stands in the id of its row. */
export function slugOf (genre: string): string {
  return foldText(genre).replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80)
}
