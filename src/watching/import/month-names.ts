// Names of months in the languages of Netflix, as the runtime formats dates.

const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'pt',
  'it',
  'nl',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'sk',
  'hu',
  'ro',
  'hr',
  'sl',
  'sr',
  'bg',
  'uk',
  'ru',
  'el',
  'tr',
  'he',
  'ar',
  'fa',
  'ur',
  'hi',
  'mr',
  'bn',
  'ta',
  'te',
  'th',
  'vi',
  'id',
  'ms',
  'fil',
  'lt',
  'lv',
  'et',
  'is',
  'my',
  'km',
  'ca',
  'eu',
  'gl',
]
const WORD = /[\p{L}\p{M}]+(?:\.[\p{L}\p{M}]+)*/gu
const MAX_WORDS = 7

/** Null: another month has the same name in another language, such as `lis` in Polish and Croatian. */
let months: Map<string, number | null> | null = null

/**
 * Finds the name of a month among the words of a text.
 * @returns from 1; null when there is none, or several
 */
export function findMonthName (text: string): number | null {
  const words = splitWords(text)
  if (words.length > MAX_WORDS) return null
  months ??= buildMonths()
  const found = new Set(words.map((word) => months?.get(word)).filter((month) => month !== undefined))
  const [only = null] = found
  return found.size === 1 ? only : null
}

function splitWords (text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(WORD) ?? []
}

/** Words of a date are those of the month if they differ between the months: also with prefixes, as in Hebrew. */
function buildMonths (): Map<string, number | null> {
  const all = new Map<string, number | null>()
  for (const language of LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      for (const day of [{ day: 'numeric' }, {}] as const) {
        const format = new Intl.DateTimeFormat(`${language}-u-ca-gregory`, {
          ...day,
          month: style,
          year: 'numeric',
          timeZone: 'UTC',
        })
        const words = Array.from({ length: 12 }, (_, month) => splitWords(format.format(Date.UTC(2001, month, 5))))
        for (const [i, own] of words.entries()) {
          for (const word of own) {
            if (words.some((others, j) => j !== i && others.includes(word))) continue
            const known = all.get(word)
            all.set(word, known === undefined || known === i + 1 ? i + 1 : null)
          }
        }
      }
    }
  }
  return all
}
