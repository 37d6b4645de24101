// How far a typed word is from a real one. Pure.

/** How many mistakes a word of this length may have. */
export function maxEdits (length: number): number {
  return length >= 6 ? 2 : length >= 4 ? 1 : 0
}

/**
 * Counts mistakes between two words: a letter too few, too many, another, or two swapped (optimal string alignment).
 * @param limit beyond which nobody needs to know: then limit + 1
 */
export function editDistance (typed: string, word: string, limit: number): number {
  if (Math.abs(typed.length - word.length) > limit) return limit + 1
  return Math.min(limit + 1, lastRow(typed, word)[word.length] ?? limit + 1)
}

/** The same against the beginning of a word, for words that are not finished yet: the fewest over all its beginnings. */
export function prefixEditDistance (typed: string, word: string, limit: number): number {
  const beginning = word.slice(0, typed.length + limit)
  const row = lastRow(typed, beginning)
  return Math.min(limit + 1, ...row.slice(Math.max(0, typed.length - limit)))
}

/** The last row of the distance matrix: typed against each beginning of the word. */
function lastRow (typed: string, word: string): number[] {
  let beforeLast: number[] = []
  let last = Array.from({ length: word.length + 1 }, (_, j) => j)
  for (let i = 1; i <= typed.length; i++) {
    const row = [i]
    for (let j = 1; j <= word.length; j++) {
      const isSame = typed[i - 1] === word[j - 1]
      let fewest = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) {
        fewest = Math.min(fewest, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(fewest)
    }
    beforeLast = last
    last = row
  }
  return last
}

/** Every word that two neighbouring letters swapped could have been. */
export function unswap (typed: string): string[] {
  return Array.from(
    { length: Math.max(0, typed.length - 1) },
    (_, i) => typed.slice(0, i) + (typed[i + 1] ?? '') + (typed[i] ?? '') + typed.slice(i + 2),
  )
    .filter((word) => word !== typed)
}
