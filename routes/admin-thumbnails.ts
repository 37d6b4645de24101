// Uploads of seek thumbnails, for administrators.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findEpisodeItem, findMovieItem, type TitleItem } from '../src/editing/find-item.js'
import { badRequest } from '../src/errors.js'
import { toFormError } from '../src/http/request-body.js'
import { MAX_IMAGE_BYTES } from '../src/media/images/images.js'
import { setThumbnails, type SidecarDeps } from '../src/media/sidecar/sidecar-files.js'
import { NoContent, responses } from '../src/schemas/common.js'
import { EpisodeParams, MovieParams } from '../src/schemas/params.js'

/** Index and image, and the form around them. */
const MAX_BODY_BYTES = 2 * MAX_IMAGE_BYTES + 64 * 1024

export type AdminThumbnailsRouteOptions = SidecarDeps

const adminThumbnails: FastifyPluginAsyncTypebox<AdminThumbnailsRouteOptions> = async (app, deps) => {
  const { catalogue } = deps
  app.removeContentTypeParser('application/json')
  await app.register(multipart, { limits: { fileSize: MAX_IMAGE_BYTES, files: 2, fields: 0 } })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, item }: TitleItem,
  ): Promise<FastifyReply> {
    const { index, image } = await readFormFiles(request)
    if (index === undefined || image === undefined) {
      throw badRequest(
        'incomplete-form',
        'The form needs two files: index (text/vtt) and image (image/jpeg, image/png or image/webp).',
      )
    }
    await setThumbnails(deps, title, item, { index, image })
    return await reply.code(204).send(null)
  }

  const uploadSchema = {
    tags: ['Admin: artwork and subtitles'],
    consumes: ['multipart/form-data'],
    description:
      'A form with two files: `index`, WebVTT whose cues name rectangles (`sprite.jpg#xywh=0,0,160,90`), and ' +
      '`image`, JPEG, PNG or WebP up to 10 MiB. They replace the previous thumbnails.',
    response: responses({ 204: NoContent }),
  }

  app.post('/admin/movies/:movieId/thumbnails', {
    config: { access: 'editor', scope: 'ingest' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      ...uploadSchema,
      summary: 'Upload the seek thumbnails of a movie',
      operationId: 'uploadMovieThumbnails',
      params: MovieParams,
    },
  }, async (request, reply) => await upload(request, reply, findMovieItem(catalogue, request.params.movieId)))

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/thumbnails', {
    config: { access: 'editor', scope: 'ingest' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      ...uploadSchema,
      summary: 'Upload the seek thumbnails of an episode',
      operationId: 'uploadEpisodeThumbnails',
      params: EpisodeParams,
    },
  }, async (request, reply) => await upload(request, reply, findEpisodeItem(catalogue, request.params)))
}

/** Reads the files of a form, by field name. */
async function readFormFiles (request: FastifyRequest): Promise<Partial<Record<string, Buffer>>> {
  const files: Record<string, Buffer> = {}
  try {
    for await (const part of request.files()) files[part.fieldname] = await part.toBuffer()
  } catch (error) {
    throw toFormError(error)
  }
  return files
}

export default adminThumbnails
