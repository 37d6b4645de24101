// What a profile thinks of titles, and the languages it chose for them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findProfileWatching } from '../models/account.js'
import { findTitlePreferences } from '../models/profile-title-preferences.js'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import { loadTitleStatesOfProfile } from '../src/watching/title-states.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { callerOf, profileOf } from '../src/plugins/auth.js'
import { TasteRating, toCard } from '../src/schemas/catalogue.js'
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
import {
  LanguagesBody,
  RatedTitleView,
  RatingBody,
  RememberedLanguages,
  toSpokenWishes,
} from '../src/schemas/ratings.js'
import { clearLanguages, storedLanguages, saveLanguages } from '../src/watching/streams/languages.js'
import { listRatings, rateTitle, unrateTitle, type RatingsCursor } from '../src/watching/lists/ratings.js'
import { findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { profileRef } from './playback.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })

export interface RatingsRouteOptions extends ContentLanguageDeps {
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const taste: FastifyPluginAsyncTypebox<RatingsRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now } = deps

  app.get('/profiles/:profileId/ratings', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'What this profile rated, newest first',
      operationId: 'listRatings',
      params: ProfileParams,
      querystring: strict({ rating: Type.Optional(TasteRating), limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: pageSchema(ref(RatedTitleView)) }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const { rating = null, limit, cursor } = request.query
    const viewer = profileOf(request)
    const scope = ['ratings', viewer.id, rating]
    const moment = now()
    const { ratings, next } = await listRatings(profileRef(request), {
      rating,
      after: cursors.decode<RatingsCursor>(cursor, scope),
      limit,
      findVisible: (id) => {
        const title = catalogue.findTitle(id)
        return title !== null && canSee(viewer, title, moment) ? title : null
      },
    })
    const profile = await findProfileWatching(callerOf(request).accountId, viewer.id) ?? fail(notFound('profile'))
    const states = await loadTitleStatesOfProfile(profile, ratings.map(({ title }) => title.id))
    return setContentLanguage(reply, localiser, {
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
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await rateTitle(profileRef(request), id, request.body.rating, now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/ratings/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Take a rating back',
      operationId: 'unrateTitle',
      params: TitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await unrateTitle(profileRef(request), id, now())
    return await reply.code(204).send(null)
  })

  app.get('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'The languages that are remembered for a title',
      operationId: 'getLanguages',
      params: TitleParams,
      response: responses({ 200: ref(RememberedLanguages) }),
    },
  }, async (request) => {
    const viewer = profileOf(request)
    const { id } = findVisibleTitle(catalogue, viewer, request.params.titleId, now())
    return storedLanguages(await findTitlePreferences(viewer.id, id))
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
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await saveLanguages(profileRef(request), id, toSpokenWishes(request.body), now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['taste'],
      summary: 'Forget the languages of a title',
      operationId: 'forgetLanguages',
      params: TitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await clearLanguages(profileRef(request), id, now())
    return await reply.code(204).send(null)
  })
}

export default taste
