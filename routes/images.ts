// Posters: uploaded for a title, served to everybody who knows the address.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Image, type StoredImage } from '../models/image.js'
import { badRequest, fail, notFound } from '../src/errors.js'
import { IMAGE_TYPES, imageUrlOf, MAX_IMAGE_BYTES, setPoster } from '../src/media/images/images.js'
import { sendBytes } from '../src/media/delivery/serve-bytes.js'
import { responses, Id } from '../src/schemas/common.js'
import type { MediaDeps } from '../src/media/deps.js'

const TitleParams = Type.Object({ titleId: Id })
const ImageParams = Type.Object({ imageId: Id })
const Poster = Type.Object({
  imageId: Id,
  posterUrl: Type.String({ description: "What the title's posterUrl is now, relative to the service" }),
})
const Picture = { schema: Type.String({ format: 'binary' }) }

export type ImagesRouteOptions = MediaDeps

const images: FastifyPluginAsyncTypebox<ImagesRouteOptions> = async (app, deps) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser([...IMAGE_TYPES], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  app.post('/admin/titles/:titleId/poster', {
    config: { access: 'admin' },
    bodyLimit: MAX_IMAGE_BYTES,
    schema: {
      tags: ['admin'],
      consumes: [...IMAGE_TYPES],
      summary: 'Upload the poster of a movie or show',
      description:
        "The picture is the body: JPEG, PNG or WebP up to 10 MiB. It becomes the title's posterUrl; one that was uploaded before is deleted.",
      operationId: 'uploadPoster',
      params: TitleParams,
      response: responses({ 201: Poster }),
    },
  }, async (request, reply) => {
    if (!Buffer.isBuffer(request.body)) throw badRequest('empty-upload', 'The body is empty: send the picture itself.')
    const { _id } = await setPoster(deps, request.params.titleId, request.body)
    return await reply.code(201).send({ imageId: _id.toString(), posterUrl: imageUrlOf(_id) })
  })

  // Public: an <img> sends no token. The id is random, so that only whoever was shown a title knows its poster's address.
  app.get('/images/:imageId', {
    config: { access: 'public' },
    schema: {
      tags: ['catalogue'],
      summary: 'A poster',
      operationId: 'getImage',
      params: ImageParams,
      response: responses({
        200: {
          description: 'The picture',
          content: { 'image/jpeg': Picture, 'image/png': Picture, 'image/webp': Picture },
        },
        304: Type.Null({ description: 'Unchanged' }),
      }),
    },
  }, async (request, reply) => {
    const { storageKey, sizeBytes, contentType, sha256, createdAt } =
      await Image.findById(request.params.imageId).lean<StoredImage>() ?? fail(notFound('picture'))
    return await sendBytes(request, reply, deps.storage, {
      // A picture never changes: another one has another address.
      key: storageKey,
      sizeBytes,
      contentType,
      etag: `"${sha256.slice(0, 32)}"`,
      modifiedAt: createdAt,
      cacheControl: 'public, max-age=31536000, immutable',
    })
  })
}

export default images
