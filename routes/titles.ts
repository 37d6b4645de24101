// Lists of titles: movies, shows, facets, genres and similar titles.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import type { CountCache } from '../src/catalogue/cache/count-cache.js'
import { fillPlaceholders, PLACEHOLDER, type ResponseCache } from '../src/catalogue/cache/response-cache.js'
import type { ListCache } from '../src/catalogue/cache/list-cache.js'
import { createLocaliser } from '../src/catalogue/queries/localise.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import { browse } from '../src/catalogue/queries/browse.js'
import { SORTS, type Catalogue } from '../src/catalogue/store/catalogue.js'
import type { SortPosition } from '../src/catalogue/store/sorted-lists.js'
import { isVisible, visibilityKey } from '../src/domain/maturity.js'
import { notFound } from '../src/errors.js'
import type { FindSimilar } from '../src/home/similar-titles.js'
import { createRequestLocaliser, requestLanguages, type ContentLanguageDeps } from '../src/http/content-language.js'
import { sendSerialised, sendWithEtag } from '../src/http/etags.js'
import { callerOf, isCatalogueAdmin, maturityScopeOf, viewingLimitsOf } from '../src/plugins/caller.js'
import { Cursor, Id, Limit, listSchema, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { LOCALISED_ETAG, withHeaders } from '../src/schemas/response-headers.js'
import { Facets, titleFilters } from '../src/schemas/title-filters.js'
import { Card, TitleKind } from '../src/schemas/titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { stateFields } from '../src/views/card-texts.js'
import { toCard } from '../src/views/cards.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStates } from '../src/watching/title-states.js'

const listQuery = {
  ...titleFilters,
  sort: Type.Enum([...SORTS], { title: 'SortKey', default: 'title', description: 'Sort key' }),
  order: Type.Optional(
    Type.Enum(['asc', 'desc'], {
      title: 'SortOrder',
      description: 'Sort order; by default titles ascending, everything else descending',
    }),
  ),
  limit: Limit,
  cursor: Type.Optional(Cursor),
}
const KindQuery = strict(listQuery)
const TitlesQuery = strict({ type: Type.Optional(TitleKind), ...listQuery })
const FacetsQuery = strict({ type: Type.Optional(TitleKind), ...titleFilters })
const GenreCount = Type.Object({
  name: Type.String({ description: 'Genre' }),
  count: Type.Integer({ description: 'Number of titles' }),
}, { title: 'GenreCount', description: 'A genre with the number of its titles' })

export interface TitlesRouteOptions extends ContentLanguageDeps {
  readonly states: ProfileStates
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly counts: CountCache
  readonly lists: ListCache
  readonly responseCache: ResponseCache
  readonly findSimilar: FindSimilar
  readonly cursors: CursorCodec
  now(): Date
}

const titles: FastifyPluginAsyncTypebox<TitlesRouteOptions> = async (app, deps) => {
  const { access, catalogue, counts, lists, responseCache, findSimilar, cursors, now } = deps

  app.get('/titles', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'List movies and shows',
      description: 'Titles within the maturity limits of the token, by filter and sort order, one page at a time. ' +
        'Cards have wishlist, rating and progress of the profile.',
      operationId: 'listTitles',
      querystring: TitlesQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => await sendTitlePage(request, reply, request.query))

  app.get('/movies', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'List movies',
      description: 'Movies within the maturity limits of the token, by filter and sort order, one page at a time.',
      operationId: 'listMovies',
      querystring: KindQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => await sendTitlePage(request, reply, { ...request.query, type: 'movie' }))

  app.get('/shows', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'List shows',
      description: 'Shows within the maturity limits of the token, by filter and sort order, one page at a time.',
      operationId: 'listShows',
      querystring: KindQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => await sendTitlePage(request, reply, { ...request.query, type: 'show' }))

  async function sendTitlePage (
    request: FastifyRequest,
    reply: FastifyReply,
    { limit, cursor, sort, order, ...filter }: Static<typeof TitlesQuery>,
  ): Promise<FastifyReply> {
    const limits = await viewingLimitsOf(access, request)
    const scope = ['titles', sort, order ?? null, filter]
    const at = now()
    const key = JSON.stringify([scope, limit, cursor ?? null, visibilityKey(limits.scope), limits.planMaxHeight])
    const { titles, nextCursor, number } = lists.find(key, at, () => {
      const { next, ...page } = browse(catalogue, {
        filter,
        sort,
        descending: order === undefined ? sort !== 'title' : order === 'desc',
        after: cursors.decode<SortPosition>(cursor, scope),
        limit,
        ...limits,
        now: at,
      })
      return { ...page, nextCursor: cursors.encodeNext(next, scope) }
    })
    const chooseLanguage = requestLanguages(deps, request)
    const response = await responseCache.find(`list ${number}`, chooseLanguage, async () => {
      const localiser = createLocaliser(chooseLanguage)
      const isPlayable = createPlayableCheck(catalogue, limits.planMaxHeight)
      const items = titles.map((title) => ({
        ...toCard(title, isPlayable(title), undefined, localiser),
        [PLACEHOLDER]: title.id,
      }))
      return { body: { items, nextCursor }, revision: null, localiser }
    })
    const caller = callerOf(request)
    if (caller.boundProfileId === null) {
      return sendSerialised(request, reply, response, response.hash, () => response.bytes)
    }
    const states = await loadTitleStates(deps.states, caller, titles.map(({ id }) => id))
    const filled = fillPlaceholders(response, (titleId) => {
      const state = states(titleId)
      return state === undefined ? '' : stateFields(state)
    })
    return sendSerialised(request, reply, response, filled.hash, filled.bytes)
  }

  app.get('/titles/facets', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'Count titles by facet, to narrow a list',
      description:
        'Accepts the filters of the list. Each facet counts the titles that pass all other filters, so that its own ' +
        'filter can be changed.',
      operationId: 'listFacets',
      querystring: FacetsQuery,
      response: responses({ 200: withHeaders(ref(Facets), 'ETag') }),
    },
  }, async (request, reply) => {
    const limits = await viewingLimitsOf(access, request)
    return await sendWithEtag(request, reply, counts.facets({ filter: request.query, ...limits, now: now() }))
  })

  app.get('/titles/:titleId/similar', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'List similar titles, most similar first',
      description: 'Compares genres, people and years, and counts profiles that watched both.',
      operationId: 'listSimilar',
      params: Type.Object({ titleId: Id }),
      querystring: strict({ limit: Limit }),
      response: responses({ 200: withHeaders(listSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { params: { titleId }, query: { limit } } = request
    const at = now()
    const { scope, planMaxHeight } = await viewingLimitsOf(access, request)
    const title = catalogue.findTitle(titleId)
    if (title === null || !(isCatalogueAdmin(request) || isVisible(scope, title, at))) throw notFound('title')
    const similar = findSimilar(title).titles.filter((other) => isVisible(scope, other, at))
    const page = similar.slice(0, limit)
    const states = await loadTitleStates(deps.states, callerOf(request), page.map(({ id }) => id))
    const localiser = createRequestLocaliser(deps, request)
    const isPlayable = createPlayableCheck(catalogue, planMaxHeight)
    const items = page.map((other) => toCard(other, isPlayable(other), states(other.id), localiser))
    return await sendWithEtag(request, reply, { items }, null, localiser.languages())
  })

  app.get('/genres', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'List genres with their number of titles',
      description: 'Counts only titles within the maturity limits of the token.',
      operationId: 'listGenres',
      response: responses({ 200: withHeaders(listSchema(GenreCount), 'ETag') }),
    },
  }, async (request, reply) => {
    const items = counts.genres(await maturityScopeOf(access, request), now())
    return await sendWithEtag(request, reply, { items })
  })
}

export default titles
