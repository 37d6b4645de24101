// States whether the service can encode media files, for the staff.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Config } from '../src/config.js'
import type { Encoder } from '../src/media/encoding/encoder.js'
import { encodingStatus } from '../src/media/encoding/encoding-status.js'
import { EncoderState } from '../src/schemas/admin-media.js'
import { ref, responses } from '../src/schemas/common.js'

export interface AdminEncoderRouteOptions {
  readonly config: Pick<Config, 'role' | 'encoding'>
  readonly encoder: Encoder
}

const adminEncoder: FastifyPluginAsyncTypebox<AdminEncoderRouteOptions> = async (app, { config, encoder }) => {
  app.get('/admin/encoder', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: encoding'],
      summary: 'State whether the service can encode media files',
      description:
        'The process looks for ffmpeg and ffprobe once. After an installation, start it again. It also tries the ' +
        'configured video encoder, unless it has the role `api`, which does not encode.',
      operationId: 'getEncoder',
      response: responses({ 200: ref(EncoderState) }),
    },
  }, async () => {
    const status = await encodingStatus(encoder, config)
    return status.isAvailable
      ? { isAvailable: true, version: status.version, reason: null }
      : { isAvailable: false, version: null, reason: status.reason }
  })
}

export default adminEncoder
