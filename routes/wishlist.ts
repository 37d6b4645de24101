// What a profile wants to watch.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findProfileWatching } from '../models/account.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf, profileOf } from '../src/plugins/auth.js'
import { Card, toCard } from '../src/schemas/catalogue.js'
import { answers, Cursor, Id, Limit, NoContent, pageOf, ProfileParams, ref, strict } from '../src/schemas/common.js'
import { findVisibleTitle } from '../src/watching/visible-item.js'
import { addToWishlist, pageOfWishlist, removeFromWishlist } from '../src/watching/wishlist.js'
import { watcherOf } from './playback.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })

const wishlist: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, cursors, now } = app.services

  app.get('/profiles/:profileId/wishlist', {
    config: { access: 'profile' },
    schema: {
      tags: ['wishlist'],
      summary: 'The wishlist, newest first',
      operationId: 'listWishlist',
      params: ProfileParams,
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: answers({ 200: pageOf(ref(Card)) }),
    },
  }, async (request) => {
    const { limit, cursor } = request.query
    const viewer = profileOf(request)
    const scope = ['wishlist', viewer.id]
    const profile = await findProfileWatching(callerOf(request).accountId, viewer.id) ?? fail(notFound('profile'))
    const visible = profile.wishlist.map((id) => catalogue.findTitle(id.toString()))
      .filter((title) => title !== null).filter((title) => canSee(viewer, title, now()))
    const page = pageOfWishlist(profile.wishlist.map(String), visible, cursor === undefined ? null : cursors.decode(cursor, scope) as string, limit)
    return {
      items: page.titles.map((title) => toCard(title)).map((card) => ({ ...card, inWishlist: true })),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    }
  })

  app.put('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: { tags: ['wishlist'], summary: 'Put a movie or show on the wishlist', operationId: 'addToWishlist', params: TitleParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await addToWishlist(watcherOf(request), id)
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/wishlist/:titleId', {
    config: { access: 'profile' },
    schema: { tags: ['wishlist'], summary: 'Take a title off the wishlist', operationId: 'removeFromWishlist', params: TitleParams, response: answers({ 204: NoContent }) },
  }, async (request, reply) => {
    await removeFromWishlist(watcherOf(request), request.params.titleId)
    return await reply.code(204).send(null)
  })
}

export default wishlist
