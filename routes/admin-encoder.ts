// States whether the service can encode media files, for the staff.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Encoder } from '../src/media/encoding/encoder.js'
import { EncoderState } from '../src/schemas/admin-media.js'
import { ref, responses } from '../src/schemas/common.js'

export interface AdminEncoderRouteOptions {
  readonly encoder: Pick<Encoder, 'status'>
}

const adminEncoder: FastifyPluginAsyncTypebox<AdminEncoderRouteOptions> = async (app, { encoder }) => {
  app.get('/admin/encoder', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'State whether the service can encode media files',
      description: 'The process looks for ffmpeg and ffprobe once. After an installation, start it again.',
      operationId: 'getEncoder',
      response: responses({ 200: ref(EncoderState) }),
    },
  }, async () => {
    const status = await encoder.status()
    return status.isAvailable
      ? { isAvailable: true, version: status.version, reason: null }
      : { isAvailable: false, version: null, reason: status.reason }
  })
}

export default adminEncoder
