// The watch history of a profile.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { fail, notFound, validationFailed } from '../src/errors.js'
import { profileOf, profileRef } from '../src/plugins/caller.js'
import {
  Cursor,
  describe,
  Id,
  Limit,
  pageSchema,
  ref,
  responses,
  strict,
  Timestamp,
} from '../src/schemas/common.js'
import { HistoryGroup, HistoryItem, Undo } from '../src/schemas/history.js'
import { ProfileParams } from '../src/schemas/params.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toHistoryGroup, toHistoryItem, toUndo, type FindTitle } from '../src/views/history.js'
import type { ProfileRef, WatchingDeps } from '../src/watching/deps.js'
import {
  listHistory,
  listHistoryByTitle,
  type HistoryCursor,
  type HistoryRequest,
} from '../src/watching/history/list-history.js'
import { clearHistory, removePlay, removeTitleHistory } from '../src/watching/history/remove-history.js'

const HistoryQuery = strict({
  titleId: Type.Optional(describe(Id, 'Only plays of this title')),
  from: Type.Optional(describe(Timestamp, 'Only plays from this time, inclusive')),
  to: Type.Optional(describe(Timestamp, 'Only plays before this time, exclusive')),
  season: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, description: 'Only this season of the show in titleId' }),
  ),
  group: Type.Optional(Type.Enum(['title'], { description: 'title: one entry per title, with its newest play' })),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

const HistoryEntry = Type.Union([ref(HistoryItem), ref(HistoryGroup)], {
  title: 'HistoryEntry',
  description: 'A play; a title with its plays if they are grouped',
})

export interface HistoryRouteOptions {
  readonly watching: WatchingDeps
  readonly cursors: CursorCodec
}

const history: FastifyPluginAsyncTypebox<HistoryRouteOptions> = async (app, { watching, cursors }) => {
  app.get('/profiles/:profileId/history', {
    config: { access: 'profile' },
    schema: {
      tags: ['History'],
      summary: 'List all plays, newest first',
      description: 'Each row is a play with its exact position in ms; `group=title` returns one row per title.',
      operationId: 'listHistory',
      params: ProfileParams,
      querystring: HistoryQuery,
      response: responses({ 200: pageSchema(HistoryEntry) }),
    },
  }, async (request) => {
    const { titleId, season, from, to, group, cursor } = request.query
    if (season !== undefined && titleId === undefined) {
      throw validationFailed([{ pointer: '/season', message: 'requires titleId' }])
    }
    const owner = profileRef(request)
    const scope = ['history', owner.profile, titleId ?? null, season ?? null, from ?? null, to ?? null, group ?? null]
    const historyRequest = toHistoryRequest(request.query, cursors.decode<HistoryCursor>(cursor, scope))
    const { catalogue, now } = watching
    const findTitle: FindTitle = (id) => findVisibleTitle(catalogue, profileOf(request), id, now())
    const { items, next } = group === 'title'
      ? await loadGroups(owner, historyRequest, findTitle)
      : await loadPlays(owner, historyRequest, findTitle)
    return { items, nextCursor: cursors.encodeNext(next, scope) }
  })

  async function loadPlays (owner: ProfileRef, request: HistoryRequest, findTitle: FindTitle) {
    const { plays, next } = await listHistory(watching, owner, request)
    return { items: plays.map((play) => toHistoryItem(play, findTitle)), next }
  }

  async function loadGroups (owner: ProfileRef, request: HistoryRequest, findTitle: FindTitle) {
    const { groups, next } = await listHistoryByTitle(watching, owner, request)
    return { items: groups.map((one) => toHistoryGroup(one, findTitle)), next }
  }

  app.delete('/profiles/:profileId/history', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['History'],
      summary: 'Clear the history, or that of one title',
      description:
        'Deletes the plays of all titles, or of `titleId`, and their progress. A stream that continues is a new play ' +
        'from then on. Can be undone for 30 days.',
      operationId: 'clearHistory',
      params: ProfileParams,
      querystring: strict({ titleId: Type.Optional(describe(Id, 'Clears only the history of this title')) }),
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const { titleId } = request.query
    const owner = profileRef(request)
    const undo = titleId === undefined
      ? await clearHistory(watching, owner)
      : await removeTitleHistory(watching, owner, titleId)
    return toUndo(undo)
  })

  app.delete('/profiles/:profileId/history/:playId', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['History'],
      summary: 'Remove a play',
      description:
        'Progress and continue watching then follow from the remaining plays. Later events of the play are a new ' +
        'play; those from before the removal are ignored. Can be undone for 30 days.',
      operationId: 'removePlay',
      params: Type.Object({ profileId: Id, playId: Id }),
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const undo = await removePlay(watching, profileRef(request), request.params.playId)
    return toUndo(undo ?? fail(notFound('play')))
  })
}

function toHistoryRequest (
  { titleId, season, from, to, limit }: Static<typeof HistoryQuery>,
  after: HistoryCursor | null,
): HistoryRequest {
  return {
    limit,
    after,
    ...(titleId === undefined ? {} : { titleId }),
    ...(season === undefined ? {} : { season }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  }
}

export default history
