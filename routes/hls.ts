// HLS: the playlists of a movie or episode, put together from its packaged files when they are asked for, and their bytes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Type } from 'typebox'
import { fail, notFound } from '../src/errors.js'
import { deliver } from '../src/media/delivery/deliver.js'
import { findRendition, renderItemMaster, renderRendition } from '../src/media/delivery/item-hls.js'
import { mediaRefused } from '../src/media/delivery/lease-check.js'
import { readHlsGrant, type HlsGrant } from '../src/media/delivery/media-urls.js'
import { responses, Id, strict } from '../src/schemas/common.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'
import type { HlsDeps } from '../src/media/delivery/item-hls.js'
import type { DeliveryDeps } from '../src/media/delivery/deliver.js'

const MasterParams = Type.Object({ itemId: Id })
const RenditionParams = Type.Object({
  itemId: Id,
  renditionId: Type.String({ maxLength: 60, description: 'As the master playlist names it' }),
})
const HlsQuery = strict({ token: Type.Optional(Type.String({ maxLength: 2_000 })) })
const Playlist = { description: 'A playlist', content: { 'application/vnd.apple.mpegurl': { schema: Type.String() } } }
const Binary = { schema: Type.String({ format: 'binary' }) }
const Bytes = { description: 'The bytes', content: { 'video/mp4': Binary, 'audio/mp4': Binary } }

const compress = promisify(gzip)

export interface HlsRouteOptions extends HlsDeps, DeliveryDeps {}

const hls: FastifyPluginAsyncTypebox<HlsRouteOptions> = async (app, deps) => {
  const open = { config: { access: 'signed-url' as const, rateLimit: false as const } }

  async function openGrant (itemId: string, token = ''): Promise<HlsGrant> {
    const grant = readHlsGrant(deps.keys, token, deps.now())
    if (grant === null || grant.item !== itemId || !await deps.leases.isLive(grant)) throw mediaRefused()
    return grant
  }

  /** The packages of a file that is just being deleted may be gone before it is. */
  async function orNotFound<T> (work: Promise<T>): Promise<T> {
    return await work.catch((error: unknown) =>
      fail(error instanceof ObjectNotFoundError ? notFound('rendition') : error as Error)
    )
  }

  app.get('/hls/:itemId/master.m3u8', {
    ...open,
    schema: {
      tags: ['playback'],
      summary: 'The HLS master playlist of a movie or episode',
      description:
        "One variant for each height that the plan and the client allow, every language as audio, subtitles as WebVTT. Files of the chosen file's edition and length go together. The address comes from starting playback; those inside carry the token.",
      operationId: 'getHlsMaster',
      params: MasterParams,
      querystring: HlsQuery,
      response: responses({ 200: Playlist }),
    },
  }, async (request, reply) => {
    const { itemId } = request.params
    const grant = await openGrant(itemId, request.query.token)
    return await sendPlaylist(
      request,
      reply,
      await orNotFound(renderItemMaster(deps, grant, request.query.token ?? '')),
    )
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+).m3u8', {
    ...open,
    schema: {
      tags: ['playback'],
      summary: 'The playlist of one picture, sound or subtitle',
      operationId: 'getHlsPlaylist',
      params: RenditionParams,
      querystring: HlsQuery,
      response: responses({ 200: Playlist }),
    },
  }, async (request, reply) => {
    const { itemId, renditionId } = request.params
    const grant = await openGrant(itemId, request.query.token)
    return await sendPlaylist(
      request,
      reply,
      await orNotFound(renderRendition(deps, grant, renditionId, request.query.token ?? '')),
    )
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+).mp4', {
    ...open,
    schema: {
      tags: ['playback'],
      summary: 'The fragments of one picture or sound',
      description: 'The playlist names the byte range of each segment. Ranges, conditions and validators by RFC 9110.',
      operationId: 'getHlsBytes',
      params: RenditionParams,
      querystring: HlsQuery,
      response: responses({
        200: Bytes,
        206: Bytes,
        304: Type.Null({ description: 'Unchanged' }),
        307: Type.Null({ description: 'The store has the bytes, at the Location, for a short while' }),
      }),
    },
  }, async (request, reply) => {
    const { itemId, renditionId } = request.params
    const grant = await openGrant(itemId, request.query.token)
    return await orNotFound(
      findRendition(deps, grant, renditionId).then(async (found) =>
        await deliver(deps, request, reply, grant, { ...found, sizeBytes: found.rendition.sizeBytes })
      ),
    )
  })
}

/** Of a long film every line repeats the token: compressed it is small (RFC 8216 §4 asks clients to take gzip). */
async function sendPlaylist (request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  reply.type('application/vnd.apple.mpegurl').header('cache-control', 'private, no-store').header(
    'vary',
    'Accept-Encoding, Origin',
  )
  if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(request.headers['accept-encoding'] ?? '')) {
    return await reply.send(text)
  }
  return await reply.header('content-encoding', 'gzip').send(await compress(text))
}

export default hls
