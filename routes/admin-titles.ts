// Running the catalogue: movies, shows, seasons and episodes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { createMovie, createShow, editMovie, editShow, putEpisode, putSeason, removeEpisode, removeSeason, removeTitle } from '../src/catalogue/edit.js'
import { sendTagged, wantedRevision } from '../src/catalogue/etag.js'
import { EpisodeDetail, EpisodeInput, MovieChanges, MovieDetail, MovieInput, SeasonDetail, SeasonInput, ShowChanges, ShowDetail, ShowInput, toAdminMediaFile, toEpisode, toMovie, toSeason, toShow } from '../src/schemas/catalogue.js'
import { answers, Id, NoContent, ref } from '../src/schemas/common.js'

const MovieParams = Type.Object({ movieId: Id })
const ShowParams = Type.Object({ showId: Id })
const SeasonParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0, maximum: 10_000 }) })
const EpisodeParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0, maximum: 10_000 }), episode: Type.Integer({ minimum: 0, maximum: 100_000 }) })
const SeasonBody = Type.Omit(SeasonInput, ['number'], { additionalProperties: false })
const EpisodeBody = Type.Omit(EpisodeInput, ['number', 'id'], { additionalProperties: false })
/** A show may be sent whole, with thousands of episodes. */
const SHOW_BODY_BYTES = 4 * 1024 * 1024

const adminTitles: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const filesOf = (itemId: string) => services.catalogue.filesOf(itemId).map(toAdminMediaFile)
  const admin = { config: { access: 'admin' as const }, bodyLimit: SHOW_BODY_BYTES }
  const creating = { ...admin, config: { ...admin.config, repeatable: true } }

  app.post('/admin/movies', {
    ...creating,
    schema: { tags: ['admin'], summary: 'Create a movie', operationId: 'createMovie', body: ref(MovieInput), response: answers({ 201: ref(MovieDetail) }) },
  }, async (request, reply) => {
    const movie = await createMovie(services, request.body)
    reply.code(201).header('location', `/v1/movies/${movie._id.toString()}`)
    return await sendTagged(request, reply, toMovie(movie, []), movie.__v)
  })

  app.put('/admin/movies/:movieId', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Replace a movie; its media files stay', operationId: 'replaceMovie', params: MovieParams, body: ref(MovieInput), response: answers({ 200: ref(MovieDetail) }) },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(services, movieId, request.body, 'replace', wantedRevision(request))
    return await sendTagged(request, reply, toMovie(movie, filesOf(movieId)), movie.__v)
  })

  app.patch('/admin/movies/:movieId', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Change a movie', operationId: 'changeMovie', params: MovieParams, body: ref(MovieChanges), response: answers({ 200: ref(MovieDetail) }) },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(services, movieId, request.body, 'merge', wantedRevision(request))
    return await sendTagged(request, reply, toMovie(movie, filesOf(movieId)), movie.__v)
  })

  app.delete('/admin/movies/:movieId', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Delete a movie with its media files', operationId: 'deleteMovie', params: MovieParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    await removeTitle(services, 'movie', request.params.movieId, wantedRevision(request))
    return await reply.code(204).send(null)
  })

  app.post('/admin/shows', {
    ...creating,
    schema: { tags: ['admin'], summary: 'Create a show, seasons and episodes included', operationId: 'createShow', body: ref(ShowInput), response: answers({ 201: ref(ShowDetail) }) },
  }, async (request, reply) => {
    const show = await createShow(services, request.body)
    reply.code(201).header('location', `/v1/shows/${show._id.toString()}`)
    return await sendTagged(request, reply, toShow(show), show.__v)
  })

  app.put('/admin/shows/:showId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Replace a show; episodes that stay keep their ids and media files',
      operationId: 'replaceShow',
      params: ShowParams,
      body: ref(ShowInput),
      response: answers({ 200: ref(ShowDetail) }),
    },
  }, async (request, reply) => {
    const show = await editShow(services, request.params.showId, request.body, 'replace', wantedRevision(request))
    return await sendTagged(request, reply, toShow(show), show.__v)
  })

  app.patch('/admin/shows/:showId', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Change a show', operationId: 'changeShow', params: ShowParams, body: ref(ShowChanges), response: answers({ 200: ref(ShowDetail) }) },
  }, async (request, reply) => {
    const show = await editShow(services, request.params.showId, request.body, 'merge', wantedRevision(request))
    return await sendTagged(request, reply, toShow(show), show.__v)
  })

  app.delete('/admin/shows/:showId', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Delete a show with its media files', operationId: 'deleteShow', params: ShowParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    await removeTitle(services, 'show', request.params.showId, wantedRevision(request))
    return await reply.code(204).send(null)
  })

  app.put('/admin/shows/:showId/seasons/:season', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Create or replace a season', operationId: 'putSeason', params: SeasonParams, body: SeasonBody, response: answers({ 200: ref(SeasonDetail) }) },
  }, async (request) => {
    const { showId, season } = request.params
    return toSeason(await putSeason(services, showId, season, request.body, wantedRevision(request)), filesOf)
  })

  app.delete('/admin/shows/:showId/seasons/:season', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Delete a season', operationId: 'deleteSeason', params: SeasonParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    await removeSeason(services, request.params.showId, request.params.season, wantedRevision(request))
    return await reply.code(204).send(null)
  })

  app.put('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Create or replace an episode', operationId: 'putEpisode', params: EpisodeParams, body: EpisodeBody, response: answers({ 200: ref(EpisodeDetail) }) },
  }, async (request) => {
    const { showId, season, episode } = request.params
    const stored = await putEpisode(services, showId, season, episode, request.body, wantedRevision(request))
    return toEpisode(stored, filesOf(stored._id.toString()))
  })

  app.delete('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    ...admin,
    schema: { tags: ['admin'], summary: 'Delete an episode', operationId: 'deleteEpisode', params: EpisodeParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    await removeEpisode(services, showId, season, episode, wantedRevision(request))
    return await reply.code(204).send(null)
  })
}

export default adminTitles
