// The detection of intros and credits of a season, for administrators. It runs by itself when files of a season change.
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
      description: 'A season gets one when two of its episodes have files, or on request.',
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
      description: 'Queues the detection, which also runs by itself when files of the season change. Markers that ' +
        'people have set or cleared stay. A running detection is not changed.',
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
