// Lists media files by state, and counts the work in the background, for the staff.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { countJobs, FILE_STATES, listMediaByState } from '../src/media/list-media.js'
import { AdminMediaItem, JobCount } from '../src/schemas/admin-media.js'
import { Cursor, Limit, listSchema, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toAdminMediaItem } from '../src/views/media-files.js'

const MediaQuery = strict({
  state: Type.Optional(
    Type.Enum([...FILE_STATES], {
      title: 'MediaFileState',
      description: 'Only files in this state: processing or waiting to be packaged, failed, or ready',
    }),
  ),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface AdminMediaListRouteOptions {
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
}

const adminMediaList: FastifyPluginAsyncTypebox<AdminMediaListRouteOptions> = async (app, { catalogue, cursors }) => {
  app.get('/admin/media', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'List movies and episodes with their media files, newest first',
      description:
        'With `state`, the queue of the packaging or what failed; a page may then have fewer items than `limit`. ' +
        '`POST /v1/admin/media/{mediaFileId}/package` tries again.',
      operationId: 'listMedia',
      querystring: MediaQuery,
      response: responses({ 200: pageSchema(ref(AdminMediaItem)) }),
    },
  }, async (request) => {
    const { state = null, limit, cursor } = request.query
    const scope = ['media', state]
    const { rows, next } = await listMediaByState(state, cursors.decode<string>(cursor, scope), limit)
    const items = rows.map((media) => toAdminMediaItem(media, catalogue.findTitle(media.title.toString())))
    return { items, nextCursor: cursors.encodeNext(next, scope) }
  })

  app.get('/admin/jobs', {
    config: { access: 'staff', scope: 'ingest' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Count uploads, packaging, encodings, marker detections and emails that wait or failed',
      description: '`GET /v1/admin/media`, `GET /v1/admin/uploads`, `GET /v1/admin/encoding-jobs` and ' +
        '`GET /v1/admin/marker-detections` list them.',
      operationId: 'countJobs',
      response: responses({ 200: listSchema(ref(JobCount)) }),
    },
  }, async () => ({ items: await countJobs() }))
}

export default adminMediaList
