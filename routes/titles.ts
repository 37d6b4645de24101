// The catalogue as members see it: lists, genres, movies, shows, seasons and episodes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredSeason } from '../models/show.js'
import { browse } from '../src/catalogue/browse.js'
import { localiserFor, storedFacts, viewerFacts } from '../src/catalogue/detail-facts.js'
import { createTitleDetails } from '../src/catalogue/details.js'
import { sendTagged } from '../src/catalogue/etag.js'
import { readItemProgress, readProfileStates } from '../src/catalogue/profile-state.js'
import { SORTS, type Position } from '../src/catalogue/orders.js'
import { createRememberedCounts } from '../src/catalogue/remembered-counts.js'
import { readyFilesOf, type CatalogueTitle } from '../src/catalogue/snapshot.js'
import { withinPlan } from '../src/domain/file-choice.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { createSimilarTitles } from '../src/home/similar-titles.js'
import { accountOf, callerOf, viewerOf } from '../src/plugins/auth.js'
import { Card, EpisodeDetail, MovieDetail, SeasonDetail, ShowDetail, titleFilters, TitleKind, toAdminMediaFile, toCard, toEpisode, toMediaFile, toMovie, toSeason, toShow, type DetailFacts, type MediaFileView } from '../src/schemas/catalogue.js'
import { Facets } from '../src/schemas/facets.js'
import { answers, Cursor, Id, Limit, listOf, pageOf, ref, strict } from '../src/schemas/common.js'

const listQuery = {
  ...titleFilters,
  sort: Type.Enum([...SORTS], { default: 'title' }),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'When left out: titles from A, everything else with the newest or most popular first' })),
  limit: Limit,
  cursor: Type.Optional(Cursor),
}
const ListQuery = strict(listQuery)
const MixedQuery = strict({ type: TitleKind, ...listQuery })
const FacetQuery = strict({ type: TitleKind, ...titleFilters })
type ListRequest = Static<typeof MixedQuery>

const ShowParams = Type.Object({ showId: Id })
const SeasonParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }) })
const EpisodeParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }), episode: Type.Integer({ minimum: 0 }) })

