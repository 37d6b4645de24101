// Media files, at signed URLs of a live stream.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { videoHeight } from '../src/domain/file-choice.js'
import { fail, notFound } from '../src/errors.js'
import { deliverObject, type DeliveryDeps } from '../src/media/delivery/deliver-object.js'
import { mediaDisposition } from '../src/media/delivery/file-names.js'
import { mediaAccessDenied } from '../src/media/delivery/lease-check.js'
import { readMediaGrant } from '../src/media/delivery/media-urls.js'
import { Id } from '../src/schemas/common.js'
import { deliveredObjectResponses } from '../src/schemas/media-files.js'
import { SignedUrlQuery } from '../src/schemas/params.js'
import type { KeyRing } from '../src/security/key-ring.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'

const MediaParams = Type.Object({ mediaFileId: Id })
const Bytes = {
  description: 'Bytes of the file',
  content: { 'video/mp4': { schema: Type.String({ format: 'binary' }) } },
}

export interface MediaRouteOptions extends DeliveryDeps {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
}

const media: FastifyPluginAsyncTypebox<MediaRouteOptions> = async (app, deps) => {
  const { catalogue, keys, leases, now } = deps

  async function sendMediaFile (
    request: FastifyRequest,
    reply: FastifyReply,
    mediaFileId: string,
    token = '',
  ): Promise<FastifyReply> {
    const grant = readMediaGrant(keys, token, now())
    if (grant === null || grant.file !== mediaFileId || !await leases.isLive(grant)) throw mediaAccessDenied()
    const file = catalogue.findFile(mediaFileId) ?? fail(notFound('media file'))
    if (videoHeight(file) > grant.maxHeight) throw mediaAccessDenied()
    try {
      return await deliverObject(deps, request, reply, grant, {
        key: file.storageKey,
        sizeBytes: file.sizeBytes,
        contentType: file.contentType,
        etag: `"${file.sha256.slice(0, 32)}"`,
        modifiedAt: file.createdAt,
        contentDisposition: mediaDisposition(catalogue, file),
        playingMs: file.durationMs ?? 0,
      })
    } catch (error) {
      throw error instanceof ObjectNotFoundError ? notFound('media file') : error
    }
  }

  app.get('/media/:mediaFileId', {
    config: { access: 'signed-url', rateLimit: false },
    exposeHeadRoute: false,
    schema: {
      tags: ['Media'],
      summary: 'Get the bytes of a media file',
      description:
        'Supports ranges, If-Range and conditional requests of RFC 9110. The URL comes from starting playback.',
      operationId: 'getMedia',
      params: MediaParams,
      querystring: SignedUrlQuery,
      response: deliveredObjectResponses(Bytes, 'Content-Disposition'),
    },
  }, async (request, reply) => await sendMediaFile(request, reply, request.params.mediaFileId, request.query.token))

  app.head('/media/:mediaFileId', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the headers of a media file',
      operationId: 'headMedia',
      params: MediaParams,
      querystring: SignedUrlQuery,
    },
  }, async (request, reply) => await sendMediaFile(request, reply, request.params.mediaFileId, request.query.token))
}

export default media
