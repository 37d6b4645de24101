// The wishlist of a profile.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { MAX_WISHLIST_TITLES } from '../models/account.js'
import type { AccountAccess } from '../src/accounts/access.js'
import { findVisibleTitle, findVisibleTitles, requireVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { pageOfWishlist, type WishlistCursor } from '../src/domain/wishlist-page.js'
import { fail, notFound } from '../src/errors.js'
import { createRequestLocaliser, sendLocalisedJson, type ContentLanguageDeps } from '../src/http/content-language.js'
import { profileOf, profileRef, viewingLimitsOf } from '../src/plugins/caller.js'
import { Cursor, Id, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { ProfileParams, ProfileTitleParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { Card } from '../src/schemas/titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { CardTexts } from '../src/views/card-texts.js'
import {
  addToWishlist,
  loadOrderedWishlist,
  removeFromWishlist,
  reorderWishlist,
} from '../src/watching/lists/wishlist.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStatesOfProfile } from '../src/watching/title-states.js'

const OrderBody = strict({
  titleIds: Type.Array(Id, {
    maxItems: MAX_WISHLIST_TITLES,
    uniqueItems: true,
    description: 'Titles of the wishlist that come first, in this order',
  }),
})
const Order = Type.Enum(['newest', 'own'], {
  default: 'newest',
  description: 'newest: added last first; own: the order that the profile set',
})

export interface WishlistRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly states: ProfileStates
  readonly catalogue: Catalogue
  readonly cardTexts: CardTexts
  readonly cursors: CursorCodec
  now(): Date
}

const wishlist: FastifyPluginAsyncTypebox<WishlistRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now } = deps

  app.get('/profiles/:profileId/wishlist', {
    config: { access: 'profile' },
    schema: {
      tags: ['Wishlist'],
      summary: 'List the wishlist, newest first or in its own order',
      description:
        'A cursor stays valid when titles are added or removed. A cursor of the own order becomes invalid when the ' +
        'order changes.',
      operationId: 'listWishlist',
      params: ProfileParams,
      querystring: strict({ order: Order, limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: withHeaders(pageSchema(ref(Card)), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { order, limit, cursor } = request.query
    const owner = profileRef(request)
    const localiser = createRequestLocaliser(deps, request)
    const profile = await deps.states.findProfile(owner) ?? fail(notFound('profile'))
    const newestFirst = profile.wishlist
    const { ids, revision } = order === 'own'
      ? await loadOrderedWishlist(owner, newestFirst)
      : { ids: newestFirst, revision: 0 }
    const scope = ['wishlist', owner.profile, order, revision]
    const visible = findVisibleTitles(catalogue, profileOf(request), ids, now())
    const page = pageOfWishlist(ids, visible, cursors.decode<WishlistCursor>(cursor, scope), limit)
    const leases = await deps.states.findLeases(owner.account)
    const states = await loadTitleStatesOfProfile(deps.states, profile, page.titles.map(({ id }) => id), leases)
    const isPlayable = createPlayableCheck(catalogue, (await viewingLimitsOf(deps.access, request)).planMaxHeight)
    const items = page.titles.map((title) =>
      deps.cardTexts.write(title, localiser, isPlayable(title), states(title.id))
    )
    const nextCursor = JSON.stringify(cursors.encodeNext(page.next, scope))
    return sendLocalisedJson(reply, localiser, `{"items":[${items.join()}],"nextCursor":${nextCursor}}`)
  })

  app.put('/profiles/:profileId/wishlist/order', {
    config: { access: 'profile' },
    schema: {
      tags: ['Wishlist'],
      summary: 'Set the own order of the wishlist',
      description: 'The other titles follow in their current order. Titles that are added later come first.',
      operationId: 'orderWishlist',
      params: ProfileParams,
      body: OrderBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await reorderWishlist(profileRef(request), request.body.titleIds, (titleId) => isVisible(request, titleId))
    return await reply.code(204).send(null)
  })

  function isVisible (request: FastifyRequest, titleId: string): boolean {
    return findVisibleTitle(catalogue, profileOf(request), titleId, now()) !== null
  }

  app.put('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Wishlist'],
      summary: 'Add a movie or show to the wishlist',
      description: 'Adds the title at the front. A title that is on the wishlist stays where it is. The wishlist has ' +
        'at most 500 titles.',
      operationId: 'addToWishlist',
      params: ProfileTitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = requireVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await addToWishlist(profileRef(request), id)
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Wishlist'],
      summary: 'Remove a title from the wishlist',
      description: 'Succeeds also if the title is not on the wishlist.',
      operationId: 'removeFromWishlist',
      params: ProfileTitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeFromWishlist(profileRef(request), request.params.titleId)
    return await reply.code(204).send(null)
  })
}

export default wishlist
