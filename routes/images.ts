// Uploaded artwork and pictures of people.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Image, type StoredImage } from '../models/image.js'
import { fail, notFound } from '../src/errors.js'
import { sendObject } from '../src/media/delivery/send-object.js'
import type { StorageDeps } from '../src/media/deps.js'
import { Id } from '../src/schemas/common.js'
import { imageContent, objectResponses } from '../src/schemas/media-files.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'

const ImageParams = Type.Object({ imageId: Id })

export type ImagesRouteOptions = Pick<StorageDeps, 'storage'>

const images: FastifyPluginAsyncTypebox<ImagesRouteOptions> = async (app, { storage }) => {
  // Public because an <img> sends no token. Image IDs are random: only clients that may see a title learn the URL.
  app.get('/images/:imageId', {
    config: { access: 'public' },
    schema: {
      tags: ['Media'],
      summary: 'Get an image: artwork of a title, or the picture of a person',
      description: 'The URL contains a hash of the content, so that clients may store it for a year.',
      operationId: 'getImage',
      params: ImageParams,
      response: objectResponses({ description: 'The image', content: imageContent }),
    },
  }, async (request, reply) => {
    const image = await Image.findById(request.params.imageId).lean<StoredImage>() ?? fail(notFound('image'))
    return await sendObject(request, reply, storage, {
      key: image.storageKey,
      sizeBytes: image.sizeBytes,
      contentType: image.contentType,
      etag: `"${image.sha256.slice(0, 32)}"`,
      modifiedAt: image.createdAt,
      // An image never changes: a new poster has a new ID.
      cacheControl: 'public, max-age=31536000, immutable',
    }).catch((error: unknown) => {
      // Another poster has replaced it since the image was found.
      throw error instanceof ObjectNotFoundError ? notFound('image') : error
    })
  })
}

export default images
