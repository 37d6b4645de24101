// Shows support what a profile sees. Each look has an audit entry.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import { assertMayChange } from '../src/accounts/admin.js'
import { fail, notFound } from '../src/errors.js'
import type { Home } from '../src/home/home.js'
import { createRequestLocaliser, sendLocalisedJson, type ContentLanguageDeps } from '../src/http/content-language.js'
import { callerOf } from '../src/plugins/caller.js'
import { Id, responses } from '../src/schemas/common.js'
import { HomePage } from '../src/schemas/home.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import type { CardTexts } from '../src/views/card-texts.js'
import { writeHomeRow } from '../src/views/home.js'

export interface AdminProfileViewRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly homePage: Home
  readonly cardTexts: CardTexts
}

const adminProfileView: FastifyPluginAsyncTypebox<AdminProfileViewRouteOptions> = async (app, deps) => {
  const { access, homePage, cardTexts } = deps

  app.get('/admin/accounts/:accountId/profiles/:profileId/home', {
    config: { access: 'support', audit: true },
    schema: {
      tags: ['Admin: accounts'],
      summary: 'Get the home page as a profile sees it',
      description:
        'With the maturity limits and the plan of the profile, its history, wishlist and ratings. Each request has ' +
        'an audit entry. Rows have no further pages. Support sees profiles of members only.',
      operationId: 'viewProfile',
      params: Type.Object({ accountId: Id, profileId: Id }),
      response: responses({ 200: withHeaders(HomePage, 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { accountId, profileId } = request.params
    await assertMayChange(callerOf(request).role, accountId)
    const account = await access.findAccount(accountId) ?? fail(notFound('account'))
    const scope = await access.findProfile(accountId, profileId) ?? fail(notFound('profile'))
    const limits = { scope, planMaxHeight: account.limits.maxHeight }
    const localiser = createRequestLocaliser(deps, request)
    const rows = await homePage.readAll({ account: accountId, profile: profileId }, limits)
    const texts = rows.map((row) => writeHomeRow(cardTexts, row, null, localiser))
    return sendLocalisedJson(reply, localiser, `{"rows":[${texts.join()}]}`)
  })
}

export default adminProfileView
