// Previews: editors play a title as viewers would, drafts included.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readyFiles, type Catalogue } from '../src/catalogue/store/catalogue.js'
import { chooseFile } from '../src/domain/file-choice.js'
import { conflict, fail, notFound } from '../src/errors.js'
import { createRequestLocaliser, setContentLanguage, type ContentLanguageDeps } from '../src/http/content-language.js'
import { callerOf } from '../src/plugins/caller.js'
import { ref, responses } from '../src/schemas/common.js'
import { Preview, PreviewBody } from '../src/schemas/previews.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import type { KeyRing } from '../src/security/key-ring.js'
import { toPreview } from '../src/views/previews.js'

export interface AdminPreviewsRouteOptions extends ContentLanguageDeps {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
  now(): Date
}

const adminPreviews: FastifyPluginAsyncTypebox<AdminPreviewsRouteOptions> = async (app, deps) => {
  const { catalogue } = deps

  app.post('/admin/previews', {
    config: { access: 'editor' },
    schema: {
      tags: ['Admin: media'],
      summary: 'Play a movie or an episode for checking, drafts included',
      description:
        'Returns signed URLs without a stream: no place in the watch history, no limit of a plan. They are valid ' +
        'for four hours, as long as the session is live and the account may edit titles.',
      operationId: 'startPreview',
      body: PreviewBody,
      response: responses({ 201: withHeaders(ref(Preview), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { itemId, mediaFileId = null } = request.body
    const item = catalogue.findItem(itemId) ?? fail(notFound('movie or episode'))
    const title = catalogue.findTitle(item.titleId) ?? fail(notFound('movie or episode'))
    const files = readyFiles(catalogue, itemId).filter(({ id }) => mediaFileId === null || id === mediaFileId)
    if (files.length === 0 && mediaFileId !== null) throw notFound('media file')
    const choice = chooseFile(files, {
      planMaxHeight: Infinity,
      client: {},
      storedLanguage: null,
      profileLanguages: [],
      originalLanguage: title.originalLanguage,
      lastFileId: null,
    })
    if (typeof choice === 'string') {
      throw conflict('no-media', 'Nothing to play yet', 'There is no media file for it yet.')
    }
    const localiser = createRequestLocaliser(deps, request)
    const body = toPreview(deps, callerOf(request), { title, item, file: choice.file, localiser })
    return await reply.code(201).send(setContentLanguage(reply, localiser, body))
  })
}

export default adminPreviews
