// Routes for the detection of intros and credits, for administrators. It also starts automatically when files change.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Types } from 'mongoose'
import { fail, notFound } from '../src/errors.js'
import { findDetection } from '../src/media/markers/detection-state.js'
import type { MarkerDetection as Detection } from '../src/media/markers/marker-detection.js'
import { Id, ref, responses } from '../src/schemas/common.js'
import { MarkerDetection } from '../src/schemas/marker-detection.js'
import { toMarkerDetection } from '../src/views/marker-detection.js'

const SeasonParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Season number; specials share no intro' }),
})

export interface AdminMarkerDetectionRouteOptions {
  readonly markerDetection: Pick<Detection, 'request'>
}

const adminMarkerDetection: FastifyPluginAsyncTypebox<AdminMarkerDetectionRouteOptions> = async (app, deps) => {
  app.get('/admin/shows/:showId/seasons/:season/marker-detection', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Get the detection of intros and credits of a season',
      description: 'A detection exists when two episodes of the season have files, or after a request.',
      operationId: 'getMarkerDetection',
      params: SeasonParams,
      response: responses({ 200: ref(MarkerDetection) }),
    },
  }, async (request) => {
    const { showId, season } = request.params
    const detection = await findDetection({ title: new Types.ObjectId(showId), season })
    return toMarkerDetection(detection ?? fail(notFound('marker detection')))
  })

  app.post('/admin/shows/:showId/seasons/:season/marker-detection', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Detect the intros and credits of a season now',
      description: 'Queues the detection. It also starts automatically when files of the season change. Markers that ' +
        'people have set or cleared are kept. A running detection is not changed.',
      operationId: 'detectMarkers',
      params: SeasonParams,
      response: responses({ 200: ref(MarkerDetection) }),
    },
  }, async (request) => {
    const { showId, season } = request.params
    return toMarkerDetection(await deps.markerDetection.request(showId, season))
  })
}

export default adminMarkerDetection
