// Continue watching: its cards, the one button that goes on, and what viewers decide about titles in it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import type { MaturityScope } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { accountOf, profileOf } from '../src/plugins/auth.js'
import { Card, toCard } from '../src/schemas/catalogue.js'
import {
  responses,
  Id,
  Limit,
  listSchema,
  NoContent,
  nullable,
  ProfileParams,
  ref,
  strict,
  Timestamp,
} from '../src/schemas/common.js'
import { ContinueView, toContinueCard, toUndo, Undo } from '../src/schemas/watching.js'
import { findContinueCard, listContinueCards, listDismissed } from '../src/watching/lists/continue-watching.js'
import { undismissTitle, dropTitle, hideTitle } from '../src/watching/history/marks.js'
import { startRewatch, cancelRewatch } from '../src/watching/history/rewatch.js'
import { undo } from '../src/watching/history/undo.js'
import { findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { profileRef } from './playback.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })
export interface ContinueWatchingRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
  now(): Date
}

const continueWatching: FastifyPluginAsyncTypebox<ContinueWatchingRouteOptions> = async (app, deps) => {
  const { watching, catalogue, now, access } = deps

  async function seenBy (request: FastifyRequest): Promise<{ viewer: MaturityScope, planMaxHeight: number }> {
    const { limits } = await accountOf(access, request)
    return { viewer: profileOf(request), planMaxHeight: limits.maxHeight }
  }

  function titleIdOf (request: FastifyRequest): string {
    const { titleId } = request.params as { titleId: string }
    return findVisibleTitle(catalogue, profileOf(request), titleId, now()).id
  }

  app.get('/profiles/:profileId/continue-watching', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'One card a title, newest activity first: resume it, or its next episode',
      operationId: 'listContinueWatching',
      params: ProfileParams,
      querystring: strict({ limit: Limit }),
      response: responses({ 200: listSchema(ref(ContinueView)) }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const cards = await listContinueCards(watching, profileRef(request), {
      ...await seenBy(request),
      limit: request.query.limit,
    })
    return setContentLanguage(reply, localiser, {
      items: (cards ?? fail(notFound('profile'))).map((card) => toContinueCard(card, localiser)),
    })
  })

  app.get('/profiles/:profileId/continue-watching/hidden', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'What was hidden or dropped, to bring it back',
      operationId: 'listHidden',
      params: ProfileParams,
      response: responses({
        200: listSchema(
          Type.Object({ title: ref(Card), hiddenAt: nullable(Timestamp), droppedAt: nullable(Timestamp) }),
        ),
      }),
    },
  }, async (request, reply) => {
    const localiser = createRequestLocaliser(deps, request)
    const titles = await listDismissed(watching, profileRef(request), profileOf(request)) ?? fail(notFound('profile'))
    const items = titles.map(({ title, hiddenAt, droppedAt }) => ({
      title: toCard(title, undefined, localiser),
      hiddenAt: hiddenAt?.toISOString() ?? null,
      droppedAt: droppedAt?.toISOString() ?? null,
    }))
    return setContentLanguage(reply, localiser, { items })
  })

  app.get('/profiles/:profileId/continue', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'The continue button: the first card that can be played, ready for playback',
      operationId: 'getContinue',
      params: ProfileParams,
      response: responses({ 200: ref(ContinueView), 204: NoContent }),
    },
  }, async (request, reply) => {
    const card = await findContinueCard(watching, profileRef(request), await seenBy(request))
    if (card === null) return await reply.code(204).send(null)
    const localiser = createRequestLocaliser(deps, request)
    const told = toContinueCard(card, localiser)
    return await reply.code(200).send(setContentLanguage(reply, localiser, told))
  })

  app.delete('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['watching'],
      summary: 'Hide a title until it is played again; its progress is kept',
      operationId: 'hideFromContinueWatching',
      params: TitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await hideTitle(watching, profileRef(request), titleIdOf(request))))

  app.put('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Bring a hidden or dropped title back',
      operationId: 'restoreToContinueWatching',
      params: TitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await undismissTitle(watching, profileRef(request), titleIdOf(request))))

  app.put('/profiles/:profileId/dropped/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['watching'],
      summary: 'Give a title up: it stays away until it is brought back',
      description: 'Unlike a hidden title, a dropped one does not return when it is played or gets a new episode.',
      operationId: 'dropTitle',
      params: TitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await dropTitle(watching, profileRef(request), titleIdOf(request))))

  app.delete('/profiles/:profileId/dropped/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Take a dropped title up again',
      operationId: 'undropTitle',
      params: TitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => toUndo(await undismissTitle(watching, profileRef(request), titleIdOf(request))))

  app.put('/profiles/:profileId/rewatch/:titleId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['watching'],
      summary: 'Watch a title again from the beginning',
      description:
        'Opens a new pass; the history keeps the old one. It also happens by itself when the first episode, or the movie, of something finished is played again.',
      operationId: 'watchAgain',
      params: TitleParams,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const title = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    return toUndo(await startRewatch(watching, profileRef(request), title))
  })

  app.delete('/profiles/:profileId/rewatch/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Take back that a title is watched again',
      description:
        'The pass before goes on where it was; what was played in between stays in the history. Taking back a pass that was taken back already does nothing; the first one, or one that is not the running one, is a 409 `not-watching-again`.',
      operationId: 'stopWatchingAgain',
      params: TitleParams,
      querystring: strict({
        pass: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: 'The number of the pass, as its card tells it',
        }),
      }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await cancelRewatch(watching, profileRef(request), titleIdOf(request), request.query.pass)
    return await reply.code(204).send(null)
  })

  app.post('/profiles/:profileId/undo/:undoId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Undo an action: exactly what was there comes back',
      description: 'For 30 days, once: a second time does nothing. What was watched since the action stays.',
      operationId: 'undo',
      params: Type.Object({ profileId: Id, undoId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await undo(watching, profileRef(request), request.params.undoId)
    return await reply.code(204).send(null)
  })
}

export default continueWatching
