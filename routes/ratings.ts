// Ratings of titles by a profile, and the languages that it chose for them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { findTitlePreferences } from '../models/profile-title-preferences.js'
import type { AccountAccess } from '../src/accounts/access.js'
import { findVisibleTitle, requireVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { fail, notFound } from '../src/errors.js'
import { createRequestLocaliser, setContentLanguage, type ContentLanguageDeps } from '../src/http/content-language.js'
import { profileOf, profileRef, viewingLimitsOf } from '../src/plugins/caller.js'
import { Cursor, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { LanguagesBody, RememberedLanguages } from '../src/schemas/languages.js'
import { ProfileParams, ProfileTitleParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { RatedTitle, RatingBody, TitleRating } from '../src/schemas/titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toRatedTitle } from '../src/views/cards.js'
import { listRatings, rateTitle, unrateTitle, type RatingsCursor } from '../src/watching/lists/ratings.js'
import { requestedLanguages } from '../src/watching/requests.js'
import { clearLanguages, saveLanguages, storedLanguages } from '../src/watching/streams/languages.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStatesOfProfile } from '../src/watching/title-states.js'

const RatingsQuery = strict({ rating: Type.Optional(TitleRating), limit: Limit, cursor: Type.Optional(Cursor) })

export interface RatingsRouteOptions extends ContentLanguageDeps {
  readonly states: ProfileStates
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const ratings: FastifyPluginAsyncTypebox<RatingsRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now } = deps

  /** The ID of the title in the path, if the profile can see it. */
  function requireTitleId (request: FastifyRequest): string {
    const { titleId } = request.params as { titleId: string }
    return requireVisibleTitle(catalogue, profileOf(request), titleId, now()).id
  }

  app.get('/profiles/:profileId/ratings', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'List the ratings of the profile, newest first',
      description: '`rating` filters by one of `down`, `up` and `love`.',
      operationId: 'listRatings',
      params: ProfileParams,
      querystring: RatingsQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(RatedTitle)), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { rating = null, limit, cursor } = request.query
    const localiser = createRequestLocaliser(deps, request)
    const { id: profileId } = profileOf(request)
    const scope = ['ratings', profileId, rating]
    const at = now()
    const page = await listRatings(profileRef(request), {
      rating,
      after: cursors.decode<RatingsCursor>(cursor, scope),
      limit,
      findVisible: (titleId) => findVisibleTitle(catalogue, profileOf(request), titleId, at),
    })
    const owner = profileRef(request)
    const profile = await deps.states.findProfile(owner) ?? fail(notFound('profile'))
    const leases = await deps.states.findLeases(owner.account)
    const titleIds = page.ratings.map(({ title }) => title.id)
    const states = await loadTitleStatesOfProfile(deps.states, profile, titleIds, leases)
    const isPlayable = createPlayableCheck(catalogue, (await viewingLimitsOf(deps.access, request)).planMaxHeight)
    const items = page.ratings.map((rated) =>
      toRatedTitle(rated, isPlayable(rated.title), states(rated.title.id), localiser)
    )
    return setContentLanguage(reply, localiser, { items, nextCursor: cursors.encodeNext(page.next, scope) })
  })

  app.put('/profiles/:profileId/ratings/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'Rate a movie or show',
      description: 'Replaces an earlier rating. Ratings change the recommendations of the home page.',
      operationId: 'rateTitle',
      params: ProfileTitleParams,
      body: RatingBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await rateTitle(profileRef(request), requireTitleId(request), request.body.rating, now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/ratings/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'Remove the rating of a title',
      description: 'Succeeds also if the title has no rating.',
      operationId: 'unrateTitle',
      params: ProfileTitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await unrateTitle(profileRef(request), requireTitleId(request), now())
    return await reply.code(204).send(null)
  })

  app.get('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'Get the stored languages of a title',
      description: 'The audio and subtitles that the viewer chose for this title; playback starts with them.',
      operationId: 'getLanguages',
      params: ProfileTitleParams,
      response: responses({ 200: ref(RememberedLanguages) }),
    },
  }, async (request) => {
    return storedLanguages(await findTitlePreferences(profileOf(request).id, requireTitleId(request)))
  })

  app.put('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'Store the languages of a title',
      description:
        'Every later playback of the title starts with them, for all episodes and on all devices. Omitted fields do ' +
        'not change.',
      operationId: 'setLanguages',
      params: ProfileTitleParams,
      body: LanguagesBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await saveLanguages(profileRef(request), requireTitleId(request), requestedLanguages(request.body), now())
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/languages/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Ratings and languages'],
      summary: 'Delete the stored languages of a title',
      description: 'Playback then starts with the languages of the profile.',
      operationId: 'forgetLanguages',
      params: ProfileTitleParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await clearLanguages(profileRef(request), requireTitleId(request), now())
    return await reply.code(204).send(null)
  })
}

export default ratings
