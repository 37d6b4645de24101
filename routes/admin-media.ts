// Changes and deletion of media files, for administrators. Uploads create them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  changeMediaFile,
  removeMediaFile,
  repackageMediaFile,
  type MediaFileDeps,
} from '../src/media/upload/media-files.js'
import { Id, Language, NoContent, nullable, ref, responses, strict } from '../src/schemas/common.js'
import { MediaFile } from '../src/schemas/media-files.js'
import { toAdminMediaFile } from '../src/views/media-files.js'

const FileParams = Type.Object({ mediaFileId: Id })
const FileChanges = strict({
  audioLanguages: Type.Optional(Type.Array(Language, { maxItems: 50, description: 'Audio languages' })),
  subtitleLanguages: Type.Optional(
    Type.Array(Language, { maxItems: 50, description: 'Languages of subtitle tracks in the file' }),
  ),
  edition: Type.Optional(
    nullable(
      Type.String({ minLength: 1, maxLength: 100 }),
      "Edition, such as theatrical or director's cut; null: the only one",
    ),
  ),
}, { minProperties: 1 })

export type AdminMediaRouteOptions = MediaFileDeps

const adminMedia: FastifyPluginAsyncTypebox<AdminMediaRouteOptions> = async (app, deps) => {
  app.patch('/admin/media/:mediaFileId', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Change the metadata of a media file',
      description: 'Only the fields of the body change: languages and edition, which the file itself cannot state ' +
        'reliably.',
      operationId: 'changeMedia',
      params: FileParams,
      body: FileChanges,
      response: responses({ 200: ref(MediaFile) }),
    },
  }, async (request) => toAdminMediaFile(await changeMediaFile(deps, request.params.mediaFileId, request.body)))

  app.post('/admin/media/:mediaFileId/package', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Package a media file for HLS again',
      description:
        'Runs in the background; `hls` of the file shows the progress. The current package stays available until the ' +
        'new one is complete, and live streams continue.',
      operationId: 'packageMedia',
      params: FileParams,
      response: responses({ 202: ref(MediaFile) }),
    },
  }, async (request, reply) => {
    const file = await repackageMediaFile(deps, request.params.mediaFileId)
    return await reply.code(202).send(toAdminMediaFile(file))
  })

  app.delete('/admin/media/:mediaFileId', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Delete a media file',
      description: 'The progress of all profiles is preserved.',
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
