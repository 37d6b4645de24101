// Comparison of text: folding, slugs and edit distances.

/** Folds case, width and accents (NFKD without combining marks): `Amélie` and `AMELIE` are equal. */
export function foldText (text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

/** Converts a name to the form that IDs and URLs contain, up to 80 characters. */
export function slugify (name: string): string {
  return foldText(name).replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80)
}

/** Number of edits by which a typed word of this length may differ from its match. */
export function maxEdits (length: number): number {
  return length >= 6 ? 2 : length >= 4 ? 1 : 0
}

/**
 * Counts the edits between two words: insertions, deletions, substitutions and transpositions (optimal string
 * alignment).
 * @param limit the result is at most `limit + 1`
 */
export function editDistance (typed: string, word: string, limit: number): number {
  if (Math.abs(typed.length - word.length) > limit) return limit + 1
  return Math.min(limit + 1, lastDistanceRow(typed, word)[word.length] ?? limit + 1)
}

/** Counts the edits between an incomplete word and the closest prefix of a word. */
export function prefixEditDistance (typed: string, word: string, limit: number): number {
  const longestPrefix = word.slice(0, typed.length + limit)
  const row = lastDistanceRow(typed, longestPrefix)
  return Math.min(limit + 1, ...row.slice(Math.max(0, typed.length - limit)))
}

/** Last row of the distance matrix: the distances between the typed word and each prefix of the word. */
function lastDistanceRow (typed: string, word: string): number[] {
  let rowBeforeLast: number[] = []
  let lastRow = Array.from({ length: word.length + 1 }, (_, j) => j)
  for (let i = 1; i <= typed.length; i++) {
    const row = [i]
    for (let j = 1; j <= word.length; j++) {
      const isEqual = typed[i - 1] === word[j - 1]
      let edits = Math.min((lastRow[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (lastRow[j - 1] ?? 0) + (isEqual ? 0 : 1))
      if (i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) {
        edits = Math.min(edits, (rowBeforeLast[j - 2] ?? 0) + 1)
      }
      row.push(edits)
    }
    rowBeforeLast = lastRow
    lastRow = row
  }
  return lastRow
}

/** Lists the words that differ from the typed one by two swapped neighbouring letters. */
export function transpositions (typed: string): string[] {
  return Array.from(
    { length: Math.max(0, typed.length - 1) },
    (_, i) => typed.slice(0, i) + (typed[i + 1] ?? '') + (typed[i] ?? '') + typed.slice(i + 2),
  ).filter((word) => word !== typed)
}
