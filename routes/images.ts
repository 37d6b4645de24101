// Artwork and pictures of people, in several sizes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { Image, IMAGE_FORMATS, type ImageFormat, type StoredImage } from '../models/image.js'
import { fail, notFound } from '../src/errors.js'
import { sendObject, type ServedObject } from '../src/media/delivery/send-object.js'
import type { StorageDeps } from '../src/media/deps.js'
import type { ImageSizes } from '../src/media/images/image-sizes.js'
import { Id } from '../src/schemas/common.js'
import { objectResponses, sizedImageContent } from '../src/schemas/media-files.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'

const ImageParams = Type.Object({ imageId: Id })
const ImageQuery = Type.Object({
  width: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 4_096,
      description:
        'Width at which the image is shown, device pixels: returns the smallest size of 160, 320, 640, 1280 and 1920 ' +
        'that is at least as wide. An image is never enlarged; without width and format it is as it was uploaded',
      examples: [320],
    }),
  ),
  format: Type.Optional(
    Type.Enum([...IMAGE_FORMATS], {
      title: 'ImageFormat',
      description: 'Format of the size; by default AVIF if Accept names it without `q=0`, else WebP',
    }),
  ),
})

/** An image never changes: a new poster has a new ID. */
const FOREVER = 'public, max-age=31536000, immutable'
/** For an original in place of a size. */
const SHORTLY = 'public, max-age=60'

export interface ImagesRouteOptions extends Pick<StorageDeps, 'storage'> {
  readonly imageSizes: ImageSizes
}

const images: FastifyPluginAsyncTypebox<ImagesRouteOptions> = async (app, { storage, imageSizes }) => {
  // Public because an <img> sends no token. Image IDs are random: only clients that may see a title learn the URL.
  app.get('/images/:imageId', {
    config: { access: 'public' },
    schema: {
      tags: ['Media'],
      summary: 'Get an image: artwork of a title, or the picture of a person',
      description:
        'With `width`, the URL fits into the `srcset` of an `<img>`: `…?width=320 320w, …?width=640 640w`. A size is ' +
        'made when it is first requested. The URL of an image contains its random ID, so that clients may store it ' +
        'for a year.',
      operationId: 'getImage',
      params: ImageParams,
      querystring: ImageQuery,
      response: objectResponses({ description: 'The image', content: sizedImageContent }),
    },
  }, async (request, reply) => {
    const { width, format } = request.query
    const image = await Image.findById(request.params.imageId).lean<StoredImage>() ?? fail(notFound('image'))
    const isSized = width !== undefined || format !== undefined
    if (isSized && format === undefined) reply.header('vary', 'Accept')
    try {
      const size = isSized
        ? await imageSizes.find(image, width ?? Infinity, format ?? preferredFormat(request.headers.accept))
        : null
      const object: Pick<ServedObject, 'key' | 'sizeBytes' | 'contentType' | 'etag' | 'cacheControl'> = size === null
        ? {
          ...toObject(image),
          contentType: image.contentType,
          cacheControl: isSized ? SHORTLY : FOREVER,
        }
        : { ...toObject(size), contentType: `image/${size.format}`, cacheControl: FOREVER }
      return await sendObject(request, reply, storage, { ...object, modifiedAt: image.createdAt })
    } catch (error) {
      // Another poster has replaced it since the image was found.
      throw error instanceof ObjectNotFoundError ? notFound('image') : error
    }
  })
}

function toObject ({ storageKey, sizeBytes, sha256 }: Pick<StoredImage, 'storageKey' | 'sizeBytes' | 'sha256'>) {
  return { key: storageKey, sizeBytes, etag: `"${sha256.slice(0, 32)}"` }
}

const AVIF = ['image/avif']

/** Every browser reads WebP; AVIF is smaller. `image/avif;q=0` rejects AVIF (RFC 9110 §12.4.2). */
function preferredFormat (accept = ''): ImageFormat {
  const isAccepted = accept.includes('image/avif') &&
    new Negotiator({ headers: { accept } }).mediaType(AVIF) !== undefined
  return isAccepted ? 'avif' : 'webp'
}

export default images
