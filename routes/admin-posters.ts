// Uploads of posters and backdrops, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { StoredImage } from '../models/image.js'
import { badRequest } from '../src/errors.js'
import type { MediaDeps } from '../src/media/deps.js'
import { IMAGE_TYPES, imageUrlOf, MAX_IMAGE_BYTES, setArtwork, type ArtworkField } from '../src/media/images/images.js'
import { Id, responses } from '../src/schemas/common.js'

const TitleParams = Type.Object({ titleId: Id })
const Poster = Type.Object({
  imageId: Id,
  posterUrl: Type.String({ description: 'New posterUrl of the title, relative to the service' }),
})
const Backdrop = Type.Object({
  imageId: Id,
  backdropUrl: Type.String({ description: 'New backdropUrl of the title, relative to the service' }),
})

export type AdminPostersRouteOptions = MediaDeps

const adminPosters: FastifyPluginAsyncTypebox<AdminPostersRouteOptions> = async (app, deps) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser([...IMAGE_TYPES], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  async function receiveImage (request: FastifyRequest, titleId: string, field: ArtworkField): Promise<StoredImage> {
    if (!Buffer.isBuffer(request.body)) throw badRequest('empty-upload', 'The body is empty. Send the image.')
    return await setArtwork(deps, titleId, field, request.body)
  }

  app.post('/admin/titles/:titleId/poster', {
    config: { access: 'editor' },
    bodyLimit: MAX_IMAGE_BYTES,
    schema: {
      tags: ['Admin: artwork and subtitles'],
      consumes: [...IMAGE_TYPES],
      summary: 'Upload the poster of a movie or show',
      description:
        'The body is the image: JPEG, PNG or WebP up to 10 MiB. Sets posterUrl of the title and deletes the ' +
        'previously uploaded poster.',
      operationId: 'uploadPoster',
      params: TitleParams,
      response: responses({ 201: Poster }),
    },
  }, async (request, reply) => {
    const { _id } = await receiveImage(request, request.params.titleId, 'posterUrl')
    return await reply.code(201).send({ imageId: _id.toString(), posterUrl: imageUrlOf(_id) })
  })

  app.post('/admin/titles/:titleId/backdrop', {
    config: { access: 'editor' },
    bodyLimit: MAX_IMAGE_BYTES,
    schema: {
      tags: ['Admin: artwork and subtitles'],
      consumes: [...IMAGE_TYPES],
      summary: 'Upload the backdrop of a movie or show',
      description:
        'The body is the image: JPEG, PNG or WebP up to 10 MiB. Sets backdropUrl of the title and deletes the ' +
        'previously uploaded backdrop.',
      operationId: 'uploadBackdrop',
      params: TitleParams,
      response: responses({ 201: Backdrop }),
    },
  }, async (request, reply) => {
    const { _id } = await receiveImage(request, request.params.titleId, 'backdropUrl')
    return await reply.code(201).send({ imageId: _id.toString(), backdropUrl: imageUrlOf(_id) })
  })
}

export default adminPosters
