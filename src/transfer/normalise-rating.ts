// Maps the maturity rating of an import record to a rating of the catalogue. A rating never rejects a record.
import { formatCertification, parseRating, toMaturityRating } from '../domain/certifications.js'
import type { SourceItem } from './parsers/source-items.js'

/** Characters of an unknown rating that a warning shows. */
const MAX_SHOWN_CHARACTERS = 40

/**
 * Replaces the rating of another country by the American one that protects as much, and removes an unknown rating: the
 * title is unrated then, and hidden from kids profiles.
 * @returns the record, and what was assumed; null: nothing
 */
export function normaliseRating (item: SourceItem): { readonly item: SourceItem, readonly warning: string | null } {
  if (!('body' in item) || typeof item.body !== 'object' || item.body === null) return { item, warning: null }
  const { maturityRating: text, ...rest } = item.body as Record<string, unknown>
  if (typeof text !== 'string') return { item, warning: null }
  const parsed = parseRating(text)
  if (parsed === null) {
    const shown = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
    return { item: { ...item, body: rest }, warning: `is ignored: the rating "${shown}" is unknown` }
  }
  const maturityRating = parsed.certification === null ? parsed.maturityRating : toMaturityRating(parsed.certification)
  if (maturityRating === text) return { item, warning: null }
  return {
    item: { ...item, body: { ...rest, maturityRating } },
    warning: parsed.certification === null
      ? null
      : `${formatCertification(parsed.certification)} is stored as ${maturityRating ?? 'unrated'}`,
  }
}
