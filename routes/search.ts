// Finding titles by what somebody types.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { matcher, type TitleFilter } from '../src/catalogue/browse.js'
import { readProfileStates } from '../src/catalogue/profile-state.js'
import { searchTitles } from '../src/catalogue/search.js'
import type { CatalogueTitle } from '../src/catalogue/snapshot.js'
import { accountOf, callerOf, viewerOf } from '../src/plugins/auth.js'
import { titleFilters, TitleKind, toCard } from '../src/schemas/catalogue.js'
import { answers, Limit, listOf, ref, strict } from '../src/schemas/common.js'
import { SearchHit, SearchText, Suggestion } from '../src/schemas/search.js'

const search: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, now } = app.services

  async function wantedBy (request: FastifyRequest, filter: TitleFilter): Promise<(title: CatalogueTitle) => boolean> {
    const [viewer, account] = await Promise.all([viewerOf(app, request), accountOf(app, request)])
    return matcher(catalogue, { filter, viewer, planMaxHeight: account.limits.maxHeight, now: now() })
  }

  app.get('/search', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Movies and shows by name, person or episode, the best match first',
      operationId: 'search',
      querystring: strict({ q: SearchText, type: TitleKind, ...titleFilters, limit: Limit }),
      response: answers({ 200: listOf(ref(SearchHit)) }),
    },
  }, async (request) => {
    const { q, limit, ...filter } = request.query
    const found = searchTitles(catalogue, q, await wantedBy(request, filter), limit)
    const states = await readProfileStates(callerOf(request), found.map(({ id }) => id))
    return { items: found.map((title) => ({ ...toCard(title, states(title.id)), highlights: [] })) }
  })

  app.get('/search/suggestions', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Names that complete what was typed',
      operationId: 'suggest',
      querystring: strict({ q: SearchText, limit: Limit }),
      response: answers({ 200: listOf(ref(Suggestion)) }),
    },
  }, async (request) => {
    const { q, limit } = request.query
    const found = searchTitles(catalogue, q, await wantedBy(request, {}), limit)
    return { items: found.map((title) => ({ kind: title.kind, text: title.title, titleId: title.id })) }
  })
}

export default search
