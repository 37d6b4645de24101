// Lists of titles: movies, shows, facets, genres and similar titles.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import type { CountCache } from '../src/catalogue/cache/count-cache.js'
import { browse } from '../src/catalogue/queries/browse.js'
import { SORTS, type Catalogue, type CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import type { SortPosition } from '../src/catalogue/store/sorted-lists.js'
import { isVisible } from '../src/domain/maturity.js'
import { notFound } from '../src/errors.js'
import type { FindSimilar } from '../src/home/similar-titles.js'
import { createRequestLocaliser, type ContentLanguageDeps } from '../src/http/content-language.js'
import { sendWithEtag } from '../src/http/etags.js'
import { callerOf, isCatalogueAdmin, maturityScopeOf, viewingLimitsOf } from '../src/plugins/auth.js'
import { Cursor, Id, Limit, listSchema, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { LOCALISED_ETAG, withHeaders } from '../src/schemas/response-headers.js'
import { Facets, titleFilters } from '../src/schemas/title-filters.js'
import { Card, TitleKind } from '../src/schemas/titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
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
  readonly findSimilar: FindSimilar
  readonly cursors: CursorCodec
  now(): Date
}

const titles: FastifyPluginAsyncTypebox<TitlesRouteOptions> = async (app, deps) => {
  const { access, catalogue, counts, findSimilar, cursors, now } = deps

  app.get('/titles', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'List movies and shows',
      operationId: 'listTitles',
      querystring: TitlesQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => await sendTitlePage(request, reply, request.query))

  app.get('/movies', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'List movies',
      operationId: 'listMovies',
      querystring: KindQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => await sendTitlePage(request, reply, { ...request.query, type: 'movie' }))

  app.get('/shows', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'List shows',
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
    const page = browse(catalogue, {
      filter,
      sort,
      descending: order === undefined ? sort !== 'title' : order === 'desc',
      after: cursors.decode<SortPosition>(cursor, scope),
      limit,
      ...limits,
      now: now(),
    })
    return await sendCards(request, reply, page.titles, { nextCursor: cursors.encodeNext(page.next, scope) })
  }

  /** Sends `items` with one card per title. @param fields other fields of the body */
  async function sendCards (
    request: FastifyRequest,
    reply: FastifyReply,
    list: readonly CatalogueTitle[],
    fields: object = {},
  ): Promise<FastifyReply> {
    const states = await loadTitleStates(deps.states, callerOf(request), list.map(({ id }) => id))
    const localiser = createRequestLocaliser(deps, request)
    const items = list.map((title) => toCard(title, states(title.id), localiser))
    return await sendWithEtag(request, reply, { items, ...fields }, null, localiser.languages())
  }

  app.get('/titles/facets', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
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
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
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
    const scope = await maturityScopeOf(access, request)
    const title = catalogue.findTitle(titleId)
    if (title === null || !(isCatalogueAdmin(request) || isVisible(scope, title, at))) throw notFound('title')
    const similar = findSimilar(title).map((entry) => entry.title).filter((other) => isVisible(scope, other, at))
    return await sendCards(request, reply, similar.slice(0, limit))
  })

  app.get('/genres', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'List genres with their number of titles',
      operationId: 'listGenres',
      response: responses({ 200: withHeaders(listSchema(GenreCount), 'ETag') }),
    },
  }, async (request, reply) => {
    const items = counts.genres(await maturityScopeOf(access, request), now())
    return await sendWithEtag(request, reply, { items })
  })
}

export default titles
