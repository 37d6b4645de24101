// Names to complete what somebody types: taken from the best answers, so that nobody is offered what they may not see.
import { foldText } from '../domain/fold-text.js'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { Highlight } from './search-index.js'
import type { TitleMatch } from './title-search.js'

export interface NameSuggestion {
  readonly kind: 'movie' | 'show' | 'person'
  readonly text: string
  readonly titleId: string | null
}

/** Each name once: the title, or the person where that is what matched. */
export function suggest (
  answers: ReadonlyArray<{ readonly title: CatalogueTitle, readonly match: TitleMatch }>,
  localiser: Localiser,
  limit: number,
): NameSuggestion[] {
  const suggestions = new Map<string, NameSuggestion>()
  for (const { title, match } of answers) {
    const [best] = match.highlights
    const suggestion: NameSuggestion = best?.field === 'person'
      ? { kind: 'person', text: textOf(best), titleId: null }
      : { kind: title.kind, text: localiser.wordsOf(title).title ?? title.title, titleId: title.id }
    const key = `${suggestion.kind} ${foldText(suggestion.text)}`
    if (!suggestions.has(key)) suggestions.set(key, suggestion)
    if (suggestions.size === limit) break
  }
  return [...suggestions.values()]
}

function textOf ({ parts }: Highlight): string {
  return parts.map(({ text }) => text).join('')
}
