// The watch history of a profile.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toPlayProgress, type StoredPlay } from '../models/play.js'
import { watchedIn } from '../src/domain/progress.js'
import { fail, validationFailed, notFound } from '../src/errors.js'
import {
  responses,
  Cursor,
  Id,
  Limit,
  pageSchema,
  ProfileParams,
  ref,
  strict,
  Timestamp,
} from '../src/schemas/common.js'
import { HistoryGroup, HistoryItem, toHistoryGroup, toHistoryItem, toUndo, Undo } from '../src/schemas/watching.js'
import {
  clearHistory,
  finishedBy,
  listHistory,
  listHistoryByTitle,
  removePlay,
  removeTitleHistory,
  type HistoryCursor,
  type HistoryRequest,
} from '../src/watching/history/history.js'
import type { ProfileRef } from '../src/watching/watching.js'
import { profileRef } from './playback.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { CursorCodec } from '../src/security/cursors.js'

const HistoryQuery = strict({
  titleId: Type.Optional(Id),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  season: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: 'Of the show that titleId names' })),
  group: Type.Optional(Type.Enum(['title'], { description: '`title`: one item a title, with its newest play' })),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

function itemOf (play: StoredPlay) {
  return toHistoryItem(play, finishedBy(play), watchedIn(toPlayProgress(play)))
}

export interface HistoryRouteOptions {
  readonly watching: WatchingDeps
  readonly cursors: CursorCodec
}

const history: FastifyPluginAsyncTypebox<HistoryRouteOptions> = async (app, { watching, cursors }) => {
  app.get('/profiles/:profileId/history', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Every play, newest first, with the exact stop time',
      operationId: 'listHistory',
      params: ProfileParams,
      querystring: HistoryQuery,
      response: responses({ 200: pageSchema(Type.Union([ref(HistoryItem), ref(HistoryGroup)])) }),
    },
  }, async (request) => {
    const { titleId, season, from, to, group, limit, cursor } = request.query
    if (season !== undefined && titleId === undefined) {
      throw validationFailed([{ pointer: '/season', message: 'needs the titleId of its show' }])
    }
    const watcher = profileRef(request)
    const scope = ['history', watcher.profile, titleId ?? null, season ?? null, from ?? null, to ?? null, group ?? null]
    const wanted: HistoryRequest = {
      limit,
      after: cursors.decode<HistoryCursor>(cursor, scope),
      ...(titleId === undefined ? {} : { titleId }),
      ...(season === undefined ? {} : { season }),
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    }
    const { items, next } = group === 'title' ? await listGroups(watcher, wanted) : await listPlays(watcher, wanted)
    return { items, nextCursor: next === null ? null : cursors.encode(next, scope) }
  })

  async function listPlays (watcher: ProfileRef, wanted: HistoryRequest) {
    const { plays, next } = await listHistory(watching, watcher, wanted)
    return { items: plays.map(itemOf), next }
  }

  async function listGroups (watcher: ProfileRef, wanted: HistoryRequest) {
    const { groups, next } = await listHistoryByTitle(watching, watcher, wanted)
    return { items: groups.map((one) => toHistoryGroup(one, itemOf(one.last))), next }
  }

  app.delete('/profiles/:profileId/history', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['watching'],
      summary: "Clear the history: all of it, or one title's",
      operationId: 'clearHistory',
      params: ProfileParams,
      querystring: strict({ titleId: Type.Optional(Id) }),
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const { titleId } = request.query
    const watcher = profileRef(request)
    return toUndo(
      titleId === undefined
        ? await clearHistory(watching, watcher)
        : await removeTitleHistory(watching, watcher, titleId),
    )
  })

  app.delete(
    '/profiles/:profileId/history/:playId',
    {
      config: { access: 'profile', idempotencyKey: true },
      schema: {
        tags: ['watching'],
        summary: 'Remove one play',
        operationId: 'removePlay',
        params: Type.Object({ profileId: Id, playId: Id }),
        response: responses({ 200: ref(Undo) }),
      },
    },
    async (request) =>
      toUndo(await removePlay(watching, profileRef(request), request.params.playId) ?? fail(notFound('play'))),
  )
}

export default history
