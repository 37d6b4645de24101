// The JSON of titles' pages, kept by version: written once, however many profiles read it, with gaps where each profile's
// own members go.
import { LRUCache } from 'lru-cache'
import { hashOf } from '../../http/etags.js'

/** Marks, as the last member of an object, where a profile's members go. */
export const PLACEHOLDER = '@@gap'
/** In a JSON text this cannot stand inside a string: there its quotation marks would be escaped. */
const GAPS = new RegExp(`,"${PLACEHOLDER}":"([^"]*)"`)

/** An answer without what is a profile's own. */
export interface CachedResponse {
  /** Texts, and between each two of them the name of a gap. */
  readonly cut: readonly string[]
  readonly hash: string
  readonly revision: number
  readonly languages: readonly string[]
}

export interface ResponseSource {
  readonly body: object
  readonly revision: number
  readonly languages: readonly string[]
}

/** Members to be added at a gap; null for none. */
export type PlaceholderValues = (gap: string) => object | null

export interface ResponseCache {
  /** @param key everything that the answer depends on, the version of its title among it */
  find(key: string, make: () => Promise<ResponseSource>): Promise<CachedResponse>
}

const KEPT_CHARACTERS = 32 * 1024 ** 2

export function createResponseCache (): ResponseCache {
  const answers = new LRUCache<string, CachedResponse>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: ({ cut }) => 1 + cut.reduce((sum, { length }) => sum + length, 0),
  })
  return {
    async find (key, make) {
      const known = answers.get(key)
      if (known !== undefined) return known
      const { body, revision, languages } = await make()
      const text = JSON.stringify(body)
      const answer = { cut: text.split(GAPS), hash: hashOf(text), revision, languages }
      answers.set(key, answer)
      return answer
    },
  }
}

/** The whole text with a profile's members in the gaps, and what tells it from others. */
export function fillPlaceholders (
  { cut, hash }: CachedResponse,
  fill: PlaceholderValues,
): { readonly text: string, readonly hash: string } {
  const filled = cut.map((part, index) => index % 2 === 0 ? part : membersOf(fill(part)))
  const own = filled.filter((_, index) => index % 2 === 1).join('\n')
  return { text: filled.join(''), hash: hashOf(`${hash}\n${own}`) }
}

/** As they follow other members. */
function membersOf (members: object | null): string {
  const text = members === null ? '{}' : JSON.stringify(members)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}
