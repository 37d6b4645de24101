// The jobs that encode masters, for administrators. Uploads with role=master create them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  cancelEncodingJob,
  listEncodingJobs,
  removeMaster,
  requireEncodingJob,
  retryEncodingJob,
  type MasterDeps,
} from '../src/media/encoding/masters.js'
import { Cursor, Id, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { EncodingJob, EncodingState } from '../src/schemas/encoding-jobs.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toEncodingJob } from '../src/views/encoding-jobs.js'

const JobParams = Type.Object({ encodingJobId: Id })
const JobQuery = strict({
  state: Type.Optional(EncodingState),
  itemId: Type.Optional(Id),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface AdminEncodingJobRouteOptions extends MasterDeps {
  readonly cursors: CursorCodec
}

const adminEncodingJobs: FastifyPluginAsyncTypebox<AdminEncodingJobRouteOptions> = async (app, deps) => {
  const { catalogue, cursors } = deps

  app.get('/admin/encoding-jobs', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'List masters with the jobs that encode them, newest first',
      description: 'With `itemId`, the masters of a movie or an episode: one for each edition.',
      operationId: 'listEncodingJobs',
      querystring: JobQuery,
      response: responses({ 200: pageSchema(ref(EncodingJob)) }),
    },
  }, async (request) => {
    const { limit, cursor, ...filter } = request.query
    const scope = ['encoding-jobs', filter.state ?? null, filter.itemId ?? null]
    const { rows, next } = await listEncodingJobs(filter, cursors.decode<string>(cursor, scope), limit)
    return { items: rows.map((job) => toEncodingJob(catalogue, job)), nextCursor: cursors.encodeNext(next, scope) }
  })

  app.get('/admin/encoding-jobs/:encodingJobId', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Get an encoding job',
      description: '`progress` is stored every two seconds.',
      operationId: 'getEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => toEncodingJob(catalogue, await requireEncodingJob(request.params.encodingJobId)))

  app.post('/admin/encoding-jobs/:encodingJobId/retry', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Queue a failed, cancelled or waiting encoding job now',
      description: 'Encodes the renditions that are missing. A running job is not changed.',
      operationId: 'retryEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => toEncodingJob(catalogue, await retryEncodingJob(deps, request.params.encodingJobId)))

  app.post('/admin/encoding-jobs/:encodingJobId/cancel', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Cancel an encoding job',
      description: 'A running attempt stops within seconds. Renditions that are media files already stay.',
      operationId: 'cancelEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => toEncodingJob(catalogue, await cancelEncodingJob(deps, request.params.encodingJobId)))

  app.delete('/admin/encoding-jobs/:encodingJobId', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Delete a master and its encoding job',
      description: 'A running attempt stops. Renditions that are media files already stay, and can be played.',
      operationId: 'deleteEncodingJob',
      params: JobParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeMaster(deps, request.params.encodingJobId)
    return await reply.code(204).send(null)
  })
}

export default adminEncodingJobs
