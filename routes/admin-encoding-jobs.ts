// The jobs that encode masters, for administrators. Uploads with role=master create them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { StoredEncodingJob } from '../models/encoding-job.js'
import {
  cancelEncodingJob,
  listEncodingJobs,
  removeMaster,
  requireEncodingJob,
  retryEncodingJob,
  retryEncodingStep,
  type MasterDeps,
} from '../src/media/encoding/masters.js'
import { listSteps } from '../src/media/encoding/steps/step-state.js'
import { Cursor, Id, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { EncodingJob, EncodingState, StepKind, UnfinishedStepState } from '../src/schemas/encoding-jobs.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toEncodingJob } from '../src/views/encoding-jobs.js'

const JobParams = Type.Object({ encodingJobId: Id })
const StepParams = Type.Object({ encodingJobId: Id, stepKind: StepKind })
const JobQuery = strict({
  state: Type.Optional(EncodingState),
  stepState: Type.Optional(UnfinishedStepState),
  itemId: Type.Optional(Id),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface AdminEncodingJobRouteOptions extends MasterDeps {
  readonly cursors: CursorCodec
}

const adminEncodingJobs: FastifyPluginAsyncTypebox<AdminEncodingJobRouteOptions> = async (app, deps) => {
  const { catalogue, cursors } = deps

  async function show (job: StoredEncodingJob): Promise<EncodingJob> {
    return toEncodingJob(catalogue, job, await listSteps([job._id]))
  }

  app.get('/admin/encoding-jobs', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'List masters with the jobs that encode them, newest first',
      description:
        'With `itemId`, the masters of a movie or an episode: one for each edition. With `stepState`, those ' +
        'with a step in this state.',
      operationId: 'listEncodingJobs',
      querystring: JobQuery,
      response: responses({ 200: pageSchema(ref(EncodingJob)) }),
    },
  }, async (request) => {
    const { limit, cursor, ...filter } = request.query
    const scope = ['encoding-jobs', filter.state ?? null, filter.itemId ?? null, filter.stepState ?? null]
    const { rows, next } = await listEncodingJobs(filter, cursors.decode<string>(cursor, scope), limit)
    const steps = await listSteps(rows.map(({ _id }) => _id))
    const items = rows.map((job) => toEncodingJob(catalogue, job, steps))
    return { items, nextCursor: cursors.encodeNext(next, scope) }
  })

  app.get('/admin/encoding-jobs/:encodingJobId', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'Get an encoding job',
      description:
        '`progress` is stored every two seconds. When the job is done, its `steps` follow: the title plays ' +
        'without them.',
      operationId: 'getEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => await show(await requireEncodingJob(request.params.encodingJobId)))

  app.post('/admin/encoding-jobs/:encodingJobId/retry', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'Queue a failed, cancelled or waiting encoding job now',
      description:
        'Encodes the renditions that are missing. A running job is not changed. The steps of a job that is ' +
        'done are retried one by one.',
      operationId: 'retryEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => await show(await retryEncodingJob(deps, request.params.encodingJobId)))

  app.post('/admin/encoding-jobs/:encodingJobId/steps/:stepKind/retry', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'Queue a step of a master again now',
      description: 'A running step is not changed. Uploaded thumbnails and artwork stay.',
      operationId: 'retryEncodingStep',
      params: StepParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => {
    const { encodingJobId, stepKind } = request.params
    return await show(await retryEncodingStep(deps, encodingJobId, stepKind))
  })

  app.post('/admin/encoding-jobs/:encodingJobId/cancel', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'Cancel an encoding job',
      description: 'A running attempt stops within seconds. Renditions that are media files already stay.',
      operationId: 'cancelEncodingJob',
      params: JobParams,
      response: responses({ 200: ref(EncodingJob) }),
    },
  }, async (request) => await show(await cancelEncodingJob(deps, request.params.encodingJobId)))

  app.delete('/admin/encoding-jobs/:encodingJobId', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
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
