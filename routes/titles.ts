// The catalogue as members see it: lists, genres, movies, shows, seasons and episodes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredSeason } from '../models/show.js'
import { browse, countGenres, SORTS, type PagePosition } from '../src/catalogue/browse.js'
import { createTitleDetails } from '../src/catalogue/details.js'
import { sendTagged } from '../src/catalogue/etag.js'
import { readProfileStates } from '../src/catalogue/profile-state.js'
import { readyFilesOf, type CatalogueTitle } from '../src/catalogue/snapshot.js'
import { withinPlan } from '../src/domain/file-choice.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { accountOf, callerOf, viewerOf } from '../src/plugins/auth.js'
import { Card, EpisodeDetail, MovieDetail, SeasonDetail, ShowDetail, titleFilters, TitleKind, toAdminMediaFile, toCard, toEpisode, toMediaFile, toMovie, toSeason, toShow, type MediaFileView } from '../src/schemas/catalogue.js'
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
type ListRequest = Static<typeof MixedQuery>

const ShowParams = Type.Object({ showId: Id })
const SeasonParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }) })
const EpisodeParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }), episode: Type.Integer({ minimum: 0 }) })

const titles: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, cursors, now } = app.services
  const details = createTitleDetails()

  async function listTitles (request: FastifyRequest, { limit, cursor, sort, order, ...filter }: ListRequest) {
    const [viewer, account] = await Promise.all([viewerOf(app, request), accountOf(app, request)])
    const scope = ['titles', sort, order ?? null, filter]
    const page = browse(catalogue, {
      filter,
      sort,
      descending: order === undefined ? sort !== 'title' : order === 'desc',
      after: cursor === undefined ? null : cursors.decode(cursor, scope) as PagePosition,
      limit,
      viewer,
      planMaxHeight: account.limits.maxHeight,
      now: now(),
    })
    const states = await readProfileStates(callerOf(request), page.titles.map(({ id }) => id))
    return {
      items: page.titles.map((title) => toCard(title, states(title.id))),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    }
  }

  /** The title if this caller may see it: hidden, unpublished and missing ones are the same to them. */
  async function findVisible (request: FastifyRequest, id: string, kind: 'movie' | 'show'): Promise<CatalogueTitle> {
    const title = catalogue.findTitle(id)
    const isVisible = title !== null && title.kind === kind && (seesAll(request) || canSee(await viewerOf(app, request), title, now()))
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

  async function findSeason (request: FastifyRequest, showId: string, number: number): Promise<{ season: StoredSeason, revision: number }> {
    const show = await details.findShow(await findVisible(request, showId, 'show')) ?? fail(notFound('show'))
    const season = show.seasons.find((one) => one.number === number) ?? fail(notFound('season'))
    return { season, revision: show.__v }
  }

  app.get('/titles', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Movies and shows', operationId: 'listTitles', querystring: MixedQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTagged(request, reply, await listTitles(request, request.query)))

  app.get('/movies', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Movies', operationId: 'listMovies', querystring: ListQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTagged(request, reply, await listTitles(request, { ...request.query, type: 'movie' })))

  app.get('/shows', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'Shows', operationId: 'listShows', querystring: ListQuery, response: answers({ 200: pageOf(ref(Card)) }) },
  }, async (request, reply) => await sendTagged(request, reply, await listTitles(request, { ...request.query, type: 'show' })))

  app.get('/genres', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Genres, with how many titles each has',
      operationId: 'listGenres',
      response: answers({ 200: listOf(Type.Object({ name: Type.String(), count: Type.Integer() })) }),
    },
  }, async (request, reply) => await sendTagged(request, reply, { items: countGenres(catalogue, await viewerOf(app, request), now()) }))

  app.get('/movies/:movieId', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One movie with its media files', operationId: 'getMovie', params: Type.Object({ movieId: Id }), response: answers({ 200: ref(MovieDetail) }) },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.movieId, 'movie')
    const [movie, files, states] = await Promise.all([details.findMovie(title), filesFor(request), readProfileStates(callerOf(request), [title.id])])
    if (movie === null) throw notFound('movie')
    return await sendTagged(request, reply, toMovie(movie, files(title.id), states(title.id)), movie.__v)
  })

  app.get('/shows/:showId', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One show; its seasons are summarised', operationId: 'getShow', params: ShowParams, response: answers({ 200: ref(ShowDetail) }) },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.showId, 'show')
    const [show, states] = await Promise.all([details.findShow(title), readProfileStates(callerOf(request), [title.id])])
    if (show === null) throw notFound('show')
    return await sendTagged(request, reply, toShow(show, states(title.id)), show.__v)
  })

  app.get('/shows/:showId/seasons/:season', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One season with its episodes', operationId: 'getSeason', params: SeasonParams, response: answers({ 200: ref(SeasonDetail) }) },
  }, async (request, reply) => {
    const { season, revision } = await findSeason(request, request.params.showId, request.params.season)
    return await sendTagged(request, reply, toSeason(season, await filesFor(request)), revision)
  })

  app.get('/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'catalogue' },
    schema: { tags: ['catalogue'], summary: 'One episode with its media files', operationId: 'getEpisode', params: EpisodeParams, response: answers({ 200: ref(EpisodeDetail) }) },
  }, async (request, reply) => {
    const { season, revision } = await findSeason(request, request.params.showId, request.params.season)
    const episode = season.episodes.find((one) => one.number === request.params.episode) ?? fail(notFound('episode'))
    const files = await filesFor(request)
    return await sendTagged(request, reply, toEpisode(episode, files(episode._id.toString())), revision)
  })
}

export default titles
