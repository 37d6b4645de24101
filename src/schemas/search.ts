// Search on the wire: cards with what matched in them, and names to complete.
import { Type, type Static } from 'typebox'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { TitleMatch } from '../search/title-search.js'
import { Card, toCard, type ProfileState } from './catalogue.js'
import { Id, ref, strict } from './common.js'
import { ItemView, toItem } from './watching.js'

/** Longer ones are refused: nobody types them, and each word costs. */
export const QUERY_MAX_LENGTH = 200

export const SearchText = Type.String({
  maxLength: QUERY_MAX_LENGTH,
  description: 'What was typed so far; the last word may be unfinished',
  examples: ['the godf'],
})

export const Highlight = Type.Object({
  field: Type.Enum(['title', 'originalTitle', 'alternativeTitle', 'person', 'episode'], {
    description: 'Where it matched',
  }),
  parts: Type.Array(strict({ text: Type.String(), isMatch: Type.Boolean() }), {
    description: 'Put together they are the whole name, as plain text',
  }),
}, { $id: 'Highlight' })

export const SearchHit = Type.Object({
  ...Card.properties,
  highlights: Type.Array(ref(Highlight), { description: 'What matched, the best first' }),
  episode: Type.Optional(
    Type.Unsafe<Static<typeof ItemView>>({
      ...ref(ItemView),
      description: 'The episode whose title matched; left out when the show itself did',
    }),
  ),
}, { $id: 'SearchHit' })

export const Suggestion = Type.Object({
  kind: Type.Enum(['movie', 'show', 'person']),
  text: Type.String({ description: 'What to put into the search box' }),
  titleId: Type.Union([Id, Type.Null()], { description: 'The movie or show; null for a person' }),
}, { $id: 'Suggestion' })

export function toSearchHit (
  title: CatalogueTitle,
  { highlights, episode }: TitleMatch,
  state: ProfileState | undefined,
  localiser: Localiser,
): Static<typeof SearchHit> {
  const item = episode === null ? undefined : title.items[episode]
  const card = toCard(title, state, localiser)
  return {
    ...card,
    highlights: highlights.map((one) => seenFrom(card.title, one)),
    ...(item === undefined ? {} : { episode: toItem(title, item, localiser) }),
  }
}

/** The name that the reader is told is the title to them, and the catalogue's own another one. */
function seenFrom (told: string, { field, parts }: TitleMatch['highlights'][number]): Static<typeof Highlight> {
  if (field === 'person' || field === 'episode') return { field, parts }
  const isTold = parts.map(({ text }) => text).join('') === told
  return { field: isTold ? 'title' : field === 'title' ? 'alternativeTitle' : field, parts }
}
