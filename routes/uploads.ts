// Uploading media files: the body is the file.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { badRequest, validationFailed } from '../src/errors.js'
import { findEpisodeItem, findMovieItem } from '../src/editing/find-item.js'
import type { CatalogueItem, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { addMediaFile } from '../src/media/upload/media-files.js'
import { MediaFile, toAdminMediaFile } from '../src/schemas/catalogue.js'
import { responses, Id, ref } from '../src/schemas/common.js'
import { toDeclaredMetadata, UploadQuery, type UploadFields } from '../src/schemas/uploads.js'
import type { MediaFileDeps } from '../src/media/upload/media-files.js'

const MovieParams = Type.Object({ movieId: Id })
const EpisodeParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 0 }),
  episode: Type.Integer({ minimum: 0 }),
})

export type UploadsRouteOptions = MediaFileDeps

const uploads: FastifyPluginAsyncTypebox<UploadsRouteOptions> = async (app, deps) => {
  const { catalogue, config } = deps
  await app.register(multipart, {
    limits: { fileSize: config.maxUploadBytes, files: 1, fields: 10, fieldSize: 1_000 },
    throwFileSizeLimit: false,
  })
  // The body is the file: it is handed on as a stream, never collected, and never taken for JSON.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(/^(video|audio)\/|^application\/octet-stream$/, (_request, payload, done) => {
    done(null, payload)
  })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    title: CatalogueTitle,
    item: CatalogueItem,
    query: UploadFields,
  ): Promise<FastifyReply> {
    const { source, fields } = await openUpload(request, query)
    const file = await addMediaFile(deps, title, item, source, toDeclaredMetadata(fields))
    return await reply.code(201).send(toAdminMediaFile(file))
  }

  const schema = {
    tags: ['admin'],
    consumes: ['video/mp4', 'video/webm', 'video/x-matroska', 'application/octet-stream', 'multipart/form-data'],
    description:
      'The file is the body, or the one file of a multipart form whose fields before it are those of the query. It becomes visible, and can be played, when it is complete and was found to be what it says; its package for HLS follows in the background, as `hls` tells. What is claimed against what the file certainly is, is a 422 `claim-mismatch`.',
    querystring: UploadQuery,
    response: responses({ 201: ref(MediaFile) }),
  }
  const admin = { config: { access: 'admin' as const, slowBody: true }, bodyLimit: config.maxUploadBytes }

  app.post('/admin/movies/:movieId/media', {
    ...admin,
    schema: {
      ...schema,
      summary: 'Upload a media file of a movie',
      operationId: 'uploadMovieMedia',
      params: MovieParams,
    },
  }, async (request, reply) => {
    const { title, item } = findMovieItem(catalogue, request.params.movieId)
    return await upload(request, reply, title, item, request.query)
  })

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/media', {
    ...admin,
    schema: {
      ...schema,
      summary: 'Upload a media file of an episode',
      operationId: 'uploadEpisodeMedia',
      params: EpisodeParams,
    },
  }, async (request, reply) => {
    const { title, item } = findEpisodeItem(catalogue, request.params)
    return await upload(request, reply, title, item, request.query)
  })
}

/** The stream of the file and what is said of it, however it was sent. */
async function openUpload (
  request: FastifyRequest,
  query: UploadFields,
): Promise<{ source: Readable, fields: UploadFields }> {
  if (!request.isMultipart()) {
    if (request.body === undefined || request.body === null) {
      throw badRequest('empty-upload', 'The body is empty: send the file itself.')
    }
    return { source: request.body as Readable, fields: query }
  }
  const part = await request.file().catch((error: unknown) => {
    throw readableError(error)
  })
  if (part === undefined) throw badRequest('empty-upload', 'The form has no file.')
  const fields: Record<string, string> = { ...query }
  for (const [name, field] of Object.entries(part.fields)) {
    if (field !== undefined && !Array.isArray(field) && field.type === 'field') fields[name] = String(field.value)
  }
  const [error] = Value.Errors(UploadQuery, fields)
  if (error !== undefined) {
    part.file.resume()
    throw validationFailed([{ pointer: error.instancePath, message: error.message }])
  }
  return { source: part.file, fields }
}

/** The form parser throws bare errors for headers that make no sense. */
function readableError (error: unknown): unknown {
  const isBare = error instanceof Error && !('statusCode' in error)
  return isBare
    ? badRequest(
      'malformed-request',
      'The form cannot be read: its Content-Type needs a boundary, and its parts need names.',
    )
    : error
}

export default uploads
