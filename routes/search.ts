// Finding titles by what somebody types.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createTitleMatcher, type TitleFilter } from '../src/catalogue/queries/browse.js'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import { loadTitleStates } from '../src/watching/title-states.js'
import type { CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { accountOf, callerOf, maturityScopeOf } from '../src/plugins/auth.js'
import { titleFilters, TitleKind } from '../src/schemas/catalogue.js'
import { responses, Limit, listSchema, ref, strict } from '../src/schemas/common.js'
import { SearchHit, SearchText, Suggestion, toSearchHit } from '../src/schemas/search.js'
import { suggest } from '../src/search/suggestions.js'
import type { TitleMatch } from '../src/search/title-search.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { TitleSearch } from '../src/search/title-search.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

/** Names come from so many of the best answers. */
const SUGGESTED_FROM = 30
const SUGGESTION_LIMIT = 20

export interface SearchRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly search: TitleSearch
  now(): Date
}

const search: FastifyPluginAsyncTypebox<SearchRouteOptions> = async (app, deps) => {
  const { catalogue, search, now, access } = deps

  /** The best answers that this caller may see, with what matched in them. */
  async function findTitles (
    request: FastifyRequest,
    query: string,
    filter: TitleFilter,
    limit: number,
  ): Promise<Array<{ title: CatalogueTitle, match: TitleMatch }>> {
    const [viewer, account, found] = await Promise.all([
      maturityScopeOf(access, request),
      accountOf(access, request),
      search.find(query),
    ])
    const isWanted = createTitleMatcher(catalogue, {
      filter,
      viewer,
      planMaxHeight: account.limits.maxHeight,
      now: now(),
    })
    const titles: CatalogueTitle[] = []
    for (const id of found) {
      const title = catalogue.findTitle(id)
      if (title !== null && isWanted(title) && titles.push(title) === limit) break
    }
    const matches = await search.explain(query, titles.map(({ id }) => id))
    return titles.map((title) => ({ title, match: matches.get(title.id) ?? { highlights: [], episode: null } }))
  }

  app.get('/search', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Movies and shows by name, person or episode, the best match first',
      description:
        'Takes what was typed so far: the last word may be unfinished, case and accents do not matter, and misspelled words are forgiven. Too much at once is a 503 `search-busy`.',
      operationId: 'search',
      querystring: strict({ q: SearchText, type: TitleKind, ...titleFilters, limit: Limit }),
      response: responses({ 200: listSchema(ref(SearchHit)) }),
    },
  }, async (request, reply) => {
    const { q, limit, ...filter } = request.query
    const localiser = createRequestLocaliser(deps, request)
    const found = await findTitles(request, q, filter, limit)
    const states = await loadTitleStates(callerOf(request), found.map(({ title }) => title.id))
    return setContentLanguage(reply, localiser, {
      items: found.map(({ title, match }) => toSearchHit(title, match, states(title.id), localiser)),
    })
  })

  app.get('/search/suggestions', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Names that complete what was typed',
      operationId: 'suggest',
      querystring: strict({
        q: SearchText,
        limit: Type.Integer({ minimum: 1, maximum: SUGGESTION_LIMIT, default: 8 }),
      }),
      response: responses({ 200: listSchema(ref(Suggestion)) }),
    },
  }, async (request, reply) => {
    const { q, limit } = request.query
    const localiser = createRequestLocaliser(deps, request)
    return setContentLanguage(reply, localiser, {
      items: suggest(await findTitles(request, q, {}, SUGGESTED_FROM), localiser, limit),
    })
  })
}

export default search
