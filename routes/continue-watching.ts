// Continue watching: the cards, the continue button, and hidden, dropped and rewatched titles.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import { requireVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { fail, notFound } from '../src/errors.js'
import {
  createRequestLocaliser,
  sendLocalisedJson,
  setContentLanguage,
  type ContentLanguageDeps,
} from '../src/http/content-language.js'
import { profileOf, profileRef, viewingLimitsOf } from '../src/plugins/caller.js'
import { Id, Limit, listSchema, NoContent, ref, responses, strict } from '../src/schemas/common.js'
import { ContinueCard, DismissedTitle } from '../src/schemas/continue-watching.js'
import { Undo } from '../src/schemas/history.js'
import { ProfileParams, ProfileTitleParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { toContinueCard, toDismissedTitle, writeContinueCard } from '../src/views/continue-watching.js'
import type { CardTexts } from '../src/views/card-texts.js'
import { toUndo } from '../src/views/history.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { cancelRewatch, startRewatch } from '../src/watching/history/rewatch.js'
import { undoAction } from '../src/watching/history/undo.js'
import { findContinueCard, listContinueCards } from '../src/watching/lists/continue-watching.js'
import { dropTitle, hideTitle, listDismissed, undismissTitle } from '../src/watching/lists/dismissals.js'

const RewatchQuery = strict({
  pass: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    description: 'Run to cancel: `pass` of the continue-watching card',
  }),
})

export interface ContinueWatchingRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cardTexts: CardTexts
  readonly watching: WatchingDeps
  now(): Date
}

const continueWatching: FastifyPluginAsyncTypebox<ContinueWatchingRouteOptions> = async (app, deps) => {
  const { access, catalogue, watching, now } = deps

  function requireTitle (request: FastifyRequest): CatalogueTitle {
    const { titleId } = request.params as { titleId: string }
    return requireVisibleTitle(catalogue, profileOf(request), titleId, now())
  }

  app.get('/profiles/:profileId/continue-watching', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'List continue watching, most recent activity first',
      description: 'One card per title: the item to resume, or the next episode.',
      operationId: 'listContinueWatching',
      params: ProfileParams,
      querystring: strict({ limit: Limit }),
      response: responses({ 200: withHeaders(listSchema(ref(ContinueCard)), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const cardRequest = { ...await viewingLimitsOf(access, request), limit: request.query.limit }
    const cards = await listContinueCards(watching, profileRef(request), cardRequest) ?? fail(notFound('profile'))
    const items = cards.map((card) => writeContinueCard(deps.cardTexts, card, localiser))
    return sendLocalisedJson(reply, localiser, `{"items":[${items.join()}]}`)
  })

  app.get('/profiles/:profileId/continue-watching/hidden', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'List hidden and dropped titles',
      description: 'Hidden titles return to continue watching when they are played; dropped titles do not.',
      operationId: 'listHidden',
      params: ProfileParams,
      response: responses({ 200: withHeaders(listSchema(DismissedTitle), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const titles = await listDismissed(watching, profileRef(request), profileOf(request)) ?? fail(notFound('profile'))
    const isPlayable = createPlayableCheck(catalogue, (await viewingLimitsOf(access, request)).planMaxHeight)
    const items = titles.map((dismissed) => toDismissedTitle(dismissed, isPlayable(dismissed.title), localiser))
    return setContentLanguage(reply, localiser, { items })
  })

  app.get('/profiles/:profileId/continue', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'Get the continue button: the first card that can be played',
      description: '204 if there is nothing to continue. Cards that wait, for example for an air date, are skipped.',
      operationId: 'getContinue',
      params: ProfileParams,
      response: responses({ 200: withHeaders(ref(ContinueCard), 'Content-Language'), 204: NoContent }),
    },
  }, async (request, reply) => {
    const card = await findContinueCard(watching, profileRef(request), await viewingLimitsOf(access, request))
    if (card === null) return await reply.code(204).send(null)
    const localiser = createRequestLocaliser(deps, request)
    const body = toContinueCard(card, localiser)
    return await reply.code(200).send(setContentLanguage(reply, localiser, body))
  })

  app.delete('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['Continue watching'],
      summary: 'Hide a title until it is played again',
      description: 'Its progress is preserved.',
      operationId: 'hideFromContinueWatching',
      params: ProfileTitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await hideTitle(watching, profileRef(request), requireTitle(request).id)))

  app.put('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'Restore a hidden or dropped title',
      description: 'The title returns to its place in continue watching. The response has an undo.',
      operationId: 'restoreToContinueWatching',
      params: ProfileTitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await undismissTitle(watching, profileRef(request), requireTitle(request).id)))

  app.put('/profiles/:profileId/dropped/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['Continue watching'],
      summary: 'Drop a title',
      description:
        'Unlike a hidden title, a dropped one stays out of the list when it is played or gets a new episode.',
      operationId: 'dropTitle',
      params: ProfileTitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await dropTitle(watching, profileRef(request), requireTitle(request).id)))

  app.delete('/profiles/:profileId/dropped/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'Restore a dropped title',
      description: 'The title can appear in continue watching again. The response has an undo.',
      operationId: 'undropTitle',
      params: ProfileTitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await undismissTitle(watching, profileRef(request), requireTitle(request).id)))

  app.put('/profiles/:profileId/rewatch/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['Continue watching'],
      summary: 'Watch a title again from the start',
      description:
        'Starts a new run; the history preserves the previous one. Playing the first episode, or the movie, of a ' +
        'finished title starts a new run too.',
      operationId: 'watchAgain',
      params: ProfileTitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await startRewatch(watching, profileRef(request), requireTitle(request))))

  app.delete('/profiles/:profileId/rewatch/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'Cancel watching a title again',
      description:
        'Returns to the previous run; what was played since stays in the history. Cancelling a cancelled run again ' +
        'does nothing. The first run, or a run that is not the current one, is a 409 `not-watching-again`.',
      operationId: 'stopWatchingAgain',
      params: ProfileTitleParams,
      querystring: RewatchQuery,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await cancelRewatch(watching, profileRef(request), requireTitle(request).id, request.query.pass)
    return await reply.code(204).send(null)
  })

  app.post('/profiles/:profileId/undo/:undoId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Continue watching'],
      summary: 'Undo an action',
      description:
        'Restores the state before the action exactly, within 30 days. What was watched since stays. Actions can be ' +
        'undone in any order: what a later action replaced or removed is restored by undoing both. Undoing again ' +
        'does nothing.',
      operationId: 'undo',
      params: Type.Object({ profileId: Id, undoId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await undoAction(watching, profileRef(request), request.params.undoId)
    return await reply.code(204).send(null)
  })
}

export default continueWatching
