// Seek thumbnails: one picture made of many small ones with a WebVTT index; uploaded together, served by signed addresses.
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { text } from 'node:stream/consumers'
import { Type } from 'typebox'
import type { StoredThumbnails } from '../models/media.js'
import { findEpisodeItem, findMovieItem, type TitleItem } from '../src/editing/find-item.js'
import { badRequest, fail, notFound } from '../src/errors.js'
import { MAX_IMAGE_BYTES } from '../src/media/images/images.js'
import { mediaRefused } from '../src/media/delivery/lease-check.js'
import { readSidecarGrant } from '../src/media/delivery/media-urls.js'
import { sendBytes } from '../src/media/delivery/serve-bytes.js'
import { setThumbnails } from '../src/media/sidecar/sidecar-files.js'
import { withImageAddress } from '../src/media/sidecar/subtitle-text.js'
import { responses, Id, NoContent, strict } from '../src/schemas/common.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { LeaseCheck } from '../src/media/delivery/lease-check.js'
import type { MediaDeps } from '../src/media/deps.js'

const MovieParams = Type.Object({ movieId: Id })
const EpisodeParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 0 }),
  episode: Type.Integer({ minimum: 0 }),
})
const ItemParams = Type.Object({ itemId: Id })
const TokenQuery = strict({ token: Type.Optional(Type.String({ maxLength: 2_000 })) })
const Picture = { schema: Type.String({ format: 'binary' }) }
/** Both files, and the form around them. */
const BODY_BYTES = 2 * MAX_IMAGE_BYTES + 64 * 1024

export interface ThumbnailsRouteOptions extends MediaDeps {
  readonly keys: KeyRing
  readonly leases: LeaseCheck
}

const thumbnails: FastifyPluginAsyncTypebox<ThumbnailsRouteOptions> = async (app, deps) => {
  const { catalogue, storage } = deps
  app.removeContentTypeParser('application/json')
  await app.register(multipart, { limits: { fileSize: MAX_IMAGE_BYTES, files: 2, fields: 0 } })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, item }: TitleItem,
  ): Promise<FastifyReply> {
    const { index, image } = await readForm(request)
    if (index === undefined || image === undefined) {
      throw badRequest(
        'incomplete-form',
        'The form has two files: index (text/vtt) and image (image/jpeg, image/png or image/webp).',
      )
    }
    await setThumbnails(deps, title, item, { index, image })
    return await reply.code(204).send(null)
  }

  const admin = { config: { access: 'admin' as const }, bodyLimit: BODY_BYTES }
  const schema = {
    tags: ['admin'],
    consumes: ['multipart/form-data'],
    description:
      'A form of two files: `index`, WebVTT whose cues name rectangles (`sprite.jpg#xywh=0,0,160,90`), and `image`, JPEG, PNG or WebP up to 10 MiB. They take the place of those that were there.',
    response: responses({ 204: NoContent }),
  }

  app.post('/admin/movies/:movieId/thumbnails', {
    ...admin,
    schema: {
      ...schema,
      summary: 'Upload the seek thumbnails of a movie',
      operationId: 'uploadMovieThumbnails',
      params: MovieParams,
    },
  }, async (request, reply) => await upload(request, reply, findMovieItem(catalogue, request.params.movieId)))

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/thumbnails', {
    ...admin,
    schema: {
      ...schema,
      summary: 'Upload the seek thumbnails of an episode',
      operationId: 'uploadEpisodeThumbnails',
      params: EpisodeParams,
    },
  }, async (request, reply) => await upload(request, reply, findEpisodeItem(catalogue, request.params)))

  async function findFor (itemId: string, token: string): Promise<StoredThumbnails> {
    const grant = readSidecarGrant(deps.keys, token, deps.now())
    if (grant === null || grant.object !== itemId || !await deps.leases.isLive(grant)) throw mediaRefused()
    return catalogue.sideFilesOf(itemId).thumbnails ?? fail(notFound('picture'))
  }

  const open = { config: { access: 'signed-url' as const, rateLimit: false as const } }

  app.get('/thumbnails/:itemId/index.vtt', {
    ...open,
    schema: {
      tags: ['playback'],
      summary: "The index of an item's seek thumbnails",
      description:
        'WebVTT; each cue names a rectangle of the picture by a signed address. Its own address comes from starting playback.',
      operationId: 'getThumbnailIndex',
      params: ItemParams,
      querystring: TokenQuery,
      response: responses({ 200: { description: 'WebVTT', content: { 'text/vtt': { schema: Type.String() } } } }),
    },
  }, async (request, reply) => {
    const { token = '' } = request.query
    const { indexKey } = await findFor(request.params.itemId, token)
    const index = await text(await storage.open(indexKey))
    return await reply.type('text/vtt; charset=utf-8').header('cache-control', 'private, no-store').send(
      withImageAddress(index, `image?token=${token}`),
    )
  })

  app.get('/thumbnails/:itemId/image', {
    ...open,
    schema: {
      tags: ['playback'],
      summary: "The picture of an item's seek thumbnails",
      operationId: 'getThumbnailImage',
      params: ItemParams,
      querystring: TokenQuery,
      response: responses({
        200: {
          description: 'The picture',
          content: { 'image/jpeg': Picture, 'image/png': Picture, 'image/webp': Picture },
        },
      }),
    },
  }, async (request, reply) => {
    const { imageKey, imageBytes, imageType, sha256, createdAt } = await findFor(
      request.params.itemId,
      request.query.token ?? '',
    )
    return await sendBytes(request, reply, storage, {
      key: imageKey,
      sizeBytes: imageBytes,
      contentType: imageType,
      etag: `"${sha256.slice(0, 32)}"`,
      modifiedAt: createdAt,
      cacheControl: 'private, max-age=0, must-revalidate',
    })
  })
}

/** The files of the form by the names of their fields. */
async function readForm (request: FastifyRequest): Promise<Partial<Record<string, Buffer>>> {
  const files: Record<string, Buffer> = {}
  try {
    for await (const part of request.files()) files[part.fieldname] = await readWhole(part)
  } catch (error) {
    // The form parser throws bare errors for headers that make no sense.
    throw error instanceof Error && !('statusCode' in error)
      ? badRequest(
        'malformed-request',
        'The form cannot be read: its Content-Type needs a boundary, and its parts need names.',
      )
      : error
  }
  return files
}

async function readWhole (part: MultipartFile): Promise<Buffer> {
  return await part.toBuffer()
}

export default thumbnails
