// What a profile thinks of titles, and the languages it chose for them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findProfileWatching } from '../models/account.js'
import { findTaste } from '../models/profile-title-preferences.js'
import { localiserFor, toldIn } from '../src/http/content-language.js'
import { readStatesOf } from '../src/watching/title-states.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf, profileOf } from '../src/plugins/auth.js'
import { TasteRating, toCard } from '../src/schemas/catalogue.js'
import { answers, Cursor, Id, Limit, NoContent, pageOf, ProfileParams, ref, strict } from '../src/schemas/common.js'
import {
  LanguagesBody,
  RatedTitleView,
  RatingBody,
  RememberedLanguages,
  toSpokenWishes,
} from '../src/schemas/ratings.js'
import { forgetLanguages, memoryOf, rememberLanguages } from '../src/watching/streams/languages.js'
import { listRatings, rateTitle, unrateTitle, type RatingPosition } from '../src/watching/lists/ratings.js'
import { findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { watcherOf } from './playback.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })

const taste: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, cursors, now } = app.services

  app.get('/profiles/:profileId/ratings', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'What this profile rated, newest first',
      operationId: 'listRatings',
      params: ProfileParams,
      querystring: strict({ rating: Type.Optional(TasteRating), limit: Limit, cursor: Type.Optional(Cursor) }),
      response: answers({ 200: pageOf(ref(RatedTitleView)) }),
    },
  }, async (request, reply) => {
    const localiser = localiserFor(app.services, request)
    const { rating = null, limit, cursor } = request.query
    const viewer = profileOf(request)
    const scope = ['ratings', viewer.id, rating]
    const moment = now()
    const { ratings, next } = await listRatings(watcherOf(request), {
      rating,
      after: cursor === undefined ? null : cursors.decode(cursor, scope) as RatingPosition,
      limit,
      findVisible: (id) => {
        const title = catalogue.findTitle(id)
        return title !== null && canSee(viewer, title, moment) ? title : null
      },
    })
    const profile = await findProfileWatching(callerOf(request).accountId, viewer.id) ?? fail(notFound('profile'))
    const states = await readStatesOf(profile, ratings.map(({ title }) => title.id))
    return toldIn(reply, localiser, {
      items: ratings.map(({ title, rating, ratedAt }) => ({
        title: toCard(title, { ...states(title.id), rating }, localiser),
        rating,
        ratedAt: ratedAt.toISOString(),
      })),
      nextCursor: next === null ? null : cursors.encode(next, scope),
    })
  })

  app.put('/profiles/:profileId/ratings/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Rate a movie or show',
      operationId: 'rateTitle',
      params: TitleParams,
      body: RatingBody,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await rateTitle(watcherOf(request), id, request.body.rating, now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/ratings/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Take a rating back',
      operationId: 'unrateTitle',
      params: TitleParams,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await unrateTitle(watcherOf(request), id, now())
    return await reply.code(204).send(null)
  })

  app.get('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'The languages that are remembered for a title',
      operationId: 'getLanguages',
      params: TitleParams,
      response: answers({ 200: ref(RememberedLanguages) }),
    },
  }, async (request) => {
    const viewer = profileOf(request)
    const { id } = findVisibleTitle(catalogue, viewer, request.params.titleId, now())
    return memoryOf(await findTaste(viewer.id, id))
  })

  app.put('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Remember the languages of a title',
      description:
        'The next playback of the title begins with them, whichever episode and device. What is left out stays as it is.',
      operationId: 'setLanguages',
      params: TitleParams,
      body: LanguagesBody,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await rememberLanguages(watcherOf(request), id, toSpokenWishes(request.body), now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Forget the languages of a title',
      operationId: 'forgetLanguages',
      params: TitleParams,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await forgetLanguages(watcherOf(request), id, now())
    return await reply.code(204).send(null)
  })
}

export default taste
