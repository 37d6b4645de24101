// Lists the subtitles of an item for the staff; uploads and deletes subtitle files.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { offeredSubtitles } from '../src/catalogue/queries/offered-subtitles.js'
import { findEpisodeItem, findMovieItem, type TitleItem } from '../src/editing/find-item.js'
import { badRequest } from '../src/errors.js'
import { addSubtitle, removeSubtitle, type SidecarDeps } from '../src/media/sidecar/sidecar-files.js'
import { MAX_SUBTITLE_BYTES } from '../src/media/sidecar/subtitle-reader.js'
import { Id, Language, listSchema, NoContent, ref, responses, strict } from '../src/schemas/common.js'
import { SubtitleKind } from '../src/schemas/languages.js'
import { AddedSubtitle, AdminSubtitle } from '../src/schemas/media-files.js'
import { EpisodeParams, MovieParams } from '../src/schemas/params.js'
import { toAdminSubtitles, toSubtitle } from '../src/views/media-files.js'

const SubtitleQuery = strict({ language: Language, kind: Type.Optional(SubtitleKind) })
const WEBVTT = 'text/vtt'
const SUBRIP = 'application/x-subrip'
const ASS = ['text/x-ssa', 'text/x-ass']

export type AdminSubtitlesRouteOptions = SidecarDeps

const adminSubtitles: FastifyPluginAsyncTypebox<AdminSubtitlesRouteOptions> = async (app, deps) => {
  const { catalogue } = deps
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser([WEBVTT, SUBRIP, ...ASS], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  async function upload (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, item }: TitleItem,
    { language, kind = 'full' }: Static<typeof SubtitleQuery>,
  ): Promise<FastifyReply> {
    const { body: bytes } = request
    if (!Buffer.isBuffer(bytes)) {
      throw badRequest(
        'empty-upload',
        `The body is empty. Send the subtitle file as ${WEBVTT}, ${SUBRIP} or ${ASS[0]}.`,
      )
    }
    const contentType = request.headers['content-type'] ?? ''
    const format = contentType.toLowerCase().startsWith(WEBVTT) ? 'vtt' : 'srt'
    const charset = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType)?.[1] ?? null
    const { subtitle, unreadableCues } = await addSubtitle(deps, title, item, {
      bytes,
      format,
      language,
      kind,
      charset,
    })
    return await reply.code(201).send({ ...toSubtitle(subtitle), unreadableCues })
  }

  function listSubtitles ({ item }: TitleItem) {
    const files = [...catalogue.itemFiles(item.id)]
    const { subtitles } = catalogue.sidecarFiles(item.id)
    const offered = files.length === 0 ? subtitles : files.flatMap((file) => offeredSubtitles(catalogue, file))
    return { items: toAdminSubtitles(subtitles, files, new Set(offered.map(({ _id }) => _id.toString()))) }
  }

  const listSchemaOf = {
    tags: ['Admin: artwork and subtitles'],
    description:
      'Uploaded and extracted subtitles, those that others replace included, then the subtitle tracks of its media ' +
      'files that could not be extracted.',
    response: responses({ 200: listSchema(ref(AdminSubtitle)) }),
  }

  app.get('/admin/movies/:movieId/subtitles', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      ...listSchemaOf,
      summary: 'List the subtitles of a movie with their state',
      operationId: 'listMovieSubtitles',
      params: MovieParams,
    },
  }, async (request) => listSubtitles(findMovieItem(catalogue, request.params.movieId)))

  app.get('/admin/shows/:showId/seasons/:season/episodes/:episode/subtitles', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      ...listSchemaOf,
      summary: 'List the subtitles of an episode with their state',
      operationId: 'listEpisodeSubtitles',
      params: EpisodeParams,
    },
  }, async (request) => listSubtitles(findEpisodeItem(catalogue, request.params)))

  const uploadSchema = {
    tags: ['Admin: artwork and subtitles'],
    consumes: [WEBVTT, SUBRIP, ...ASS],
    description:
      'The body is the file: WebVTT, or SubRip or SubStation Alpha (SSA, ASS), which are converted to WebVTT. `kind` ' +
      'is full by default. The encoding is that of the byte order mark or of `charset` in the content type, else ' +
      'UTF-8. SubRip and ASS in another encoding are read by their language.',
    querystring: SubtitleQuery,
    response: responses({ 201: AddedSubtitle }),
  }

  app.post('/admin/movies/:movieId/subtitles', {
    config: { access: 'editor', scope: 'ingest' },
    bodyLimit: MAX_SUBTITLE_BYTES,
    schema: {
      ...uploadSchema,
      summary: 'Upload a subtitle file for a movie',
      operationId: 'uploadMovieSubtitle',
      params: MovieParams,
    },
  }, async (request, reply) => {
    return await upload(request, reply, findMovieItem(catalogue, request.params.movieId), request.query)
  })

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/subtitles', {
    config: { access: 'editor', scope: 'ingest' },
    bodyLimit: MAX_SUBTITLE_BYTES,
    schema: {
      ...uploadSchema,
      summary: 'Upload a subtitle file for an episode',
      operationId: 'uploadEpisodeSubtitle',
      params: EpisodeParams,
    },
  }, async (request, reply) => {
    return await upload(request, reply, findEpisodeItem(catalogue, request.params), request.query)
  })

  app.delete('/admin/subtitles/:subtitleId', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: artwork and subtitles'],
      summary: 'Delete a subtitle file',
      description: 'Playback that uses it continues without subtitles.',
      operationId: 'deleteSubtitle',
      params: Type.Object({ subtitleId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeSubtitle(deps, request.params.subtitleId)
    return await reply.code(204).send(null)
  })
}

export default adminSubtitles
