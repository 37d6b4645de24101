// What a profile wants to watch.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { findProfileWatching, MAX_WISHLIST_TITLES, type StoredProfile } from '../models/account.js'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import { loadTitleStatesOfProfile } from '../src/watching/title-states.js'
import type { CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { canSee } from '../src/domain/maturity.js'
import { pageOfWishlist, type WishlistCursor } from '../src/domain/wishlist-page.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf, profileOf } from '../src/plugins/auth.js'
import { Card, toCard } from '../src/schemas/catalogue.js'
import {
  responses,
  Cursor,
  Id,
  Limit,
  NoContent,
  pageSchema,
  ProfileParams,
  ref,
  strict,
} from '../src/schemas/common.js'
import { findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { addToWishlist, readOwnOrder, removeFromWishlist, reorderWishlist } from '../src/watching/lists/wishlist.js'
import { profileRef } from './playback.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })
const OrderBody = strict({
  titleIds: Type.Array(Id, {
    maxItems: MAX_WISHLIST_TITLES,
    uniqueItems: true,
    description: 'These come first, in this order; each is on the wishlist',
  }),
})
const Order = Type.Enum(['newest', 'own'], {
  default: 'newest',
  description: 'The last added first, or as the profile put them',
})

export interface WishlistRouteOptions extends ContentLanguageDeps {
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const wishlist: FastifyPluginAsyncTypebox<WishlistRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now } = deps

  app.get('/profiles/:profileId/wishlist', {
    config: { access: 'profile' },
    schema: {
      tags: ['wishlist'],
      summary: 'The wishlist, newest first or in its own order',
      description:
        'A cursor goes on where the page before ended, whatever was added or removed meanwhile; one of the own order ends when the order is changed.',
      operationId: 'listWishlist',
      params: ProfileParams,
      querystring: strict({ order: Order, limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: pageSchema(ref(Card)) }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const { order, limit, cursor } = request.query
    const profile = await findProfile(request)
    const newest = profile.wishlist.map(String)
    const { ids, revision } = order === 'own'
      ? await readOwnOrder(profileRef(request), newest)
      : { ids: newest, revision: 0 }
    const scope = ['wishlist', profile._id.toString(), order, revision]
    const visible = ids.map((id) => findVisible(request, id)).filter((title) => title !== null)
    const page = pageOfWishlist(
      ids,
      visible,
      cursors.decode<WishlistCursor>(cursor, scope),
      limit,
    )
    const states = await loadTitleStatesOfProfile(profile, page.titles.map(({ id }) => id))
    return setContentLanguage(reply, localiser, {
      items: page.titles.map((title) => toCard(title, states(title.id), localiser)),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    })
  })

  async function findProfile (request: FastifyRequest): Promise<StoredProfile> {
    return await findProfileWatching(callerOf(request).accountId, profileOf(request).id) ?? fail(notFound('profile'))
  }

  function findVisible (request: FastifyRequest, id: string): CatalogueTitle | null {
    const title = catalogue.findTitle(id)
    return title !== null && canSee(profileOf(request), title, now()) ? title : null
  }

  app.put('/profiles/:profileId/wishlist/order', {
    config: { access: 'profile' },
    schema: {
      tags: ['wishlist'],
      summary: 'Put the wishlist in an order of its own',
      description:
        'The titles named come first, the others behind them in the order they have. What is added later comes to the front.',
      operationId: 'orderWishlist',
      params: ProfileParams,
      body: OrderBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await reorderWishlist(profileRef(request), request.body.titleIds, (id) => findVisible(request, id) !== null)
    return await reply.code(204).send(null)
  })

  app.put('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['wishlist'],
      summary: 'Put a movie or show on the wishlist',
      operationId: 'addToWishlist',
      params: TitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await addToWishlist(profileRef(request), id)
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['wishlist'],
      summary: 'Take a title off the wishlist',
      operationId: 'removeFromWishlist',
      params: TitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeFromWishlist(profileRef(request), request.params.titleId)
    return await reply.code(204).send(null)
  })
}

export default wishlist
