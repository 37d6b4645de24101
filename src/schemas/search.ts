// Search results and suggestions.
import { Type, type Static } from 'typebox'
import { Id, nullable, ref, strict } from './common.js'
import { Card, Item } from './titles.js'

/** Each word of a query costs time; longer queries are rejected. */
export const QUERY_MAX_LENGTH = 200

export const SearchText = Type.String({
  maxLength: QUERY_MAX_LENGTH,
  description: 'Text typed so far; the last word may be incomplete',
  examples: ['the godf'],
})

export const Highlight = Type.Object({
  field: Type.Enum(['title', 'originalTitle', 'alternativeTitle', 'person', 'episode', 'genre', 'year'], {
    title: 'HighlightField',
    description: 'Field that matched',
  }),
  parts: Type.Array(
    strict({
      text: Type.String({ description: 'Plain text' }),
      isMatch: Type.Boolean({ description: 'Whether the text matched the query' }),
    }, { title: 'HighlightPart', description: 'A part of the text' }),
    { description: 'Text of the field in parts, in order' },
  ),
}, { $id: 'Highlight', description: 'A field that matched a search' })
export type Highlight = Static<typeof Highlight>

export const SearchHit = Type.Object({
  ...Card.properties,
  highlights: Type.Array(ref(Highlight), { description: 'Matches, best first' }),
  episode: Type.Optional(ref(Item, 'Episode whose title matched; omitted when the show itself matched')),
}, { $id: 'SearchHit', description: 'A title that matches a search' })
export type SearchHit = Static<typeof SearchHit>

export const SearchResults = Type.Object({
  items: Type.Array(ref(SearchHit), { description: 'Titles, best match first' }),
  total: Type.Integer({ description: 'Number of all titles that match, of which items are the first' }),
}, { $id: 'SearchResults', description: 'Titles that match a search' })

export const Suggestion = Type.Object({
  kind: Type.Enum(['movie', 'show', 'person'], { title: 'SuggestionKind', description: 'Type of the suggestion' }),
  text: Type.String({ description: 'Text for the search box' }),
  titleId: nullable(Id, 'ID of the movie or show; null for a person'),
}, { $id: 'Suggestion', description: 'A suggestion for the search box' })
