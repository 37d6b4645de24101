// Running the catalogue: movies, shows, seasons and episodes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  changeEpisode,
  changeSeason,
  createMovie,
  createShow,
  editMovie,
  editShow,
  orderEpisodes,
  putEpisode,
  putSeason,
  removeEpisode,
  removeSeason,
  removeTitle,
  type Written,
} from '../src/editing/titles.js'
import { storedFacts, storedWords } from '../src/http/content-language.js'
import { sendTagged, wantedRevision } from '../src/http/etags.js'
import { previewDeletion, type DeletionScope } from '../src/editing/deletion-preview.js'
import {
  EpisodeDetail,
  MovieDetail,
  DeletionPreviewView,
  SeasonDetail,
  ShowDetail,
  toAdminMediaFile,
  toEpisode,
  toMovie,
  toSeason,
  toShow,
} from '../src/schemas/catalogue.js'
import {
  EpisodeChanges,
  EpisodeInput,
  EpisodeOrder,
  MovieChanges,
  MovieInput,
  SeasonChanges,
  SeasonInput,
  ShowChanges,
  ShowInput,
} from '../src/schemas/title-input.js'
import type { StoredEpisode, StoredSeason } from '../models/show.js'
import { responses, Id, NoContent, ref, strict } from '../src/schemas/common.js'
import type { EditingDeps } from '../src/editing/titles.js'
import type { TitleFactsDeps } from '../src/http/content-language.js'

const MovieParams = Type.Object({ movieId: Id })
const ShowParams = Type.Object({ showId: Id })
const SeasonParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0, maximum: 10_000 }) })
const EpisodeParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 0, maximum: 10_000 }),
  episode: Type.Integer({ minimum: 0, maximum: 100_000 }),
})
const SeasonBody = Type.Omit(SeasonInput, ['number'], { additionalProperties: false })
const EpisodeBody = Type.Omit(EpisodeInput, ['number', 'id'], { additionalProperties: false })
const RemovalQuery = strict({
  dryRun: Type.Optional(Type.Boolean({ description: 'Answers what would go, and deletes nothing' })),
})
const removalAnswers = responses({ 200: ref(DeletionPreviewView), 204: NoContent })
/** A show may be sent whole, with thousands of episodes. */
const SHOW_BODY_BYTES = 4 * 1024 * 1024

export interface AdminTitlesRouteOptions extends EditingDeps, TitleFactsDeps {}

