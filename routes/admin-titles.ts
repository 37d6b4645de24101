// Editing of movies and shows, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredMovie } from '../models/movie.js'
import type { StoredShow } from '../models/show.js'
import { previewDeletion } from '../src/editing/deletion-preview.js'
import type { EditingDeps } from '../src/editing/edit-show.js'
import { createMovie, createShow, editMovie, editShow, removeTitle } from '../src/editing/titles.js'
import { ifMatchRevision, sendWithEtag } from '../src/http/etags.js'
import { ref, responses } from '../src/schemas/common.js'
import { DeletionQuery, deletionResponses } from '../src/schemas/deletion-preview.js'
import { MovieParams, ShowParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { MovieChanges, MovieInput, ShowChanges, ShowInput } from '../src/schemas/title-input.js'
import { Movie, Show } from '../src/schemas/titles.js'
import { toAdminMediaFile } from '../src/views/media-files.js'
import { storedPageDetails, type TitlePageDeps } from '../src/views/title-details.js'
import { toMovie, toShow } from '../src/views/titles.js'

/** A show may be sent with thousands of episodes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

export interface AdminTitlesRouteOptions extends EditingDeps, TitlePageDeps {}

const adminTitles: FastifyPluginAsyncTypebox<AdminTitlesRouteOptions> = async (app, deps) => {
  const { catalogue } = deps

  async function sendMovie (request: FastifyRequest, reply: FastifyReply, movie: StoredMovie): Promise<FastifyReply> {
    const id = movie._id.toString()
    const files = catalogue.itemFiles(id).map(toAdminMediaFile)
    return await sendWithEtag(request, reply, toMovie(movie, files, storedPageDetails(deps, id)), movie.__v)
  }

  async function sendShow (request: FastifyRequest, reply: FastifyReply, show: StoredShow): Promise<FastifyReply> {
    return await sendWithEtag(request, reply, toShow(show, storedPageDetails(deps, show._id.toString())), show.__v)
  }

  app.post('/admin/movies', {
    config: { access: 'editor', scope: 'catalogue:write', idempotencyKey: true },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Create a movie',
      description: 'The movie is visible at once unless `published` is false. Media files are uploaded to it ' +
        'afterwards.',
      operationId: 'createMovie',
      body: ref(MovieInput),
      response: responses({ 201: withHeaders(ref(Movie), 'Location', 'ETag') }),
    },
  }, async (request, reply) => {
    const movie = await createMovie(deps, request.body)
    reply.code(201).header('location', `/v1/movies/${movie._id.toString()}`)
    return await sendMovie(request, reply, movie)
  })

  app.put('/admin/movies/:movieId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Replace a movie',
      description: 'Its media files stay.',
      operationId: 'replaceMovie',
      params: MovieParams,
      body: ref(MovieInput),
      response: responses({ 200: withHeaders(ref(Movie), 'ETag') }),
    },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(deps, movieId, request.body, 'replace', ifMatchRevision(request))
    return await sendMovie(request, reply, movie)
  })

  app.patch('/admin/movies/:movieId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Change fields of a movie',
      description: 'Only the fields of the body change. With `If-Match`, the change applies to that version only.',
      operationId: 'changeMovie',
      params: MovieParams,
      body: ref(MovieChanges),
      response: responses({ 200: withHeaders(ref(Movie), 'ETag') }),
    },
  }, async (request, reply) => {
    const { movieId } = request.params
    const movie = await editMovie(deps, movieId, request.body, 'merge', ifMatchRevision(request))
    return await sendMovie(request, reply, movie)
  })

  app.delete('/admin/movies/:movieId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: titles'],
      summary: 'Delete a movie with its media files',
      description: 'Deletes the media files, subtitles and thumbnails too, and ends the streams. `dryRun=true` only ' +
        'counts what would be deleted.',
      operationId: 'deleteMovie',
      params: MovieParams,
      querystring: DeletionQuery,
      response: deletionResponses,
    },
  }, async (request, reply) => {
    const { params: { movieId: id }, query: { dryRun } } = request
    if (dryRun === true) return await reply.code(200).send(await previewDeletion(catalogue, { kind: 'movie', id }))
    await removeTitle(deps, 'movie', id, ifMatchRevision(request))
    return await reply.code(204).send(null)
  })

  app.post('/admin/shows', {
    config: { access: 'editor', scope: 'catalogue:write', idempotencyKey: true },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Create a show with its seasons and episodes',
      description:
        'The show is visible at once unless `published` is false. Media files are uploaded to its episodes ' +
        'afterwards.',
      operationId: 'createShow',
      body: ref(ShowInput),
      response: responses({ 201: withHeaders(ref(Show), 'Location', 'ETag') }),
    },
  }, async (request, reply) => {
    const show = await createShow(deps, request.body)
    reply.code(201).header('location', `/v1/shows/${show._id.toString()}`)
    return await sendShow(request, reply, show)
  })

  app.put('/admin/shows/:showId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Replace a show with its seasons and episodes',
      description: 'Episodes that stay keep their IDs and media files.',
      operationId: 'replaceShow',
      params: ShowParams,
      body: ref(ShowInput),
      response: responses({ 200: withHeaders(ref(Show), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId } = request.params
    const show = await editShow(deps, showId, request.body, 'replace', ifMatchRevision(request))
    return await sendShow(request, reply, show)
  })

  app.patch('/admin/shows/:showId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: titles'],
      summary: 'Change fields of a show',
      description: 'Only the fields of the body change; seasons and episodes have routes of their own. With ' +
        '`If-Match`, the change applies to that version only.',
      operationId: 'changeShow',
      params: ShowParams,
      body: ref(ShowChanges),
      response: responses({ 200: withHeaders(ref(Show), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId } = request.params
    const show = await editShow(deps, showId, request.body, 'merge', ifMatchRevision(request))
    return await sendShow(request, reply, show)
  })

  app.delete('/admin/shows/:showId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: titles'],
      summary: 'Delete a show with its media files',
      description:
        'Deletes all episodes with their media files, and ends the streams. `dryRun=true` only counts what ' +
        'would be deleted.',
      operationId: 'deleteShow',
      params: ShowParams,
      querystring: DeletionQuery,
      response: deletionResponses,
    },
  }, async (request, reply) => {
    const { params: { showId: id }, query: { dryRun } } = request
    if (dryRun === true) return await reply.code(200).send(await previewDeletion(catalogue, { kind: 'show', id }))
    await removeTitle(deps, 'show', id, ifMatchRevision(request))
    return await reply.code(204).send(null)
  })
}

export default adminTitles
