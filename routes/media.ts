// The bytes of media files, for whoever holds a signed address whose stream is live.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { videoHeight } from '../src/domain/file-choice.js'
import { fail, notFound } from '../src/errors.js'
import { deliver } from '../src/media/delivery/deliver.js'
import { mediaRefused } from '../src/media/delivery/lease-check.js'
import { readMediaGrant } from '../src/media/delivery/media-urls.js'
import { responses, Id, strict } from '../src/schemas/common.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { DeliveryDeps } from '../src/media/delivery/deliver.js'

const MediaParams = Type.Object({ mediaFileId: Id })
const MediaQuery = strict({ token: Type.Optional(Type.String({ maxLength: 2_000 })) })
const Bytes = { description: 'The bytes', content: { 'video/mp4': { schema: Type.String({ format: 'binary' }) } } }

export interface MediaRouteOptions extends DeliveryDeps {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
}

const media: FastifyPluginAsyncTypebox<MediaRouteOptions> = async (app, deps) => {
  async function serve (
    request: FastifyRequest,
    reply: FastifyReply,
    mediaFileId: string,
    token: string,
  ): Promise<FastifyReply> {
    const grant = readMediaGrant(deps.keys, token, deps.now())
    if (grant === null || grant.file !== mediaFileId || !await deps.leases.isLive(grant)) throw mediaRefused()
    const file = deps.catalogue.findFile(mediaFileId) ?? fail(notFound('media file'))
    if (videoHeight(file) > grant.maxHeight) throw mediaRefused()
    try {
      return await deliver(deps, request, reply, grant, {
        key: file.storageKey,
        sizeBytes: file.sizeBytes,
        contentType: file.contentType,
        etag: `"${file.sha256.slice(0, 32)}"`,
        modifiedAt: file.createdAt,
      })
    } catch (error) {
      if (error instanceof ObjectNotFoundError) throw notFound('media file')
      throw error
    }
  }

  const schema = {
    tags: ['playback'],
    params: MediaParams,
    querystring: MediaQuery,
  }
  app.get('/media/:mediaFileId', {
    config: { access: 'signed-url', rateLimit: false },
    exposeHeadRoute: false,
    schema: {
      ...schema,
      summary: 'The bytes of a media file',
      description: 'Ranges, If-Range, conditions and validators by RFC 9110. The address comes from starting playback.',
      operationId: 'getMedia',
      response: responses({
        200: Bytes,
        206: Bytes,
        304: Type.Null({ description: 'Unchanged' }),
        307: Type.Null({ description: 'The store has the bytes, at the Location, for a short while' }),
      }),
    },
  }, async (request, reply) => await serve(request, reply, request.params.mediaFileId, request.query.token ?? ''))

  app.head('/media/:mediaFileId', {
    config: { access: 'signed-url', rateLimit: false },
    schema: { ...schema, summary: 'What a GET would answer, without the bytes', operationId: 'headMedia' },
  }, async (request, reply) => await serve(request, reply, request.params.mediaFileId, request.query.token ?? ''))
}

export default media
