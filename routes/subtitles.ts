// Subtitle files, at signed URLs of a live stream.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { fail, notFound } from '../src/errors.js'
import { subtitleDisposition } from '../src/media/delivery/file-names.js'
import { mediaAccessDenied, type LeaseCheck } from '../src/media/delivery/lease-check.js'
import { readSidecarGrant } from '../src/media/delivery/media-urls.js'
import { sendObject } from '../src/media/delivery/send-object.js'
import { Id } from '../src/schemas/common.js'
import { objectResponses, webVttContent } from '../src/schemas/media-files.js'
import { SignedUrlQuery } from '../src/schemas/params.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { MediaStorage } from '../src/storage/storage.js'

export interface SubtitlesRouteOptions {
  readonly catalogue: Catalogue
  readonly storage: MediaStorage
  readonly keys: KeyRing
  readonly leases: LeaseCheck
  now(): Date
}

const subtitles: FastifyPluginAsyncTypebox<SubtitlesRouteOptions> = async (app, deps) => {
  const { catalogue, storage, keys, leases, now } = deps

  app.get('/subtitles/:subtitleId', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get a subtitle file as WebVTT',
      description: 'The URL comes from starting playback.',
      operationId: 'getSubtitle',
      params: Type.Object({ subtitleId: Id }),
      querystring: SignedUrlQuery,
      response: objectResponses({ description: 'WebVTT', content: webVttContent }, 'Content-Disposition'),
    },
  }, async (request, reply) => {
    const { params: { subtitleId }, query: { token = '' } } = request
    const grant = readSidecarGrant(keys, token, now())
    if (grant === null || grant.object !== subtitleId || !await leases.isLive(grant)) throw mediaAccessDenied()
    const subtitle = catalogue.findSubtitle(subtitleId) ?? fail(notFound('subtitle'))
    return await sendObject(request, reply, storage, {
      key: subtitle.storageKey,
      sizeBytes: subtitle.sizeBytes,
      contentType: 'text/vtt; charset=utf-8',
      etag: `"${subtitle.sha256.slice(0, 32)}"`,
      modifiedAt: subtitle.createdAt,
      contentDisposition: subtitleDisposition(catalogue, subtitle),
      cacheControl: 'private, max-age=0, must-revalidate',
    })
  })
}

export default subtitles
