// Media files: uploaded, changed, removed.
import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { badRequest, invalid, notFound } from '../src/errors.js'
import type { CatalogueItem, CatalogueTitle } from '../src/catalogue/snapshot.js'
import { addMediaFile, changeMediaFile, removeMediaFile } from '../src/media/media-files.js'
import { createMediaProber } from '../src/media/probe.js'
import { MediaFile, toMediaFile } from '../src/schemas/catalogue.js'
import { answers, Id, Language, NoContent, nullable, ref, strict } from '../src/schemas/common.js'

const Edition = Type.String({ minLength: 1, maxLength: 100, description: 'theatrical, director\'s cut …', examples: ['director\'s cut'] })
const UploadQuery = strict({
  language: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{2,35}(,[A-Za-z0-9-]{2,35})*$', description: 'Of the audio, BCP 47; several with commas. When left out, what the file says', examples: ['en'] })),
  subtitles: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{2,35}(,[A-Za-z0-9-]{2,35})*$', description: 'Languages of subtitles in the file' })),
  edition: Type.Optional(Edition),
})
const Changes = strict({
  audioLanguages: Type.Optional(Type.Array(Language, { maxItems: 50 })),
  subtitleLanguages: Type.Optional(Type.Array(Language, { maxItems: 50 })),
  edition: Type.Optional(nullable(Edition)),
}, { minProperties: 1 })
const FileParams = Type.Object({ mediaFileId: Id })
const MovieParams = Type.Object({ movieId: Id })
const EpisodeParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }), episode: Type.Integer({ minimum: 0 }) })
type Fields = Static<typeof UploadQuery>

const adminMedia: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const { catalogue, config } = services
  const prober = createMediaProber()
  app.addHook('onClose', async () => { await prober.close() })
  await app.register(multipart, { limits: { fileSize: config.maxUploadBytes, files: 1, fields: 10, fieldSize: 1_000 }, throwFileSizeLimit: false })
  // The body is the file: it is handed on as a stream, never collected.
  app.addContentTypeParser(/^(video|audio)\/|^application\/octet-stream$/, (_request, payload, done) => { done(null, payload) })

  async function upload (request: FastifyRequest, reply: FastifyReply, title: CatalogueTitle, item: CatalogueItem, query: Fields): Promise<FastifyReply> {
    const { source, fields } = await openUpload(request, query)
    const list = (text: string | undefined): string[] => text === undefined ? [] : text.split(',')
    const file = await addMediaFile(services, prober, title, item, source, {
      languages: list(fields.language), subtitleLanguages: list(fields.subtitles), edition: fields.edition ?? null,
    })
    return await reply.code(201).send(toMediaFile(file))
  }

  const schema = {
    tags: ['admin'],
    consumes: ['video/mp4', 'video/webm', 'video/x-matroska', 'application/octet-stream', 'multipart/form-data'],
    description: 'The file is the body, or the one file of a multipart form whose fields before it are those of the query. It becomes visible when it is complete and was found to be what it says.',
    querystring: UploadQuery,
    response: answers({ 201: ref(MediaFile) }),
  }
  const admin = { config: { access: 'admin' as const, slowBody: true }, bodyLimit: config.maxUploadBytes }

  app.post('/admin/movies/:movieId/media', {
    ...admin,
    schema: { ...schema, summary: 'Upload a media file of a movie', operationId: 'uploadMovieMedia', params: MovieParams },
  }, async (request, reply) => {
    const title = catalogue.findTitle(request.params.movieId)
    const item = title?.items[0]
    if (title?.kind !== 'movie' || item === undefined) throw notFound('movie')
    return await upload(request, reply, title, item, request.query)
  })

  app.post('/admin/shows/:showId/seasons/:season/episodes/:episode/media', {
    ...admin,
    schema: { ...schema, summary: 'Upload a media file of an episode', operationId: 'uploadEpisodeMedia', params: EpisodeParams },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    const title = catalogue.findTitle(showId)
    const item = title?.items.find((one) => one.season === season && one.episode === episode)
    if (title?.kind !== 'show' || item === undefined) throw notFound('episode')
    return await upload(request, reply, title, item, request.query)
  })

  app.patch('/admin/media/:mediaFileId', {
    config: { access: 'admin' },
    schema: { tags: ['admin'], summary: 'Change what is said of a media file', operationId: 'changeMedia', params: FileParams, body: Changes, response: answers({ 200: ref(MediaFile) }) },
  }, async (request) => toMediaFile(await changeMediaFile(services, request.params.mediaFileId, request.body)))

  app.delete('/admin/media/:mediaFileId', {
    config: { access: 'admin' },
    schema: { tags: ['admin'], summary: 'Delete a media file; nobody\'s progress is lost', operationId: 'deleteMedia', params: FileParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    await removeMediaFile(services, request.params.mediaFileId)
    return await reply.code(204).send(null)
  })
}

const FIELD_NAMES = ['language', 'subtitles', 'edition'] as const

/** The stream of the file and what is said of it, however it was sent. */
async function openUpload (request: FastifyRequest, query: Fields): Promise<{ source: Readable, fields: Fields }> {
  if (!request.isMultipart()) {
    if (request.body === undefined || request.body === null) throw badRequest('empty-upload', 'The body is empty: send the file itself.')
    return { source: request.body as Readable, fields: query }
  }
  const part = await request.file().catch((error: unknown) => { throw readableError(error) })
  if (part === undefined) throw badRequest('empty-upload', 'The form has no file.')
  const fields: Record<string, string> = { ...query }
  for (const [name, field] of Object.entries(part.fields)) {
    if (field === undefined || Array.isArray(field) || field.type !== 'field') continue
    if (!FIELD_NAMES.some((known) => known === name)) throw invalid([{ pointer: `/${name}`, message: 'is not known here' }])
    fields[name] = String(field.value).slice(0, 100)
  }
  return { source: part.file, fields }
}

/** The form parser throws bare errors for headers that make no sense. */
function readableError (error: unknown): unknown {
  const isBare = error instanceof Error && !('statusCode' in error)
  return isBare ? badRequest('malformed-request', 'The form cannot be read: its Content-Type needs a boundary, and its parts need names.') : error
}

export default adminMedia
