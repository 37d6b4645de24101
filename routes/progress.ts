// Progress without a stream slot, and marks.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { notFound } from '../src/errors.js'
import { groupBy } from '../src/domain/arrays.js'
import { toDomainError } from '../src/plugins/problems.js'
import { profileOf } from '../src/plugins/auth.js'
import { responses, Id, nullable, ProfileParams, ref, strict, Timestamp } from '../src/schemas/common.js'
import { BatchBody, Progress, ProgressBody, toProgress, toUndo, Undo } from '../src/schemas/watching.js'
import { itemsToMark, itemsToUnmark, markItems, type MarkScope } from '../src/watching/history/marks.js'
import { recordProgress, type ProgressReport } from '../src/watching/history/record.js'
import { findVisibleItem, findVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { findResumePosition } from '../src/watching/streams/resume-position.js'
import { dropIfWatched } from '../src/watching/lists/wishlist.js'
import { toProgressEvent, profileRef } from './playback.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { FastifyBaseLogger } from 'fastify'

const ItemParams = Type.Object({ profileId: Id, itemId: Id })
const WatchedParams = Type.Object({ profileId: Id, id: Id })
const SeasonQuery = strict({
  season: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: 'One season of the show' })),
})
const BATCH_BODY_BYTES = 512 * 1024

const BatchResult = Type.Object({
  status: Type.Integer({ description: '200 when it was taken in, else as a single report would have been answered' }),
  itemId: Id,
  progress: Type.Optional(nullable(ref(Progress), "The item's progress after the whole batch")),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
})

export interface ProgressRouteOptions {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
  readonly log: FastifyBaseLogger
  now(): Date
}

const progress: FastifyPluginAsyncTypebox<ProgressRouteOptions> = async (app, { catalogue, watching, now, log }) => {
  function reportOf (body: Static<typeof ProgressBody>): ProgressReport {
    return { ...toProgressEvent(body, now()), sitting: body.playId?.toLowerCase() ?? null }
  }

  app.get('/profiles/:profileId/progress/:itemId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Where was I: the exact place in a movie or episode',
      operationId: 'getProgress',
      params: ItemParams,
      response: responses({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { title, item } = findVisibleItem(catalogue, profileOf(request), request.params.itemId, now())
    const { state } = await findResumePosition(watching, profileRef(request), title.id, item.id)
    if (state === null) throw notFound('progress')
    return toProgress(state)
  })

  app.put('/profiles/:profileId/progress/:itemId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Report progress from a player without a stream slot',
      operationId: 'putProgress',
      params: ItemParams,
      body: ProgressBody,
      response: responses({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { title, item } = findVisibleItem(catalogue, profileOf(request), request.params.itemId, now())
    const state = await recordProgress(watching, profileRef(request), title, item, [reportOf(request.body)])
    if (state === null) throw notFound('progress')
    return toProgress(state)
  })

  app.post('/profiles/:profileId/progress/batch', {
    config: { access: 'profile' },
    bodyLimit: BATCH_BODY_BYTES,
    schema: {
      tags: ['watching'],
      summary: 'Report what was played offline',
      description: 'Up to 1,000 events in any order; repeated ones count once. Each event gets its own result.',
      operationId: 'putProgressBatch',
      params: ProfileParams,
      body: BatchBody,
      response: responses({ 200: Type.Object({ results: Type.Array(BatchResult) }) }),
    },
  }, async (request) => {
    const watcher = profileRef(request)
    const outcomes = new Map<string, Static<typeof BatchResult>>()
    for (const [itemId, events] of groupBy(request.body.events, (event) => event.itemId)) {
      try {
        const { title, item } = findVisibleItem(catalogue, profileOf(request), itemId, now())
        const state = await recordProgress(watching, watcher, title, item, events.map(reportOf))
        outcomes.set(itemId, { status: 200, itemId, progress: state === null ? null : toProgress(state) })
      } catch (error) {
        const problem = toDomainError(error)
        if (problem.status >= 500) log.error({ err: error }, 'a part of a batch failed')
        outcomes.set(itemId, { status: problem.status, itemId, code: problem.code, detail: problem.detail })
      }
    }
    return { results: request.body.events.map(({ itemId }) => outcomes.get(itemId) ?? { status: 500, itemId }) }
  })

  /** What is to be marked: a movie, an episode, a show, or with `season` one of its seasons. */
  function scopeOf (request: FastifyRequest): MarkScope {
    const { id } = request.params as { id: string }
    const { season = null } = request.query as { season?: number }
    if (season === null && catalogue.findItem(id) !== null) {
      return { ...findVisibleItem(catalogue, profileOf(request), id, now()), season }
    }
    const title = findVisibleTitle(catalogue, profileOf(request), id, now())
    if (season !== null && !title.items.some((item) => title.kind === 'show' && item.season === season)) {
      throw notFound('season')
    }
    return { title, item: null, season }
  }

  app.put('/profiles/:profileId/watched/:id', {
    config: { access: 'profile', idempotencyKey: true },
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['watching'],
      summary: 'Mark a movie, an episode, a season or a whole show as watched',
      description:
        'The id of a movie, an episode or a show; with `season`, that season of the show. Only what has aired is marked. It stays watched until an explicit call takes it back.',
      operationId: 'markWatched',
      params: WatchedParams,
      querystring: SeasonQuery,
      body: strict({ watchedAt: Type.Optional(Timestamp) }),
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const scope = scopeOf(request)
    const watchedAt = new Date(Math.min(now().getTime(), Date.parse(request.body.watchedAt ?? now().toISOString())))
    const undo = await markItems(
      watching,
      profileRef(request),
      scope.title,
      itemsToMark(watching, scope),
      true,
      watchedAt,
    )
    await dropIfWatched(profileRef(request), scope.title, { finished: true, isResumable: false })
    return toUndo(undo)
  })

  app.delete('/profiles/:profileId/watched/:id', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['watching'],
      summary: 'Mark a movie, an episode, a season or a whole show as not watched',
      operationId: 'unmarkWatched',
      params: WatchedParams,
      querystring: SeasonQuery,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const scope = scopeOf(request)
    return toUndo(await markItems(watching, profileRef(request), scope.title, itemsToUnmark(scope), false, now()))
  })
}

export default progress
