// Continue watching, and the one button that goes on.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { notFound } from '../src/errors.js'
import { accountOf, profileOf } from '../src/plugins/auth.js'
import { answers, Id, Limit, listOf, NoContent, ProfileParams, ref, strict } from '../src/schemas/common.js'
import { ContinueView, toContinueCard } from '../src/schemas/watching.js'
import { listContinueCards, type ContinueCard } from '../src/watching/continue-watching.js'
import { hideTitle, unhideTitle } from '../src/watching/marks.js'
import { findVisibleTitle } from '../src/watching/visible-item.js'
import { watcherOf } from './playback.js'

const TitleParams = Type.Object({ profileId: Id, titleId: Id })
/** The button looks this far for a card that can be played now. */
const BUTTON_DEPTH = 50

const continueWatching: FastifyPluginAsyncTypebox = async (app) => {
  const { watching, catalogue, now } = app.services

  async function cardsFor (request: FastifyRequest, limit: number): Promise<ContinueCard[]> {
    const { limits } = await accountOf(app, request)
    const cards = await listContinueCards(watching, watcherOf(request), { viewer: profileOf(request), planMaxHeight: limits.maxHeight, limit })
    if (cards === null) throw notFound('profile')
    return cards
  }

  app.get('/profiles/:profileId/continue-watching', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'One card a title, newest activity first: resume it, or its next episode',
      operationId: 'listContinueWatching',
      params: ProfileParams,
      querystring: strict({ limit: Limit }),
      response: answers({ 200: listOf(ref(ContinueView)) }),
    },
  }, async (request) => ({ items: (await cardsFor(request, request.query.limit)).map(toContinueCard) }))

  app.get('/profiles/:profileId/continue', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'The continue button: the first card that can be played, ready for playback',
      operationId: 'getContinue',
      params: ProfileParams,
      response: answers({ 200: ref(ContinueView), 204: NoContent }),
    },
  }, async (request, reply) => {
    const card = (await cardsFor(request, BUTTON_DEPTH)).find((one) => one.waiting === null)
    return card === undefined ? await reply.code(204).send(null) : await reply.code(200).send(toContinueCard(card))
  })

  app.delete('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Hide a title until it is played again; its progress is kept',
      operationId: 'hideFromContinueWatching',
      params: TitleParams,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await hideTitle(watching, watcherOf(request), id)
    return await reply.code(204).send(null)
  })

  app.put('/profiles/:profileId/continue-watching/:titleId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Bring a hidden title back',
      operationId: 'restoreToContinueWatching',
      params: TitleParams,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { id } = findVisibleTitle(catalogue, profileOf(request), request.params.titleId, now())
    await unhideTitle(watcherOf(request), id)
    return await reply.code(204).send(null)
  })
}

export default continueWatching
