// Uploads of media files, for administrators: the body is the file.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { Value } from 'typebox/value'
import { findEpisodeItem, findMovieItem, type TitleItem } from '../src/editing/find-item.js'
import { badRequest, validationFailed } from '../src/errors.js'
import { toFormError } from '../src/http/request-body.js'
import { toFieldError } from '../src/http/validator.js'
import { toDeclaredMetadata } from '../src/media/upload/declared-metadata.js'
import { addMaster, type MasterDeps } from '../src/media/encoding/masters.js'
import { listSteps } from '../src/media/encoding/steps/step-state.js'
import { addMediaFile, type MediaFileDeps } from '../src/media/upload/media-files.js'
import { EncodingJob } from '../src/schemas/encoding-jobs.js'
import { ref, responses } from '../src/schemas/common.js'
import { MediaFile } from '../src/schemas/media-files.js'
import { EpisodeParams, MovieParams } from '../src/schemas/params.js'
import { UploadQuery } from '../src/schemas/uploads.js'
import { toEncodingJob } from '../src/views/encoding-jobs.js'
import { toAdminMediaFile } from '../src/views/media-files.js'

export type UploadsRouteOptions = MediaFileDeps & MasterDeps

const uploads: FastifyPluginAsyncTypebox<UploadsRouteOptions> = async (app, deps) => {
  const { catalogue, config } = deps
  await app.register(multipart, {
    limits: { fileSize: config.maxUploadBytes, files: 1, fields: 10, fieldSize: 1_000 },
    throwFileSizeLimit: false,
  })
  // The body is the file: it is streamed, never buffered, and never parsed as JSON.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(/^(video|audio)\/|^application\/octet-stream$/, (_request, payload, done) => {
    done(null, payload)
  })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, item }: TitleItem,
    query: UploadQuery,
  ): Promise<FastifyReply> {
    const { source, fields } = await openUpload(request, query)
    if (fields.role === 'master') {
      const job = await addMaster(deps, title, item, source, fields.edition ?? null)
      return await reply.code(202).send(toEncodingJob(catalogue, job, await listSteps([job._id])))
    }
    const file = await addMediaFile(deps, title, item, source, toDeclaredMetadata(fields))
    return await reply.code(201).send(toAdminMediaFile(file))
  }

  const uploadSchema = {
    tags: ['Admin: uploads'],
    consumes: ['video/mp4', 'video/webm', 'video/x-matroska', 'application/octet-stream', 'multipart/form-data'],
    description:
      'The body is the file, or a multipart form with one file and before it the fields of the query. The file can ' +
      'be played when it is complete and was probed. HLS packaging follows in the background; `hls` shows its ' +
      'progress. Metadata that contradicts the file is a 422 `claim-mismatch`. With `role=master` the file may have ' +
      'any format that ffmpeg reads: it is never played, but encoded into media files in the background (202).',
    querystring: UploadQuery,
    response: responses({ 201: ref(MediaFile), 202: ref(EncodingJob) }),
  }

  app.post('/admin/movies/:movieId/media', {
    config: { access: 'editor', scope: 'ingest', slowBody: true },
    bodyLimit: config.maxUploadBytes,
    schema: {
      ...uploadSchema,
      summary: 'Upload a media file of a movie',
      operationId: 'uploadMovieMedia',
      params: MovieParams,
    },
  }, async (request, reply) => {
    return await upload(request, reply, findMovieItem(catalogue, request.params.movieId), request.query)
  })

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/media', {
    config: { access: 'editor', scope: 'ingest', slowBody: true },
    bodyLimit: config.maxUploadBytes,
    schema: {
      ...uploadSchema,
      summary: 'Upload a media file of an episode',
      operationId: 'uploadEpisodeMedia',
      params: EpisodeParams,
    },
  }, async (request, reply) => {
    return await upload(request, reply, findEpisodeItem(catalogue, request.params), request.query)
  })
}

interface OpenedUpload {
  readonly source: Readable
  readonly fields: UploadQuery
}

/** Opens the stream of the file, and reads its metadata from the query and the form. */
async function openUpload (request: FastifyRequest, query: UploadQuery): Promise<OpenedUpload> {
  if (!request.isMultipart()) {
    if (request.body === undefined || request.body === null) {
      throw badRequest('empty-upload', 'The body is empty. Send the file.')
    }
    return { source: request.body as Readable, fields: query }
  }
  const part = await request.file().catch((error: unknown) => {
    throw toFormError(error)
  })
  if (part === undefined) throw badRequest('empty-upload', 'The form contains no file.')
  const fields: Record<string, string> = { ...query }
  for (const [name, field] of Object.entries(part.fields)) {
    if (field !== undefined && !Array.isArray(field) && field.type === 'field') fields[name] = String(field.value)
  }
  const [error] = Value.Errors(UploadQuery, fields)
  if (error !== undefined) {
    part.file.resume()
    throw validationFailed([toFieldError(error)])
  }
  return { source: part.file, fields }
}

export default uploads
