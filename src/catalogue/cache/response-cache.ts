// Cached JSON of title pages and lists, by version. Placeholders mark where the fields of a profile are inserted, so
// that all profiles share an entry. Requests that get the same languages share it too, whatever their headers are.
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ChooseLanguage, LanguageOffer, Localiser } from '../queries/localise.js'
import { flattenText } from '../store/interning.js'
import { limitEntries } from '../../domain/cache-limits.js'

/** Last field of an object to which profile fields are added. Its value is the name of the placeholder. */
export const PLACEHOLDER = '@@placeholder'
/** Cannot match inside a JSON string, in which quotation marks are escaped. */
const PLACEHOLDER_PATTERN = new RegExp(`,"${PLACEHOLDER}":"([^"]*)"`)

/** A response without profile fields. */
export interface CachedResponse {
  /** The response of a caller without a profile. */
  readonly bytes: Buffer
  readonly placeholders: readonly Placeholder[]
  readonly hash: string
  readonly revision: number | null
  /** Value of Content-Language; null if the response does not depend on the language. */
  readonly contentLanguage: string | null
}

interface Placeholder {
  readonly name: string
  /** Where the fields of a profile are inserted, in bytes from the start of the response. */
  readonly offset: number
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

/** Of all responses, with what the cache stores beside each. */
const CACHE_MAX_BYTES = 32 * 1024 ** 2
const ENTRY_OVERHEAD_BYTES = 600
const PLACEHOLDER_BYTES = 100
const CACHE_MAX_OFFERS = 50_000

export function createResponseCache (): ResponseCache {
  /** What the texts of each response are translated to. */
  const offers = new LRUCache<string, readonly LanguageOffer[]>(limitEntries(CACHE_MAX_OFFERS))
  const responses = new LRUCache<string, CachedResponse>({
    maxSize: CACHE_MAX_BYTES,
    sizeCalculation: ({ bytes, placeholders }) =>
      bytes.length + placeholders.length * PLACEHOLDER_BYTES + ENTRY_OVERHEAD_BYTES,
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
  // JSON at even indexes, and the names of the placeholders between them at odd indexes.
  const parts = JSON.stringify(body).split(PLACEHOLDER_PATTERN)
  const placeholders: Placeholder[] = []
  let offset = 0
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) offset += Buffer.byteLength(part)
    // A part of a string keeps the whole string in memory.
    else placeholders.push({ name: flattenText(part), offset })
  }
  const text = parts.filter((_, index) => index % 2 === 0).join('')
  const contentLanguage = toContentLanguage(languages)
  return { bytes: toOwnMemory(text), placeholders, hash: hashText(text), revision, contentLanguage }
}

/** Value of Content-Language; null if the response does not depend on the language. */
export function toContentLanguage (languages: readonly string[]): string | null {
  return languages.length === 0 ? null : languages.join(', ')
}

/** A part of the memory that buffers share would keep all of it while it is in the cache. */
function toOwnMemory (text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** A response with the fields of a profile. */
export interface FilledResponse {
  /** Hash of the response for the ETag. */
  readonly hash: string
  bytes(): Buffer
}

/** Inserts the fields of a profile. */
export function fillPlaceholders (
  { bytes, placeholders, hash: sharedHash }: Pick<CachedResponse, 'bytes' | 'placeholders' | 'hash'>,
  values: PlaceholderValues,
): FilledResponse {
  const texts = placeholders.map(({ name }) => withComma(values(name)))
  return {
    hash: hashText(`${sharedHash}\n${texts.join('\n')}`),
    bytes: () => insertTexts(bytes, placeholders, texts),
  }
}

/** Copies the bytes once, without a string or a slice for each part. */
function insertTexts (bytes: Buffer, placeholders: readonly Placeholder[], texts: readonly string[]): Buffer {
  const length = texts.reduce((total, text) => total + Buffer.byteLength(text), bytes.length)
  const filled = Buffer.allocUnsafe(length)
  let [from, to] = [0, 0]
  for (const [index, { offset }] of placeholders.entries()) {
    to += bytes.copy(filled, to, from, offset)
    to += filled.write(texts[index] ?? '', to)
    from = offset
  }
  bytes.copy(filled, to, from)
  return filled
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
