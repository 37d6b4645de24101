// The home page of a profile: rows of cards, and further pages of a row.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Localiser } from '../src/catalogue/queries/localise.js'
import type { FilledRow, Home } from '../src/home/home.js'
import type { RowCursor } from '../src/home/rows.js'
import { createRequestLocaliser, sendLocalisedJson, type ContentLanguageDeps } from '../src/http/content-language.js'
import { profileOf, profileRef, viewingLimitsOf } from '../src/plugins/caller.js'
import { Cursor, describe, Id, Limit, responses, strict } from '../src/schemas/common.js'
import { HomePage, HomeRow, RowId } from '../src/schemas/home.js'
import { ProfileParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { CardTexts } from '../src/views/card-texts.js'
import { writeHomeRow } from '../src/views/home.js'

const RowQuery = strict({
  limit: Limit,
  cursor: Type.Optional(describe(Cursor, 'nextCursor of the row; omitted: the first page')),
})

export interface HomeRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly homePage: Home
  readonly cardTexts: CardTexts
  readonly cursors: CursorCodec
}

const home: FastifyPluginAsyncTypebox<HomeRouteOptions> = async (app, deps) => {
  const { access, cursors, homePage, cardTexts } = deps

  app.get('/profiles/:profileId/home', {
    config: { access: 'profile' },
    schema: {
      tags: ['Search and home'],
      summary: 'Get the home page: rows of cards',
      description:
        'Rows depend on what the profile watched, rated and put on its wishlist. Empty rows are omitted. A title is ' +
        'recommended only in its first row. Recommended titles that the plan cannot play yet come last in their row.',
      operationId: 'getHome',
      params: ProfileParams,
      response: responses({ 200: withHeaders(HomePage, 'Content-Language') }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const rows = await homePage.readAll(profileRef(request), await viewingLimitsOf(access, request))
    const texts = rows.map((row) => writeRow(request, row, localiser))
    return sendLocalisedJson(reply, localiser, `{"rows":[${texts.join()}]}`)
  })

  app.get('/profiles/:profileId/home/:rowId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Search and home'],
      summary: 'Get a page of one row of the home page',
      description: 'For the page with all titles of a row. The cursor of a row comes from the home page or from the ' +
        'page before.',
      operationId: 'getHomeRow',
      params: Type.Object({ profileId: Id, rowId: RowId }),
      querystring: RowQuery,
      response: responses({ 200: withHeaders(HomeRow, 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { params: { rowId }, query: { limit, cursor } } = request
    const localiser = createRequestLocaliser(deps, request)
    const after = cursors.decode<RowCursor>(cursor, scopeOf(request, rowId))
    const limits = await viewingLimitsOf(access, request)
    const row = await homePage.readRow(profileRef(request), limits, rowId, after, limit)
    return sendLocalisedJson(reply, localiser, writeRow(request, row, localiser))
  })

  function scopeOf (request: FastifyRequest, rowId: string): string[] {
    return ['home rows, playable first', profileOf(request).id, rowId]
  }

  function writeRow (request: FastifyRequest, row: FilledRow, localiser: Localiser): string {
    return writeHomeRow(cardTexts, row, cursors.encodeNext(row.next, scopeOf(request, row.id)), localiser)
  }
}

export default home
