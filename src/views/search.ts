// View of search results.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { Highlight, SearchHit } from '../schemas/search.js'
import type { TitleMatch } from '../search/highlights.js'
import type { ProfileState } from '../watching/title-states.js'
import { toCard, toItem } from './cards.js'

export function toSearchHit (
  title: CatalogueTitle,
  { highlights, episode }: TitleMatch,
  isPlayable: boolean,
  state: ProfileState | undefined,
  localiser: Localiser,
): SearchHit {
  const item = episode === null ? undefined : title.items[episode]
  const card = toCard(title, isPlayable, state, localiser)
  return {
    ...card,
    highlights: highlights.map((highlight) => toHighlight(card.title, highlight)),
    ...(item === undefined ? {} : { episode: toItem(title, item, localiser) }),
  }
}

/** The localised title counts as the title; the title in the language of the catalogue counts as an alternative. */
function toHighlight (localisedTitle: string, { field, parts }: TitleMatch['highlights'][number]): Highlight {
  if (field === 'person' || field === 'episode' || field === 'genre' || field === 'year') return { field, parts }
  const isLocalisedTitle = parts.map(({ text }) => text).join('') === localisedTitle
  if (isLocalisedTitle) return { field: 'title', parts }
  return { field: field === 'title' ? 'alternativeTitle' : field, parts }
}