const adminTitles: FastifyPluginAsyncTypebox<AdminTitlesRouteOptions> = async (app, deps) => {
  const filesOf = (itemId: string) => deps.catalogue.filesOf(itemId).map(toAdminMediaFile)
  async function sendSeason (request: FastifyRequest, reply: FastifyReply, { part, revision }: Written<StoredSeason>) {
    return await sendTagged(request, reply, toSeason(part, filesOf, storedWords(deps)), revision)
  }

  async function sendEpisode (
    request: FastifyRequest,
    reply: FastifyReply,
    { part, revision }: Written<StoredEpisode>,
  ) {
    return await sendTagged(
      request,
      reply,
      toEpisode(part, filesOf(part._id.toString()), storedWords(deps)),
      revision,
    )
  }

  /** Deletes, or tells what a deletion would take with it. */
  async function remove (
    request: FastifyRequest,
    reply: FastifyReply,
    scope: DeletionScope,
    deleteIt: () => Promise<void>,
  ) {
    if ((request.query as { dryRun?: boolean }).dryRun === true) {
      return await reply.code(200).send(await previewDeletion(deps.catalogue, scope))
    }
    await deleteIt()
    return await reply.code(204).send(null)
  }

  const admin = { config: { access: 'admin' as const }, bodyLimit: SHOW_BODY_BYTES }
  const creating = { ...admin, config: { ...admin.config, repeatable: true } }

  app.post('/admin/movies', {
    ...creating,
    schema: {
      tags: ['admin'],
      summary: 'Create a movie',
      operationId: 'createMovie',
      body: ref(MovieInput),
      response: responses({ 201: ref(MovieDetail) }),
    },
  }, async (request, reply) => {
    const movie = await createMovie(deps, request.body)
    reply.code(201).header('location', `/v1/movies/${movie._id.toString()}`)
    return await sendTagged(request, reply, toMovie(movie, [], storedFacts(deps, movie._id.toString())), movie.__v)
  })

  app.put('/admin/movies/:movieId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Replace a movie; its media files stay',
      operationId: 'replaceMovie',
      params: MovieParams,
      body: ref(MovieInput),
      response: responses({ 200: ref(MovieDetail) }),
    },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(deps, movieId, request.body, 'replace', wantedRevision(request))
    return await sendTagged(request, reply, toMovie(movie, filesOf(movieId), storedFacts(deps, movieId)), movie.__v)
  })

  app.patch('/admin/movies/:movieId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Change a movie',
      operationId: 'changeMovie',
      params: MovieParams,
      body: ref(MovieChanges),
      response: responses({ 200: ref(MovieDetail) }),
    },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(deps, movieId, request.body, 'merge', wantedRevision(request))
    return await sendTagged(request, reply, toMovie(movie, filesOf(movieId), storedFacts(deps, movieId)), movie.__v)
  })

  app.delete('/admin/movies/:movieId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Delete a movie with its media files',
      operationId: 'deleteMovie',
      params: MovieParams,
      querystring: RemovalQuery,
      response: removalAnswers,
    },
  }, async (request, reply) => {
    const { movieId } = request.params
    return await remove(request, reply, { kind: 'movie', id: movieId }, async () => {
      await removeTitle(deps, 'movie', movieId, wantedRevision(request))
    })
  })

  app.post('/admin/shows', {
    ...creating,
    schema: {
      tags: ['admin'],
      summary: 'Create a show, seasons and episodes included',
      operationId: 'createShow',
      body: ref(ShowInput),
      response: responses({ 201: ref(ShowDetail) }),
    },
  }, async (request, reply) => {
    const show = await createShow(deps, request.body)
    reply.code(201).header('location', `/v1/shows/${show._id.toString()}`)
    return await sendTagged(request, reply, toShow(show, storedFacts(deps, show._id.toString())), show.__v)
  })

  app.put('/admin/shows/:showId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Replace a show; episodes that stay keep their ids and media files',
      operationId: 'replaceShow',
      params: ShowParams,
      body: ref(ShowInput),
      response: responses({ 200: ref(ShowDetail) }),
    },
  }, async (request, reply) => {
    const show = await editShow(deps, request.params.showId, request.body, 'replace', wantedRevision(request))
    return await sendTagged(request, reply, toShow(show, storedFacts(deps, show._id.toString())), show.__v)
  })

  app.patch('/admin/shows/:showId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Change a show',
      operationId: 'changeShow',
      params: ShowParams,
      body: ref(ShowChanges),
      response: responses({ 200: ref(ShowDetail) }),
    },
  }, async (request, reply) => {
    const show = await editShow(deps, request.params.showId, request.body, 'merge', wantedRevision(request))
    return await sendTagged(request, reply, toShow(show, storedFacts(deps, show._id.toString())), show.__v)
  })

  app.delete('/admin/shows/:showId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Delete a show with its media files',
      operationId: 'deleteShow',
      params: ShowParams,
      querystring: RemovalQuery,
      response: removalAnswers,
    },
  }, async (request, reply) => {
    const { showId } = request.params
    return await remove(request, reply, { kind: 'show', id: showId }, async () => {
      await removeTitle(deps, 'show', showId, wantedRevision(request))
    })
  })

  app.put('/admin/shows/:showId/seasons/:season', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Create or replace a season',
      operationId: 'putSeason',
      params: SeasonParams,
      body: SeasonBody,
      response: responses({ 200: ref(SeasonDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    return await sendSeason(
      request,
      reply,
      await putSeason(deps, showId, season, request.body, wantedRevision(request)),
    )
  })

  app.patch('/admin/shows/:showId/seasons/:season', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Change a season, or give it another number',
      operationId: 'changeSeason',
      params: SeasonParams,
      body: ref(SeasonChanges),
      response: responses({ 200: ref(SeasonDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    return await sendSeason(
      request,
      reply,
      await changeSeason(deps, showId, season, request.body, wantedRevision(request)),
    )
  })

  app.put('/admin/shows/:showId/seasons/:season/order', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Number the episodes of a season anew',
      description:
        "Episodes keep their ids, and with them everybody's progress. A special that is watched after one of them stays behind it.",
      operationId: 'orderEpisodes',
      params: SeasonParams,
      body: ref(EpisodeOrder),
      response: responses({ 200: ref(SeasonDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    return await sendSeason(
      request,
      reply,
      await orderEpisodes(deps, showId, season, request.body, wantedRevision(request)),
    )
  })

  app.delete('/admin/shows/:showId/seasons/:season', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Delete a season',
      operationId: 'deleteSeason',
      params: SeasonParams,
      querystring: RemovalQuery,
      response: removalAnswers,
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    return await remove(request, reply, { kind: 'show', id: showId, season }, async () => {
      await removeSeason(deps, showId, season, wantedRevision(request))
    })
  })

  app.put('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Create or replace an episode',
      operationId: 'putEpisode',
      params: EpisodeParams,
      body: EpisodeBody,
      response: responses({ 200: ref(EpisodeDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    return await sendEpisode(
      request,
      reply,
      await putEpisode(deps, showId, season, episode, request.body, wantedRevision(request)),
    )
  })

  app.patch('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Change an episode, or move it',
      operationId: 'changeEpisode',
      params: EpisodeParams,
      body: ref(EpisodeChanges),
      response: responses({ 200: ref(EpisodeDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    return await sendEpisode(
      request,
      reply,
      await changeEpisode(deps, showId, season, episode, request.body, wantedRevision(request)),
    )
  })

  app.delete('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Delete an episode',
      operationId: 'deleteEpisode',
      params: EpisodeParams,
      querystring: RemovalQuery,
      response: removalAnswers,
    },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    return await remove(request, reply, { kind: 'show', id: showId, season, episode }, async () => {
      await removeEpisode(deps, showId, season, episode, wantedRevision(request))
    })
  })
}

export default adminTitles
