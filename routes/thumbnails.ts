// Seek thumbnails, at signed URLs of a live stream: a sprite image and a WebVTT index of its rectangles.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { text } from 'node:stream/consumers'
import { Type } from 'typebox'
import type { StoredThumbnails } from '../models/media.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { fail, notFound } from '../src/errors.js'
import { mediaAccessDenied, type LeaseCheck } from '../src/media/delivery/lease-check.js'
import { readSidecarGrant } from '../src/media/delivery/media-urls.js'
import { sendObject } from '../src/media/delivery/send-object.js'
import { withImageUrl } from '../src/media/sidecar/thumbnail-index.js'
import { Id, responses } from '../src/schemas/common.js'
import { imageContent, objectResponses, webVttContent } from '../src/schemas/media-files.js'
import { SignedUrlQuery } from '../src/schemas/params.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { MediaStorage } from '../src/storage/storage.js'

const ItemParams = Type.Object({ itemId: Id })

export interface ThumbnailsRouteOptions {
  readonly catalogue: Catalogue
  readonly storage: MediaStorage
  readonly keys: KeyRing
  readonly leases: LeaseCheck
  now(): Date
}

const thumbnails: FastifyPluginAsyncTypebox<ThumbnailsRouteOptions> = async (app, deps) => {
  const { catalogue, storage, keys, leases, now } = deps

  async function requireThumbnails (itemId: string, token: string): Promise<StoredThumbnails> {
    const grant = readSidecarGrant(keys, token, now())
    if (grant === null || grant.object !== itemId || !await leases.isLive(grant)) throw mediaAccessDenied()
    return catalogue.sidecarFiles(itemId).thumbnails ?? fail(notFound('image'))
  }

  app.get('/thumbnails/:itemId/index.vtt', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the index of the seek thumbnails',
      description:
        'WebVTT whose cues contain signed URLs of rectangles of the image. The URL comes from starting playback.',
      operationId: 'getThumbnailIndex',
      params: ItemParams,
      querystring: SignedUrlQuery,
      response: responses({ 200: { description: 'WebVTT', content: webVttContent } }),
    },
  }, async (request, reply) => {
    const { params: { itemId }, query: { token = '' } } = request
    const { indexKey } = await requireThumbnails(itemId, token)
    const index = await text(await storage.open(indexKey))
    return await reply
      .type('text/vtt; charset=utf-8')
      .header('cache-control', 'private, no-store')
      .send(withImageUrl(index, `image?token=${token}`))
  })

  app.get('/thumbnails/:itemId/image', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the image of the seek thumbnails',
      description:
        'One image with all thumbnails; the index says which part belongs to which time. The URL is signed ' +
        'by playback.',
      operationId: 'getThumbnailImage',
      params: ItemParams,
      querystring: SignedUrlQuery,
      response: objectResponses({ description: 'The image', content: imageContent }),
    },
  }, async (request, reply) => {
    const { params: { itemId }, query: { token = '' } } = request
    const { imageKey, imageBytes, imageType, sha256, createdAt } = await requireThumbnails(itemId, token)
    return await sendObject(request, reply, storage, {
      key: imageKey,
      sizeBytes: imageBytes,
      contentType: imageType,
      etag: `"${sha256.slice(0, 32)}"`,
      modifiedAt: createdAt,
      cacheControl: 'private, max-age=0, must-revalidate',
    })
  })
}

export default thumbnails
