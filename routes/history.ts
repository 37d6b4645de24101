// The watch history of a profile.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { playFactsOf } from '../models/play.js'
import { watchedIn } from '../src/domain/progress.js'
import { notFound } from '../src/errors.js'
import { answers, Cursor, Id, Limit, NoContent, pageOf, ProfileParams, ref, strict, Timestamp } from '../src/schemas/common.js'
import { HistoryItem, toHistoryItem } from '../src/schemas/watching.js'
import { clearHistory, finishedBy, listHistory, removePlay, removeTitleHistory, type HistoryPosition } from '../src/watching/history.js'
import { watcherOf } from './playback.js'

const HistoryQuery = strict({
  titleId: Type.Optional(Id),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

const history: FastifyPluginAsyncTypebox = async (app) => {
  const { watching, cursors } = app.services

  app.get('/profiles/:profileId/history', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Every play, newest first, with the exact stop time',
      operationId: 'listHistory',
      params: ProfileParams,
      querystring: HistoryQuery,
      response: answers({ 200: pageOf(ref(HistoryItem)) }),
    },
  }, async (request) => {
    const { titleId, from, to, limit, cursor } = request.query
    const watcher = watcherOf(request)
    const scope = ['history', watcher.profile, titleId ?? null, from ?? null, to ?? null]
    const page = await listHistory(watching, watcher, {
      limit,
      after: cursor === undefined ? null : cursors.decode(cursor, scope) as HistoryPosition,
      ...(titleId === undefined ? {} : { titleId }),
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    })
    return {
      items: page.plays.map((play) => toHistoryItem(play, finishedBy(play), watchedIn(playFactsOf(play)))),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    }
  })

  app.delete('/profiles/:profileId/history', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Clear the history: all of it, or one title\'s',
      operationId: 'clearHistory',
      params: ProfileParams,
      querystring: strict({ titleId: Type.Optional(Id) }),
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { titleId } = request.query
    if (titleId === undefined) await clearHistory(watching, watcherOf(request))
    else await removeTitleHistory(watching, watcherOf(request), titleId)
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/history/:playId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Remove one play',
      operationId: 'removePlay',
      params: Type.Object({ profileId: Id, playId: Id }),
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    if (!await removePlay(watching, watcherOf(request), request.params.playId)) throw notFound('play')
    return await reply.code(204).send(null)
  })
}

export default history
