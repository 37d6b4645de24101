// Comparison of text: identity of names, folding for search and sorting, slugs and edit distances.

/** Fast path: such texts have neither accents nor widths. */
const ASCII = /^[\0-\x7f]*$/
/** Full-width and half-width forms, such as `Ａ` and `ｱ`, and the ideographic space. */
const WIDTH_FORMS = /[\u3000\uff01-\uffef]+/g

/**
 * Key of a name: names with equal keys are the same name. Ignores case, width and Unicode normalisation. Accents, vowel
 * signs and kana distinguish names: `Año` and `Ano`, `दिल` and `दल`, `ハハ` and `パパ` differ.
 */
export function nameKey (name: string): string {
  if (ASCII.test(name)) return name.toLowerCase().trim()
  const narrow = name.replace(WIDTH_FORMS, (wide) => wide.normalize('NFKC')).normalize('NFC')
  return Array.from(narrow, foldCase).join('').normalize('NFC').trim()
}

/** Full case folding of one character: `ß` is `ss`, a final sigma is a sigma. The two letters i of Turkish differ. */
function foldCase (character: string): string {
  if (character === 'İ') return 'i'
  return character === 'ı' ? character : character.toUpperCase().toLowerCase()
}

/** A letter with marks that its readers leave out, or a mark of no script. Other marks are vowels and consonants. */
const OMISSIBLE_MARKS = new RegExp(
  '([\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Hebrew}\\p{Script=Arabic}])\\p{M}+' +
    '|[\\u{300}-\\u{36f}]|[\\u{20d0}-\\u{20ff}]|[\\u{fe00}-\\u{fe0f}]',
  'gu',
)
const TATWEEL = /\u0640/g

/**
 * Folds text for search and sorting: case, width, accents, and the stretching of Arabic letters. `Amélie` and `AMELIE`
 * are equal. Vowel signs of Indic, Thai and Khmer and the voicing marks of kana stay.
 */
export function foldText (text: string): string {
  if (ASCII.test(text)) return text.toLowerCase().trim()
  return text.normalize('NFKD').replace(OMISSIBLE_MARKS, '$1').replace(TATWEEL, '').toLowerCase().trim()
}

/** Half of a surrogate pair: UTF-8 has no form of it, so that the database would store another character. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a text can be stored as it is. */
export function isWellFormed (text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Converts a name to the form that IDs and URLs contain, up to 80 characters. Different names may have one slug. */
export function slugify (name: string): string {
  return nameKey(name).replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80)
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
