// Progress without a stream slot, and marks.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import type { CatalogueItem, CatalogueTitle } from '../src/catalogue/snapshot.js'
import { notFound } from '../src/errors.js'
import { groupBy } from '../src/group-by.js'
import { toDomainError } from '../src/plugins/problems.js'
import { profileOf } from '../src/plugins/auth.js'
import { answers, Id, NoContent, nullable, ProfileParams, ref, strict, Timestamp } from '../src/schemas/common.js'
import { BatchBody, Progress, ProgressBody, toProgress } from '../src/schemas/watching.js'
import { itemsToMark, markItems } from '../src/watching/marks.js'
import { recordProgress, type ProgressReport } from '../src/watching/record.js'
import { findVisibleItem, findVisibleTitle } from '../src/watching/visible-item.js'
import { findWhereabouts } from '../src/watching/where.js'
import { dropIfWatched } from '../src/watching/wishlist.js'
import { eventOf, watcherOf } from './playback.js'

const ItemParams = Type.Object({ profileId: Id, itemId: Id })
const WatchedParams = Type.Object({ profileId: Id, id: Id })
const BATCH_BODY_BYTES = 512 * 1024

const BatchResult = Type.Object({
  status: Type.Integer({ description: '200 when it was taken in, else as a single report would have been answered' }),
  itemId: Id,
  progress: Type.Optional(nullable(ref(Progress), 'The item\'s progress after the whole batch')),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
})

const progress: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, watching, now, log } = app.services

  function reportOf (body: Static<typeof ProgressBody>): ProgressReport {
    return { ...eventOf(body, now()), sitting: body.playId?.toLowerCase() ?? null }
  }

  app.get('/profiles/:profileId/progress/:itemId', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Where was I: the exact place in a movie or episode',
      operationId: 'getProgress',
      params: ItemParams,
      response: answers({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { item } = findVisibleItem(catalogue, profileOf(request), request.params.itemId, now())
    const { state } = await findWhereabouts(watcherOf(request), item.id)
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
      response: answers({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { title, item } = findVisibleItem(catalogue, profileOf(request), request.params.itemId, now())
    const state = await recordProgress(watching, watcherOf(request), title, item, [reportOf(request.body)])
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
      response: answers({ 200: Type.Object({ results: Type.Array(BatchResult) }) }),
    },
  }, async (request) => {
    const watcher = watcherOf(request)
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

  /** The title, and the item when the id is an episode's or a movie's. */
  function findMarkable (request: Parameters<typeof profileOf>[0], id: string): { title: CatalogueTitle, item: CatalogueItem | null } {
    if (catalogue.findItem(id) !== null) return findVisibleItem(catalogue, profileOf(request), id, now())
    return { title: findVisibleTitle(catalogue, profileOf(request), id, now()), item: null }
  }

  app.put('/profiles/:profileId/watched/:id', {
    config: { access: 'profile' },
    preValidation: async (request) => { request.body ??= {} },
    schema: {
      tags: ['watching'],
      summary: 'Mark a movie, an episode or a whole show as watched',
      operationId: 'markWatched',
      params: WatchedParams,
      body: strict({ watchedAt: Type.Optional(Timestamp) }),
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { title, item } = findMarkable(request, request.params.id)
    const watchedAt = new Date(Math.min(now().getTime(), Date.parse(request.body.watchedAt ?? now().toISOString())))
    await markItems(watching, watcherOf(request), title, itemsToMark(watching, title, item), true, watchedAt)
    await dropIfWatched(watcherOf(request), title, { finished: true, isResumable: false })
    return await reply.code(204).send(null)
  })

  app.delete('/profiles/:profileId/watched/:id', {
    config: { access: 'profile' },
    schema: {
      tags: ['watching'],
      summary: 'Mark a movie, an episode or a whole show as not watched',
      operationId: 'unmarkWatched',
      params: WatchedParams,
      response: answers({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const { title, item } = findMarkable(request, request.params.id)
    await markItems(watching, watcherOf(request), title, item === null ? title.items : [item], false, now())
    return await reply.code(204).send(null)
  })
}

export default progress
