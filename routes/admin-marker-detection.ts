// Routes for the detection of intros and credits, for administrators. It also starts automatically when files change.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Types } from 'mongoose'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { fail, notFound } from '../src/errors.js'
import { findDetection, listDetections } from '../src/media/markers/detection-state.js'
import type { MarkerDetection as Detection } from '../src/media/markers/marker-detection.js'
import { Cursor, Id, Limit, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { DetectionState, MarkerDetection } from '../src/schemas/marker-detection.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toMarkerDetection } from '../src/views/marker-detection.js'

const SeasonParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Season number; specials share no intro' }),
})

const DetectionQuery = strict({
  state: Type.Optional(DetectionState),
  titleId: Type.Optional(Id),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface AdminMarkerDetectionRouteOptions {
  readonly catalogue: Pick<Catalogue, 'findTitle'>
  readonly cursors: CursorCodec
  readonly markerDetection: Pick<Detection, 'request'>
}

const adminMarkerDetection: FastifyPluginAsyncTypebox<AdminMarkerDetectionRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, markerDetection } = deps

  app.get('/admin/marker-detections', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'List the detections of intros and credits, newest first',
      description: 'Each season with files has one. With `titleId`, those of a show.',
      operationId: 'listMarkerDetections',
      querystring: DetectionQuery,
      response: responses({ 200: pageSchema(ref(MarkerDetection)) }),
    },
  }, async (request) => {
    const { limit, cursor, ...filter } = request.query
    const scope = ['marker-detections', filter.state ?? null, filter.titleId ?? null]
    const { rows, next } = await listDetections(filter, cursors.decode<string>(cursor, scope), limit)
    return {
      items: rows.map((detection) => toMarkerDetection(catalogue, detection)),
      nextCursor: cursors.encodeNext(next, scope),
    }
  })

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
    return toMarkerDetection(catalogue, detection ?? fail(notFound('marker detection')))
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
    return toMarkerDetection(catalogue, await markerDetection.request(showId, season))
  })
}

export default adminMarkerDetection