const titles: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const { catalogue, cursors, trends, watching, now } = services
  const findSimilar = createSimilarTitles(catalogue, trends)
  const details = createTitleDetails()
  const counts = createRememberedCounts(catalogue)

  async function sendTitles (request: FastifyRequest, reply: FastifyReply, { limit, cursor, sort, order, ...filter }: ListRequest) {
    const [viewer, account] = await Promise.all([viewerOf(app, request), accountOf(app, request)])
    const scope = ['titles', sort, order ?? null, filter]
    const page = browse(catalogue, {
      filter,
      sort,
      descending: order === undefined ? sort !== 'title' : order === 'desc',
      after: cursor === undefined ? null : cursors.decode(cursor, scope) as Position,
      limit,
      viewer,
      planMaxHeight: account.limits.maxHeight,
      now: now(),
    })
    const states = await readProfileStates(callerOf(request), page.titles.map(({ id }) => id))
    const localiser = localiserFor(services, request)
    const body = {
      items: page.titles.map((title) => toCard(title, states(title.id), localiser)),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    }
    return await sendTagged(request, reply, body, null, localiser.languages())
  }

  /** The title if this caller may see it: hidden, unpublished and missing ones are the same to them. */
  async function findVisible (request: FastifyRequest, id: string, kind: 'movie' | 'show' | 'title'): Promise<CatalogueTitle> {
    const title = catalogue.findTitle(id)
    const isVisible = title !== null && (kind === 'title' || title.kind === kind) && (seesAll(request) || canSee(await viewerOf(app, request), title, now()))
    return isVisible ? title : fail(notFound(kind))
  }

  function seesAll (request: FastifyRequest): boolean {
    const { role, boundProfileId } = callerOf(request)
    return role === 'admin' && boundProfileId === null
  }

  /** The ready files that the caller's plan may know of; administrators know of all, whatever their state. */
  async function filesFor (request: FastifyRequest): Promise<(itemId: string) => MediaFileView[]> {
    if (seesAll(request)) return (itemId) => catalogue.filesOf(itemId).map(toAdminMediaFile)
    const { limits } = await accountOf(app, request)
    return (itemId) => withinPlan(readyFilesOf(catalogue, itemId), limits.maxHeight).map(toMediaFile)
  }

  /** What the caller is told of a title besides what is stored. */
  async function factsFor (request: FastifyRequest, title: CatalogueTitle): Promise<DetailFacts> {
    if (seesAll(request)) return storedFacts(services, title.id)
    return viewerFacts(services, title, (await accountOf(app, request)).limits.maxHeight, localiserFor(services, request))
  }

  async function findSeason (request: FastifyRequest): Promise<{ season: StoredSeason, revision: number, facts: DetailFacts }> {
    const { showId, season: number } = request.params as { showId: string, season: number }
    const title = await findVisible(request, showId, 'show')
    const [show, facts, progressOf] = await Promise.all([details.findShow(title), factsFor(request, title), readItemProgress(watching, callerOf(request), title.id)])
    if (show === null) throw notFound('show')
    const season = show.seasons.find((one) => one.number === number) ?? fail(notFound('season'))
    return { season, revision: show.__v, facts: { ...facts, progressOf } }
  }

  app.get('/titles', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Movies and shows', operationId: 'listTitles', querystring: MixedQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTitles(request, reply, request.query))

  app.get('/movies', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Movies', operationId: 'listMovies', querystring: ListQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTitles(request, reply, { ...request.query, type: 'movie' }))

  app.get('/shows', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Shows', operationId: 'listShows', querystring: ListQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTitles(request, reply, { ...request.query, type: 'show' }))

  app.get('/titles/facets', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'What a list could be narrowed by, with how many titles would be left',
      description: 'Takes the filters of the list. In each facet those titles are counted that pass all the other filters, so that a choice can be changed as well as made.',
      operationId: 'listFacets',
      querystring: FacetQuery,
      response: answers({ 200: ref(Facets) }),
    },
  }, async (request, reply) => {
    const [viewer, account] = await Promise.all([viewerOf(app, request), accountOf(app, request)])
    return await sendTagged(request, reply, counts.facets({ filter: request.query, viewer, planMaxHeight: account.limits.maxHeight, now: now() }))
  })

  app.get('/titles/:titleId/similar', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Titles like this one, the most alike first',
      description: 'By genres, people and years, and by who watched both.',
      operationId: 'listSimilar',
      params: Type.Object({ titleId: Id }),
      querystring: strict({ limit: Limit }),
      response: answers({ 200: listOf(ref(Card)) }),
    },
  }, async (request, reply) => {
    const [title, viewer] = await Promise.all([findVisible(request, request.params.titleId, 'title'), viewerOf(app, request)])
    const moment = now()
    const alike = findSimilar(title).map((one) => one.title).filter((one) => canSee(viewer, one, moment)).slice(0, request.query.limit)
    const states = await readProfileStates(callerOf(request), alike.map(({ id }) => id))
    const localiser = localiserFor(services, request)
    return await sendTagged(request, reply, { items: alike.map((one) => toCard(one, states(one.id), localiser)) }, null, localiser.languages())
  })

  app.get('/genres', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Genres, with how many titles each has',
      operationId: 'listGenres',
      response: answers({ 200: listOf(Type.Object({ name: Type.String(), count: Type.Integer() })) }),
    },
  }, async (request, reply) => await sendTagged(request, reply, { items: counts.genres(await viewerOf(app, request), now()) }))

  app.get('/movies/:movieId', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One movie with its media files', operationId: 'getMovie', params: Type.Object({ movieId: Id }), response: answers({ 200: ref(MovieDetail) }) },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.movieId, 'movie')
    const [movie, files, states, facts] = await Promise.all([details.findMovie(title), filesFor(request), readProfileStates(callerOf(request), [title.id]), factsFor(request, title)])
    if (movie === null) throw notFound('movie')
    return await sendTagged(request, reply, toMovie(movie, files(title.id), { ...facts, state: states(title.id) }), movie.__v, facts.localiser.languages())
  })

  app.get('/shows/:showId', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One show; its seasons are summarised', operationId: 'getShow', params: ShowParams, response: answers({ 200: ref(ShowDetail) }) },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.showId, 'show')
    const caller = callerOf(request)
    const [show, states, facts, progressOf] = await Promise.all([details.findShow(title), readProfileStates(caller, [title.id]), factsFor(request, title), readItemProgress(watching, caller, title.id)])
    if (show === null) throw notFound('show')
    return await sendTagged(request, reply, toShow(show, { ...facts, progressOf, state: states(title.id) }), show.__v, facts.localiser.languages())
  })

  app.get('/shows/:showId/seasons/:season', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One season with its episodes', operationId: 'getSeason', params: SeasonParams, response: answers({ 200: ref(SeasonDetail) }) },
  }, async (request, reply) => {
    const { season, revision, facts } = await findSeason(request)
    return await sendTagged(request, reply, toSeason(season, await filesFor(request), facts), revision, facts.localiser.languages())
  })

  app.get('/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One episode with its media files', operationId: 'getEpisode', params: EpisodeParams, response: answers({ 200: ref(EpisodeDetail) }) },
  }, async (request, reply) => {
    const { season, revision, facts } = await findSeason(request)
    const episode = season.episodes.find((one) => one.number === request.params.episode) ?? fail(notFound('episode'))
    const files = await filesFor(request)
    return await sendTagged(request, reply, toEpisode(episode, files(episode._id.toString()), facts), revision, facts.localiser.languages())
  })
}

export default titles
