// Subtitles: uploaded, deleted, and served to whoever holds a signed address whose stream is live.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredSubtitle } from '../models/media.js'
import { findEpisodeItem, findMovieItem, type TitleItem } from '../src/editing/find-item.js'
import { badRequest, fail, notFound } from '../src/errors.js'
import { mediaRefused } from '../src/media/delivery/lease-check.js'
import { readSidecarGrant } from '../src/media/delivery/media-urls.js'
import { sendBytes } from '../src/media/delivery/serve-bytes.js'
import { addSubtitle, removeSubtitle } from '../src/media/sidecar/sidecar-files.js'
import { MAX_SUBTITLE_BYTES } from '../src/media/sidecar/subtitle-text.js'
import { responses, Id, Language, NoContent, strict } from '../src/schemas/common.js'
import { SubtitleKindName } from '../src/schemas/ratings.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { LeaseCheck } from '../src/media/delivery/lease-check.js'
import type { MediaDeps } from '../src/media/deps.js'

const SubtitleQuery = strict({ language: Language, kind: Type.Optional(SubtitleKindName) })
const MovieParams = Type.Object({ movieId: Id })
const EpisodeParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 0 }),
  episode: Type.Integer({ minimum: 0 }),
})
const SubtitleParams = Type.Object({ subtitleId: Id })
const Subtitle = Type.Object({
  id: Id,
  language: Language,
  kind: SubtitleKindName,
  sizeBytes: Type.Integer({ description: 'As WebVTT' }),
})
const SUBRIP = 'application/x-subrip'

function toSubtitle ({ _id, language, kind, sizeBytes }: StoredSubtitle): Static<typeof Subtitle> {
  return { id: _id.toString(), language, kind, sizeBytes }
}

export interface SubtitlesRouteOptions extends MediaDeps {
  readonly keys: KeyRing
  readonly leases: LeaseCheck
}

const subtitles: FastifyPluginAsyncTypebox<SubtitlesRouteOptions> = async (app, deps) => {
  const { catalogue } = deps
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(['text/vtt', SUBRIP], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, item }: TitleItem,
    { language, kind = 'full' }: Static<typeof SubtitleQuery>,
  ): Promise<FastifyReply> {
    if (!Buffer.isBuffer(request.body)) {
      throw badRequest(
        'empty-upload',
        'The body is empty: send the subtitle file itself, as text/vtt or application/x-subrip.',
      )
    }
    const format = request.headers['content-type']?.toLowerCase().startsWith(SUBRIP) === true ? 'srt' : 'vtt'
    return await reply.code(201).send(
      toSubtitle(await addSubtitle(deps, title, item, { bytes: request.body, format, language, kind })),
    )
  }

  const admin = { config: { access: 'admin' as const }, bodyLimit: MAX_SUBTITLE_BYTES }
  const schema = {
    tags: ['admin'],
    consumes: ['text/vtt', SUBRIP],
    description:
      'The file is the body: WebVTT, or SubRip, which is converted. `kind`: everything that is said, only what is foreign in the film (forced), or with sounds for the deaf (sdh).',
    querystring: SubtitleQuery,
    response: responses({ 201: Subtitle }),
  }

  app.post(
    '/admin/movies/:movieId/subtitles',
    {
      ...admin,
      schema: {
        ...schema,
        summary: 'Upload a subtitle of a movie',
        operationId: 'uploadMovieSubtitle',
        params: MovieParams,
      },
    },
    async (request, reply) =>
      await upload(request, reply, findMovieItem(catalogue, request.params.movieId), request.query),
  )

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/subtitles', {
    ...admin,
    schema: {
      ...schema,
      summary: 'Upload a subtitle of an episode',
      operationId: 'uploadEpisodeSubtitle',
      params: EpisodeParams,
    },
  }, async (request, reply) => await upload(request, reply, findEpisodeItem(catalogue, request.params), request.query))

  app.delete('/admin/subtitles/:subtitleId', {
    config: { access: 'admin' },
    schema: {
      tags: ['admin'],
      summary: 'Delete a subtitle',
      operationId: 'deleteSubtitle',
      params: SubtitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeSubtitle(deps, request.params.subtitleId)
    return await reply.code(204).send(null)
  })

  app.get('/subtitles/:subtitleId', {
    config: { access: 'signed-url', rateLimit: false },
    schema: {
      tags: ['playback'],
      summary: 'A subtitle as WebVTT',
      description: 'The address comes from starting playback.',
      operationId: 'getSubtitle',
      params: SubtitleParams,
      querystring: strict({ token: Type.Optional(Type.String({ maxLength: 2_000 })) }),
      response: responses({ 200: { description: 'WebVTT', content: { 'text/vtt': { schema: Type.String() } } } }),
    },
  }, async (request, reply) => {
    const { subtitleId } = request.params
    const grant = readSidecarGrant(deps.keys, request.query.token ?? '', deps.now())
    if (grant === null || grant.object !== subtitleId || !await deps.leases.isLive(grant)) throw mediaRefused()
    const { storageKey, sizeBytes, sha256, createdAt } = catalogue.findSubtitle(subtitleId) ??
      fail(notFound('subtitle'))
    return await sendBytes(request, reply, deps.storage, {
      key: storageKey,
      sizeBytes,
      contentType: 'text/vtt; charset=utf-8',
      etag: `"${sha256.slice(0, 32)}"`,
      modifiedAt: createdAt,
      cacheControl: 'private, max-age=0, must-revalidate',
    })
  })
}

export default subtitles
