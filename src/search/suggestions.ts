// Suggests names that complete a query. They come from visible search results, so they never name a hidden title.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import { nameKey } from '../domain/text.js'
import type { Highlight, TitleMatch } from './highlights.js'

export interface NameSuggestion {
  readonly kind: 'movie' | 'show' | 'person'
  readonly text: string
  /** Null for a person. */
  readonly titleId: string | null
}

/** Lists distinct names: of the person if a person is the best match, else of the title. */
export function suggest (
  results: ReadonlyArray<{ readonly title: CatalogueTitle, readonly match: TitleMatch }>,
  localiser: Localiser,
  limit: number,
): NameSuggestion[] {
  const suggestions = new Map<string, NameSuggestion>()
  for (const { title, match } of results) {
    const [best] = match.highlights
    const suggestion: NameSuggestion = best?.field === 'person'
      ? { kind: 'person', text: joinParts(best), titleId: null }
      : { kind: title.kind, text: localiser.localisedFields(title).title ?? title.title, titleId: title.id }
    const key = `${suggestion.kind} ${nameKey(suggestion.text)}`
    if (!suggestions.has(key)) suggestions.set(key, suggestion)
    if (suggestions.size === limit) break
  }
  return [...suggestions.values()]
}

function joinParts ({ parts }: Highlight): string {
  return parts.map(({ text }) => text).join('')
}
