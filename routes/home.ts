// The home page of a profile: rows of cards, each of which goes on in homePage.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import type { Localiser } from '../src/catalogue/queries/localise.js'
import type { FilledRow, HomeRequest } from '../src/home/home.js'
import type { RowCursor } from '../src/home/rows.js'
import { accountOf, profileOf } from '../src/plugins/auth.js'
import { responses, Cursor, Id, Limit, ProfileParams, strict } from '../src/schemas/common.js'
import { HomeRow, RowId, toHomeRow, type HomeRowView } from '../src/schemas/home.js'
import { profileRef } from './playback.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { Home } from '../src/home/home.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

export interface HomeRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly homePage: Home
  readonly cursors: CursorCodec
}

const home: FastifyPluginAsyncTypebox<HomeRouteOptions> = async (app, deps) => {
  const { access, cursors, homePage } = deps

  async function seenBy (request: FastifyRequest): Promise<HomeRequest> {
    const { limits } = await accountOf(access, request)
    return { viewer: profileOf(request), planMaxHeight: limits.maxHeight }
  }

  function scopeOf (request: FastifyRequest, rowId: string): string[] {
    return ['home', profileOf(request).id, rowId]
  }

  function toView (request: FastifyRequest, row: FilledRow, localiser: Localiser): HomeRowView {
    return toHomeRow(row, row.next === null ? null : cursors.encode(row.next, scopeOf(request, row.id)), localiser)
  }

  app.get('/profiles/:profileId/home', {
    config: { access: 'profile' },
    schema: {
      tags: ['catalogue'],
      summary: 'The home page: rows of cards, those without any left out',
      description:
        'What the profile watches, wishes for and likes decides; what is recommended once is not recommended again further down.',
      operationId: 'getHome',
      params: ProfileParams,
      response: responses({ 200: Type.Object({ rows: Type.Array(HomeRow) }) }),
    },
    // Its members are ours: checking two hundred cards against two kinds of row would cost more than making them.
    serializerCompiler: () => JSON.stringify,
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const rows = await homePage.readAll(profileRef(request), await seenBy(request))
    return setContentLanguage(reply, localiser, { rows: rows.map((row) => toView(request, row, localiser)) })
  })

  app.get('/profiles/:profileId/home/:rowId', {
    config: { access: 'profile' },
    schema: {
      tags: ['catalogue'],
      summary: 'One row of the home page, a page at a time',
      description: 'Begin with the nextCursor that the home page gave the row, or without one for the whole row.',
      operationId: 'getHomeRow',
      params: Type.Object({ profileId: Id, rowId: RowId }),
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: HomeRow }),
    },
    serializerCompiler: () => JSON.stringify,
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const { params: { rowId }, query: { limit, cursor } } = request
    const after = cursors.decode<RowCursor>(cursor, scopeOf(request, rowId))
    return setContentLanguage(
      reply,
      localiser,
      toView(
        request,
        await homePage.readRow(profileRef(request), await seenBy(request), rowId, after, limit),
        localiser,
      ),
    )
  })
}

export default home
