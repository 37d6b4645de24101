// Uploads of artwork, stills and pictures of people, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type, type Static, type TObject } from 'typebox'
import { findEpisodeItem } from '../src/editing/find-item.js'
import { badRequest } from '../src/errors.js'
import type { MediaDeps } from '../src/media/deps.js'
import {
  IMAGE_TYPES,
  MAX_IMAGE_BYTES,
  removePersonPicture,
  setArtwork,
  setPersonPicture,
  setStill,
} from '../src/media/images/images.js'
import { imageUrlOf } from '../src/media/images/image-slots.js'
import { EpisodeParams } from '../src/schemas/params.js'
import { Id, NoContent, responses } from '../src/schemas/common.js'

const TitleParams = Type.Object({ titleId: Id })
const PersonParams = Type.Object({ personId: Id })

/** The images of a title: the field of the response, and what the field is called in texts. */
const TITLE_ARTWORK = [
  { path: 'poster', field: 'posterUrl', operationId: 'uploadPoster' },
  { path: 'backdrop', field: 'backdropUrl', operationId: 'uploadBackdrop' },
  { path: 'logo', field: 'logoUrl', operationId: 'uploadLogo' },
] as const

const uploadedImage = (field: string, owner: string): TObject =>
  Type.Object({
    imageId: Id,
    [field]: Type.String({ description: `New ${field} of the ${owner}, relative to the service` }),
  }, { description: `The stored image and its URL, which is now ${field} of the ${owner}` })
const BODY = 'The body is the image: JPEG, PNG or WebP up to 10 MiB.'

export type AdminArtworkRouteOptions = MediaDeps

const adminArtwork: FastifyPluginAsyncTypebox<AdminArtworkRouteOptions> = async (app, deps) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser([...IMAGE_TYPES], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  const upload = { config: { access: 'editor', scope: 'catalogue:write' }, bodyLimit: MAX_IMAGE_BYTES } as const
  const documentation = { tags: ['Admin: artwork and subtitles'], consumes: [...IMAGE_TYPES] }

  for (const { path, field, operationId } of TITLE_ARTWORK) {
    app.post(`/admin/titles/:titleId/${path}`, {
      ...upload,
      schema: {
        ...documentation,
        summary: `Upload the ${path} of a movie or show`,
        description: `${BODY} Sets ${field} of the title and deletes the previously uploaded ${path}.`,
        operationId,
        params: TitleParams,
        response: responses({ 201: uploadedImage(field, 'title') }),
      },
    }, async (request, reply) => {
      const { titleId } = request.params as Static<typeof TitleParams>
      const { _id } = await setArtwork(deps, titleId, field, requireBody(request))
      return await reply.code(201).send({ imageId: _id.toString(), [field]: imageUrlOf(_id) })
    })
  }

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/still', {
    ...upload,
    schema: {
      ...documentation,
      summary: 'Upload the still of an episode',
      description: `${BODY} Sets stillUrl of the episode and deletes the previously uploaded still.`,
      operationId: 'uploadStill',
      params: EpisodeParams,
      response: responses({ 201: uploadedImage('stillUrl', 'episode') }),
    },
  }, async (request, reply) => {
    const { item } = findEpisodeItem(deps.catalogue, request.params)
    const { _id } = await setStill(deps, item, requireBody(request))
    return await reply.code(201).send({ imageId: _id.toString(), stillUrl: imageUrlOf(_id) })
  })

  app.post('/admin/people/:personId/picture', {
    ...upload,
    schema: {
      ...documentation,
      summary: 'Upload the picture of a person',
      description: `${BODY} Sets pictureUrl of the person in all titles and deletes the previous picture.`,
      operationId: 'uploadPersonPicture',
      params: PersonParams,
      response: responses({ 201: uploadedImage('pictureUrl', 'person') }),
    },
  }, async (request, reply) => {
    const { _id } = await setPersonPicture(deps, request.params.personId, requireBody(request))
    return await reply.code(201).send({ imageId: _id.toString(), pictureUrl: imageUrlOf(_id) })
  })

  app.delete('/admin/people/:personId/picture', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: documentation.tags,
      summary: 'Remove the picture of a person',
      description: 'Succeeds also if the person has no picture.',
      operationId: 'removePersonPicture',
      params: PersonParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removePersonPicture(deps, request.params.personId)
    return await reply.code(204).send(null)
  })
}

/** @throws DomainError 400 `empty-upload` */
function requireBody ({ body }: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(body)) throw badRequest('empty-upload', 'The body is empty. Send the image.')
  return body
}

export default adminArtwork
