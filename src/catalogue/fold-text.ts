// Text as it is compared and sorted: `Amélie` and `AMELIE` are the same.

/** Folds case, width and accents (NFKD without combining marks). */
export function foldText (text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
