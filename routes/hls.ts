// HLS playlists and the DASH manifest of a movie or an episode, assembled from its packaged files per request, and
// their segments.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Type } from 'typebox'
import { fail, notFound } from '../src/errors.js'
import { deliverObject, type DeliveryDeps } from '../src/media/delivery/deliver-object.js'
import { findRendition, findRenditionSegment } from '../src/media/delivery/find-rendition.js'
import { renderItemManifest, type ManifestDeps } from '../src/media/delivery/item-dash.js'
import {
  readSubtitleSegment,
  renderItemMasterPlaylist,
  renderRenditionPlaylist,
} from '../src/media/delivery/item-hls.js'
import { mediaAccessDenied } from '../src/media/delivery/lease-check.js'
import { readHlsGrant, type HlsGrant } from '../src/media/delivery/media-urls.js'
import { Id, responses } from '../src/schemas/common.js'
import { deliveredObjectResponses, webVttContent } from '../src/schemas/media-files.js'
import { SignedUrlQuery } from '../src/schemas/params.js'
import { ObjectNotFoundError } from '../src/storage/storage.js'

const MasterParams = Type.Object({ itemId: Id })
const RenditionParams = Type.Object({
  itemId: Id,
  renditionId: Type.String({ maxLength: 60, description: 'ID of the rendition in the master playlist' }),
})
const SegmentParams = Type.Object({
  ...RenditionParams.properties,
  segment: Type.String({ pattern: '^(?:init|[0-9]{1,6})$', description: 'Number from 0, or `init`', examples: ['0'] }),
})
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl'
const Playlist = { description: 'Playlist', content: { [PLAYLIST_TYPE]: { schema: Type.String() } } }
const MANIFEST_TYPE = 'application/dash+xml'
const Manifest = { description: 'Manifest', content: { [MANIFEST_TYPE]: { schema: Type.String() } } }
const Binary = { schema: Type.String({ format: 'binary' }) }
const Bytes = { description: 'Bytes of the rendition', content: { 'video/mp4': Binary, 'audio/mp4': Binary } }
const Segment = { ...Bytes, description: 'Bytes of the segment' }

const compress = promisify(gzip)

export interface HlsRouteOptions extends ManifestDeps, DeliveryDeps {
  readonly config: DeliveryDeps['config']
}

const hls: FastifyPluginAsyncTypebox<HlsRouteOptions> = async (app, deps) => {
  async function requireGrant (itemId: string, token = ''): Promise<HlsGrant> {
    const grant = readHlsGrant(deps.keys, token, deps.now())
    if (grant === null || grant.item !== itemId || !await deps.leases.isLive(grant)) throw mediaAccessDenied()
    return grant
  }

  app.get('/hls/:itemId/master.m3u8', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the HLS master playlist of a movie or an episode',
      description:
        'One variant per video height that the plan and the client allow and per audio encoding, the highest up to ' +
        '720p first; all audio languages as renditions, subtitles as WebVTT, key frames for fast forward. Combines ' +
        'the files that have the edition and duration of the chosen file. The URL comes from starting playback; ' +
        'URLs inside contain the token.',
      operationId: 'getHlsMaster',
      params: MasterParams,
      querystring: SignedUrlQuery,
      response: responses({ 200: Playlist }),
    },
  }, async (request, reply) => {
    const { params: { itemId }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    const playlist = await orNotFound(renderItemMasterPlaylist(deps, grant, token ?? ''))
    return await sendText(request, reply, playlist, PLAYLIST_TYPE)
  })

  app.get('/hls/:itemId/manifest.mpd', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the DASH manifest of a movie or an episode',
      description:
        'The renditions, languages and subtitles of the HLS master playlist, with the same segments. Audio tracks ' +
        'and subtitles state their language and role; the default ones have the higher selectionPriority. The URL ' +
        'comes from starting playback; URLs inside contain the token.',
      operationId: 'getDashManifest',
      params: MasterParams,
      querystring: SignedUrlQuery,
      response: responses({ 200: Manifest }),
    },
  }, async (request, reply) => {
    const { params: { itemId }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    const manifest = await orNotFound(renderItemManifest(deps, grant, token ?? ''))
    return await sendText(request, reply, manifest, MANIFEST_TYPE)
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+).m3u8', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the playlist of a rendition',
      description: 'A video, its key frames, an audio track or a subtitle. All have the same target duration, except ' +
        'subtitles, which are one segment.',
      operationId: 'getHlsPlaylist',
      params: RenditionParams,
      querystring: SignedUrlQuery,
      response: responses({ 200: Playlist }),
    },
  }, async (request, reply) => {
    const { params: { itemId, renditionId }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    const playlist = await orNotFound(renderRenditionPlaylist(deps, grant, renditionId, token ?? ''))
    return await sendText(request, reply, playlist, PLAYLIST_TYPE)
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+).mp4', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get a video or audio rendition as one file',
      description:
        'Playlists contain byte ranges of it for key frames, and for all segments if nginx or the object store sends ' +
        'the bytes. Supports ranges and conditional requests of RFC 9110.',
      operationId: 'getHlsBytes',
      params: RenditionParams,
      querystring: SignedUrlQuery,
      response: deliveredObjectResponses(Bytes),
    },
  }, async (request, reply) => {
    const { params: { itemId, renditionId }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    return await orNotFound(
      findRendition(deps, grant, renditionId).then(async ({ rendition: _, ...found }) =>
        await deliverObject(deps, request, reply, grant, found)
      ),
    )
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+)/:segment(^\\w+).m4s', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get a segment of a video or audio rendition',
      description: 'Supports ranges and conditional requests of RFC 9110.',
      operationId: 'getHlsSegment',
      params: SegmentParams,
      querystring: SignedUrlQuery,
      response: deliveredObjectResponses(Segment),
    },
  }, async (request, reply) => {
    const { params: { itemId, renditionId, segment }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    return await orNotFound(
      findRenditionSegment(deps, grant, renditionId, segment).then(async (found) =>
        await deliverObject(deps, request, reply, grant, found)
      ),
    )
  })

  app.get('/hls/:itemId/:renditionId(^[\\w-]+).vtt', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['Media'],
      summary: 'Get the segment of a subtitle rendition',
      description: 'WebVTT with X-TIMESTAMP-MAP.',
      operationId: 'getHlsSubtitle',
      params: RenditionParams,
      querystring: SignedUrlQuery,
      response: responses({ 200: { description: 'WebVTT', content: webVttContent } }),
    },
  }, async (request, reply) => {
    const { params: { itemId, renditionId }, query: { token } } = request
    const grant = await requireGrant(itemId, token)
    const subtitle = await orNotFound(readSubtitleSegment(deps, grant, renditionId))
    return await reply.type('text/vtt; charset=utf-8').header('cache-control', 'private, no-store').send(subtitle)
  })
}

/** The package of a file can be deleted before the file itself. */
async function orNotFound<T> (work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) =>
    fail(error instanceof ObjectNotFoundError ? notFound('rendition') : error as Error)
  )
}

/** Each line of a long playlist repeats the token: gzip makes it small (RFC 8216 §4 asks clients to accept it). */
async function sendText (
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
  contentType: string,
): Promise<FastifyReply> {
  reply
    .type(contentType)
    .header('cache-control', 'private, no-store')
    .header('vary', 'Accept-Encoding, Origin')
  const acceptsGzip = new Negotiator(request.raw).encoding(['gzip', 'identity']) === 'gzip'
  if (!acceptsGzip) return await reply.send(text)
  return await reply.header('content-encoding', 'gzip').send(await compress(text))
}

export default hls
