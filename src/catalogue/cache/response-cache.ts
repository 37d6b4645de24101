// Cached JSON of title pages and lists, by version. Placeholders mark where the fields of a profile are inserted, so
// that all profiles share an entry. Requests that get the same languages share it too, whatever their headers are.
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ChooseLanguage, LanguageOffer, Localiser } from '../queries/localise.js'

/** Last field of an object to which profile fields are added. Its value is the name of the placeholder. */
export const PLACEHOLDER = '@@placeholder'
/** Cannot match inside a JSON string, in which quotation marks are escaped. */
const PLACEHOLDER_PATTERN = new RegExp(`,"${PLACEHOLDER}":"([^"]*)"`)

/** A response without profile fields. */
export interface CachedResponse {
  /** JSON texts at even indexes, and the names of the placeholders between them at odd indexes. */
  readonly parts: readonly string[]
  /** The response of a caller without a profile. */
  readonly bytes: Buffer
  readonly hash: string
  readonly revision: number | null
  readonly languages: readonly string[]
}

export interface ResponseSource {
  readonly body: object
  /** Revision of the title that the response is about; null if there is none. */
  readonly revision: number | null
  /** The localiser of all texts in the body. */
  readonly localiser: Pick<Localiser, 'languages' | 'offers'>
}

/** Returns the fields to insert at a placeholder as JSON, without braces; an empty text for none. */
export type PlaceholderValues = (name: string) => string

export interface ResponseCache {
  /**
   * Returns a cached response, or creates it.
   * @param key contains everything that the response depends on, except the language
   * @param chooseLanguage the choices of the localiser that creates the response
   */
  find(key: string, chooseLanguage: ChooseLanguage, create: () => Promise<ResponseSource>): Promise<CachedResponse>
}

const CACHE_MAX_CHARACTERS = 64 * 1024 ** 2
const CACHE_MAX_OFFERS = 50_000

export function createResponseCache (): ResponseCache {
  /** What the texts of each response are translated to. */
  const offers = new LRUCache<string, readonly LanguageOffer[]>({ max: CACHE_MAX_OFFERS })
  const responses = new LRUCache<string, CachedResponse>({
    maxSize: CACHE_MAX_CHARACTERS,
    sizeCalculation: ({ bytes }) => 2 * bytes.length,
  })
  const keyOf = (key: string, ofKey: readonly LanguageOffer[], chooseLanguage: ChooseLanguage): string =>
    ofKey.length === 0 ? key : `${key} ${ofKey.map(chooseLanguage).join()}`

  return {
    async find (key, chooseLanguage, create) {
      const known = offers.get(key)
      const cached = known === undefined ? undefined : responses.get(keyOf(key, known, chooseLanguage))
      if (cached !== undefined) return cached
      const { body, revision, localiser } = await create()
      const response = toCachedResponse(body, revision, localiser.languages())
      offers.set(key, localiser.offers())
      responses.set(keyOf(key, localiser.offers(), chooseLanguage), response)
      return response
    },
  }
}

function toCachedResponse (body: object, revision: number | null, languages: readonly string[]): CachedResponse {
  const parts = JSON.stringify(body).split(PLACEHOLDER_PATTERN)
  const text = parts.filter((_, index) => index % 2 === 0).join('')
  return { parts, bytes: Buffer.from(text), hash: hashText(text), revision, languages }
}

/** A response with the fields of a profile. */
export interface FilledResponse {
  /** Hash of the response for the ETag. */
  readonly hash: string
  text(): string
}

/** Inserts the fields of a profile. */
export function fillPlaceholders (response: CachedResponse, values: PlaceholderValues): FilledResponse {
  const filled = response.parts.map((part, index) => index % 2 === 0 ? part : withComma(values(part)))
  const profileText = filled.filter((_, index) => index % 2 === 1).join('\n')
  return { hash: hashText(`${response.hash}\n${profileText}`), text: () => filled.join('') }
}

function withComma (fields: string): string {
  return fields === '' ? '' : `,${fields}`
}

/** JSON of the fields of an object, without braces. */
export function toFieldsText (fields: object): string {
  return JSON.stringify(fields).slice(1, -1)
}

/** Content hash for ETags. */
export function hashText (text: string): string {
  return hash('sha1', text, 'base64url').slice(0, 16)
}
