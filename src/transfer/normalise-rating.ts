// Maps the ratings of an import record to ratings of the catalogue. A rating never rejects a record.
import { formatCertification, parseRating, toMaturityRating } from '../domain/certifications.js'
import type { FieldError } from '../errors.js'
import type { SourceItem } from './parsers/source-items.js'

/** Characters of an unknown rating that a warning shows. */
const MAX_SHOWN_CHARACTERS = 40

/**
 * Replaces a maturity rating of another country by the American one that protects as much and its certification, and
 * removes unknown ratings: without a rating, a title is hidden from kids profiles.
 * @returns the record, and what was assumed
 */
export function normaliseRating (
  item: SourceItem,
): { readonly item: SourceItem, readonly warnings: readonly FieldError[] } {
  if (!('body' in item) || typeof item.body !== 'object' || item.body === null) return { item, warnings: [] }
  const { maturityRating, certification } = item.body as Record<string, unknown>
  if (typeof maturityRating !== 'string' && typeof certification !== 'string') return { item, warnings: [] }
  const body = { ...item.body } as Record<string, unknown>
  const warnings: FieldError[] = []
  if (typeof certification === 'string' && parseRating(certification) === null) {
    delete body['certification']
    warnings.push({ pointer: '/certification', message: describeUnknown(certification) })
  }
  if (typeof maturityRating === 'string') {
    const parsed = parseRating(maturityRating)
    if (parsed === null) {
      delete body['maturityRating']
      warnings.push({ pointer: '/maturityRating', message: describeUnknown(maturityRating) })
    } else if (parsed.certification === null) body['maturityRating'] = parsed.maturityRating
    else {
      const stored = toMaturityRating(parsed.certification)
      const text = formatCertification(parsed.certification)
      body['maturityRating'] = stored
      body['certification'] ??= text
      warnings.push({ pointer: '/maturityRating', message: `${text} is stored as ${stored}` })
    }
  }
  return { item: { ...item, body }, warnings }
}

function describeUnknown (text: string): string {
  const shown = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
  return `is ignored: the rating "${shown}" is unknown`
}
