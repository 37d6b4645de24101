// Search for titles by name, person, episode or genre.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import { createTitleMatcher, type TitleFilter } from '../src/catalogue/queries/browse.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { createRequestLocaliser, setContentLanguage, type ContentLanguageDeps } from '../src/http/content-language.js'
import { callerOf, viewingLimitsOf } from '../src/plugins/caller.js'
import { Limit, listSchema, ref, responses, strict } from '../src/schemas/common.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { SearchResults, SearchText, Suggestion } from '../src/schemas/search.js'
import { titleFilters } from '../src/schemas/title-filters.js'
import { TitleKind } from '../src/schemas/titles.js'
import { suggest } from '../src/search/suggestions.js'
import type { TitleMatch } from '../src/search/highlights.js'
import type { TitleSearch } from '../src/search/title-search.js'
import { takeVisibleMatches } from '../src/search/visible-matches.js'
import { toSearchHit } from '../src/views/search.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStates } from '../src/watching/title-states.js'

/** Titles from which suggestions are taken, best matches first. */
const SUGGESTION_TITLES = 30
const MAX_SUGGESTIONS = 20

const SearchQuery = strict({ q: SearchText, type: Type.Optional(TitleKind), ...titleFilters, limit: Limit })
const SuggestionQuery = strict({
  q: SearchText,
  limit: Type.Integer({ minimum: 1, maximum: MAX_SUGGESTIONS, default: 8, description: 'Maximum suggestions' }),
})

export interface SearchRouteOptions extends ContentLanguageDeps {
  readonly states: ProfileStates
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly search: TitleSearch
  now(): Date
}

interface FoundMatches {
  readonly found: ReadonlyArray<{ readonly title: CatalogueTitle, readonly match: TitleMatch }>
  readonly total: number
  isPlayable(title: CatalogueTitle): boolean
}

const search: FastifyPluginAsyncTypebox<SearchRouteOptions> = async (app, deps) => {
  const { access, catalogue, search, now } = deps

  app.get('/search', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Search and home'],
      summary: 'Search movies and shows by name, person, episode or genre, best match first',
      description:
        'Accepts incomplete text: the last word may be incomplete. Ignores case and accents, and tolerates ' +
        'misspellings; similar words are found only where few titles match exactly. A title that the plan cannot ' +
        'play yet ranks below equal matches. Genres have many names: ' +
        '`sci fi`, `romcom`, `kids movies`; kinds and decades restrict: ' +
        '`comedy series`, `90s comedies`. Under overload it is a 503 `search-busy`.',
      operationId: 'search',
      querystring: SearchQuery,
      response: responses({ 200: withHeaders(ref(SearchResults), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { q, limit, ...filter } = request.query
    const localiser = createRequestLocaliser(deps, request)
    const { found, isPlayable, total } = await findTitles(request, q, filter, limit)
    const states = await loadTitleStates(deps.states, callerOf(request), found.map(({ title }) => title.id))
    return setContentLanguage(reply, localiser, {
      items: found.map(({ title, match }) => toSearchHit(title, match, isPlayable(title), states(title.id), localiser)),
      total,
    })
  })

  app.get('/search/suggestions', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Search and home'],
      summary: 'Suggest names that complete the text',
      description: 'Titles and people, for a search field. Titles are within the maturity limits of the token.',
      operationId: 'suggest',
      querystring: SuggestionQuery,
      response: responses({ 200: withHeaders(listSchema(ref(Suggestion)), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { q, limit } = request.query
    const localiser = createRequestLocaliser(deps, request)
    const { found } = await findTitles(request, q, {}, SUGGESTION_TITLES)
    return setContentLanguage(reply, localiser, { items: suggest(found, localiser, limit) })
  })

  /** The best matches that the caller can see, with what matched, and the number of all that the caller can see. */
  async function findTitles (
    request: FastifyRequest,
    query: string,
    filter: TitleFilter,
    limit: number,
  ): Promise<FoundMatches> {
    const [limits, foundTitles] = await Promise.all([viewingLimitsOf(access, request), search.find(query)])
    const isWanted = createTitleMatcher(catalogue, { filter, ...limits, now: now() })
    const isPlayable = createPlayableCheck(catalogue, limits.planMaxHeight)
    const { findTitle } = catalogue
    const { titles, total } = await takeVisibleMatches(foundTitles, { findTitle, isWanted, isPlayable, limit })
    const matches = await search.explain(query, titles.map(({ id }) => id))
    return {
      total,
      isPlayable,
      found: titles.map((title) => ({ title, match: matches.get(title.id) ?? { highlights: [], episode: null } })),
    }
  }
}

export default search
