// Uploads of posters, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { badRequest } from '../src/errors.js'
import type { MediaDeps } from '../src/media/deps.js'
import { IMAGE_TYPES, imageUrlOf, MAX_IMAGE_BYTES, setPoster } from '../src/media/images/images.js'
import { Id, responses } from '../src/schemas/common.js'

const Poster = Type.Object({
  imageId: Id,
  posterUrl: Type.String({ description: 'New posterUrl of the title, relative to the service' }),
})

export type AdminPostersRouteOptions = MediaDeps

const adminPosters: FastifyPluginAsyncTypebox<AdminPostersRouteOptions> = async (app, deps) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser([...IMAGE_TYPES], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  app.post('/admin/titles/:titleId/poster', {
    config: { access: 'editor' },
    bodyLimit: MAX_IMAGE_BYTES,
    schema: {
      tags: ['admin'],
      consumes: [...IMAGE_TYPES],
      summary: 'Upload the poster of a movie or show',
      description:
        'The body is the image: JPEG, PNG or WebP up to 10 MiB. Sets posterUrl of the title and deletes the ' +
        'previously uploaded poster.',
      operationId: 'uploadPoster',
      params: Type.Object({ titleId: Id }),
      response: responses({ 201: Poster }),
    },
  }, async (request, reply) => {
    if (!Buffer.isBuffer(request.body)) throw badRequest('empty-upload', 'The body is empty. Send the image.')
    const { _id } = await setPoster(deps, request.params.titleId, request.body)
    return await reply.code(201).send({ imageId: _id.toString(), posterUrl: imageUrlOf(_id) })
  })
}

export default adminPosters
