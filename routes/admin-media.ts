// Media files of the catalogue: changed and removed. They come in through uploads.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { changeMediaFile, removeMediaFile, repackageMediaFile } from '../src/media/upload/media-files.js'
import { MediaFile, toAdminMediaFile } from '../src/schemas/catalogue.js'
import { responses, Id, Language, NoContent, nullable, ref, strict } from '../src/schemas/common.js'
import type { MediaFileDeps } from '../src/media/upload/media-files.js'

const Changes = strict({
  audioLanguages: Type.Optional(Type.Array(Language, { maxItems: 50 })),
  subtitleLanguages: Type.Optional(Type.Array(Language, { maxItems: 50 })),
  edition: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }), 'null: the only one')),
}, { minProperties: 1 })
const FileParams = Type.Object({ mediaFileId: Id })

export type AdminMediaRouteOptions = MediaFileDeps

const adminMedia: FastifyPluginAsyncTypebox<AdminMediaRouteOptions> = async (app, deps) => {
  app.patch('/admin/media/:mediaFileId', {
    config: { access: 'admin' },
    schema: {
      tags: ['admin'],
      summary: 'Change what is said of a media file',
      operationId: 'changeMedia',
      params: FileParams,
      body: Changes,
      response: responses({ 200: ref(MediaFile) }),
    },
  }, async (request) => toAdminMediaFile(await changeMediaFile(deps, request.params.mediaFileId, request.body)))

  app.post(
    '/admin/media/:mediaFileId/package',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['admin'],
        summary: 'Package a media file for HLS again',
        description:
          'In the background: `hls` of the file tells how far it is. What is offered now stays until the new package is complete, and whoever plays it plays on.',
        operationId: 'packageMedia',
        params: FileParams,
        response: responses({ 202: ref(MediaFile) }),
      },
    },
    async (request, reply) =>
      await reply.code(202).send(toAdminMediaFile(await repackageMediaFile(deps, request.params.mediaFileId))),
  )

  app.delete('/admin/media/:mediaFileId', {
    config: { access: 'admin' },
    schema: {
      tags: ['admin'],
      summary: "Delete a media file; nobody's progress is lost",
      operationId: 'deleteMedia',
      params: FileParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeMediaFile(deps, request.params.mediaFileId)
    return await reply.code(204).send(null)
  })
}

export default adminMedia
