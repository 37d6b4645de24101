// Cached JSON of title pages, by version. Placeholders mark where the fields of a profile are inserted, so that all
// profiles share an entry.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Last field of an object to which profile fields are added. Its value is the name of the placeholder. */
export const PLACEHOLDER = '@@placeholder'
/** Cannot match inside a JSON string, in which quotation marks are escaped. */
const PLACEHOLDER_PATTERN = new RegExp(`,"${PLACEHOLDER}":"([^"]*)"`)

/** A response without profile fields. */
export interface CachedResponse {
  /** JSON texts at even indexes, and the names of the placeholders between them at odd indexes. */
  readonly parts: readonly string[]
  readonly hash: string
  readonly revision: number
  readonly languages: readonly string[]
}

export interface ResponseSource {
  readonly body: object
  readonly revision: number
  readonly languages: readonly string[]
}

/** Returns the fields to insert at a placeholder; null for none. */
export type PlaceholderValues = (name: string) => object | null

export interface ResponseCache {
  /** Returns a cached response, or creates it. @param key contains everything that the response depends on */
  find(key: string, create: () => Promise<ResponseSource>): Promise<CachedResponse>
}

const CACHE_MAX_CHARACTERS = 32 * 1024 ** 2

export function createResponseCache (): ResponseCache {
  const cache = new LRUCache<string, CachedResponse>({
    maxSize: CACHE_MAX_CHARACTERS,
    sizeCalculation: ({ parts }) => 1 + parts.reduce((sum, { length }) => sum + length, 0),
  })
  return {
    async find (key, create) {
      const cached = cache.get(key)
      if (cached !== undefined) return cached
      const { body, revision, languages } = await create()
      const text = JSON.stringify(body)
      const response = { parts: text.split(PLACEHOLDER_PATTERN), hash: hashText(text), revision, languages }
      cache.set(key, response)
      return response
    },
  }
}

/** Inserts the fields of a profile. @returns the JSON text and a hash of it for the ETag */
export function fillPlaceholders (
  { parts, hash }: CachedResponse,
  values: PlaceholderValues,
): { readonly text: string, readonly hash: string } {
  const filled = parts.map((part, index) => index % 2 === 0 ? part : toFieldsText(values(part)))
  const profileText = filled.filter((_, index) => index % 2 === 1).join('\n')
  return { text: filled.join(''), hash: hashText(`${hash}\n${profileText}`) }
}

/** JSON of an object's fields, with a comma in front. */
function toFieldsText (fields: object | null): string {
  const text = fields === null ? '{}' : JSON.stringify(fields)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}

/** Content hash for ETags. */
export function hashText (text: string): string {
  return createHash('sha1').update(text).digest('base64url').slice(0, 16)
}
