// Search on the wire: cards with what matched in them, and names to complete.
import { Type, type Static } from 'typebox'
import { Card } from './catalogue.js'
import { Id, ref, strict } from './common.js'
import { ItemView } from './watching.js'

/** Longer ones are refused: nobody types them, and each word costs. */
export const QUERY_MAX_LENGTH = 200

export const SearchText = Type.String({ maxLength: QUERY_MAX_LENGTH, description: 'What was typed so far; the last word may be unfinished', examples: ['the godf'] })

export const Highlight = Type.Object({
  field: Type.Enum(['title', 'originalTitle', 'alternativeTitle', 'person', 'episode'], { description: 'Where it matched' }),
  parts: Type.Array(strict({ text: Type.String(), isMatch: Type.Boolean() }), { description: 'Put together they are the whole name, as plain text' }),
}, { $id: 'Highlight' })

export const SearchHit = Type.Object({
  ...Card.properties,
  highlights: Type.Array(ref(Highlight), { description: 'What matched, the best first' }),
  episode: Type.Optional(Type.Unsafe<Static<typeof ItemView>>({ ...ref(ItemView), description: 'The episode whose title matched; left out when the show itself did' })),
}, { $id: 'SearchHit' })

export const Suggestion = Type.Object({
  kind: Type.Enum(['movie', 'show', 'person']),
  text: Type.String({ description: 'What to put into the search box' }),
  titleId: Type.Union([Id, Type.Null()], { description: 'The movie or show; null for a person' }),
}, { $id: 'Suggestion' })
