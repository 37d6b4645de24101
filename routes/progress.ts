// Progress from players without a stream, and watched marks.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireVisibleItem, requireVisibleTitle } from '../src/catalogue/queries/find-visible.js'
import { itemDurationMs, type Catalogue } from '../src/catalogue/store/catalogue.js'
import { groupBy } from '../src/domain/arrays.js'
import { clampToNow } from '../src/domain/progress.js'
import { notFound } from '../src/errors.js'
import { buildValidator, toFieldError } from '../src/http/validator.js'
import { profileOf, profileRef } from '../src/plugins/caller.js'
import { toDomainError } from '../src/plugins/problems.js'
import { describe, Id, optionalBody, ref, responses, strict, Timestamp } from '../src/schemas/common.js'
import { Undo } from '../src/schemas/history.js'
import { ProfileParams } from '../src/schemas/params.js'
import {
  BatchBody,
  BatchEvent,
  BatchResult,
  MAX_BATCH_EVENTS,
  Progress,
  ProgressBody,
} from '../src/schemas/progress.js'
import { toProgress, toUndo, toUnplayedProgress } from '../src/views/history.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { recordProgress, recordTitleProgress, type ProgressReport } from '../src/watching/history/record-progress.js'
import { itemsToMark, itemsToUnmark, markItems, type MarkScope } from '../src/watching/history/watched-marks.js'
import { removeIfWatched } from '../src/watching/lists/wishlist.js'
import { toProgressEvent } from '../src/watching/requests.js'
import { findResumePosition } from '../src/watching/streams/resume-position.js'

const ItemParams = Type.Object({ profileId: Id, itemId: Id })
const WatchedParams = Type.Object({ profileId: Id, id: describe(Id, 'ID of a movie, an episode or a show') })
const SeasonQuery = strict({
  season: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: 'Only this season of the show' })),
})
const MAX_BATCH_BODY_BYTES = 512 * 1024
const ID = /^[0-9a-f]{24}$/u

type ValidatedEvent = { readonly event: BatchEvent } | { readonly rejected: BatchResult }

const validateEvent = buildValidator({})({ schema: BatchEvent, httpPart: 'body' })

/**
 * Validates each event of a batch on its own.
 * @throws the validation error of the request, when the batch itself is invalid
 */
function validateEvents ({ body, validationError }: FastifyRequest): ValidatedEvent[] {
  const { events } = (body ?? {}) as { events?: unknown }
  const isBatch = Array.isArray(events) && events.length > 0 && events.length <= MAX_BATCH_EVENTS &&
    Object.keys(body as object).length === 1
  if (validationError !== undefined && !isBatch) throw validationError
  return (events as BatchEvent[]).map((event, i) => {
    if (validationError === undefined || validateEvent(event) === true) return { event }
    const errors = (validateEvent.errors ?? []).map((error) => toFieldError(error, `/events/${i}`))
    const { itemId } = typeof event === 'object' && event !== null ? event : { itemId: null }
    return {
      rejected: {
        status: 400,
        ...(typeof itemId === 'string' && ID.test(itemId) ? { itemId } : {}),
        code: 'validation-failed',
        detail: 'The event does not match the API description.',
        errors,
      },
    }
  })
}

export interface ProgressRouteOptions {
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
  readonly log: FastifyBaseLogger
  now(): Date
}

const progress: FastifyPluginAsyncTypebox<ProgressRouteOptions> = async (app, { catalogue, watching, log, now }) => {
  app.get('/profiles/:profileId/progress/:itemId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Progress'],
      summary: 'Get the exact progress in a movie or an episode',
      description: 'The position in ms, of the newest play or of the live stream. 404 for an item that was never ' +
        'played.',
      operationId: 'getProgress',
      params: ItemParams,
      response: responses({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { title, item } = requireVisibleItem(catalogue, profileOf(request), request.params.itemId, now())
    const { state } = await findResumePosition(watching, profileRef(request), title.id, item.id)
    if (state === null) throw notFound('progress')
    return toProgress(state)
  })

  app.put('/profiles/:profileId/progress/:itemId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Progress'],
      summary: 'Report progress without a stream',
      description:
        'For clients that play without a stream, such as downloads. The position is in the history at once. ' +
        'Events may arrive in any order: the newest `at` wins. At position 0 of an item without progress, the ' +
        'response has zeros, and `getProgress` remains 404.',
      operationId: 'putProgress',
      params: ItemParams,
      body: ProgressBody,
      response: responses({ 200: ref(Progress) }),
    },
  }, async (request) => {
    const { params: { itemId }, body } = request
    const state = await record(request, itemId, [body])
    if (state !== null) return toProgress(state)
    // A player reports its start: the item has no progress yet.
    const item = catalogue.findItem(itemId)
    if (item === null || body.positionMs > 0 || (body.watchedMs ?? 0) > 0) throw notFound('progress')
    return toUnplayedProgress(itemDurationMs(catalogue, item), clampToNow(new Date(body.at), now()))
  })

  app.post('/profiles/:profileId/progress/batch', {
    config: { access: 'profile' },
    bodyLimit: MAX_BATCH_BODY_BYTES,
    // Each event is validated on its own.
    attachValidation: true,
    schema: {
      tags: ['Progress'],
      summary: 'Report progress of offline playback',
      description:
        'Up to 1,000 events in any order; a repeated event counts once. Each event gets a result: an invalid one is ' +
        'rejected with status 400 and its `errors`, and the others are recorded.',
      operationId: 'putProgressBatch',
      params: ProfileParams,
      body: BatchBody,
      response: responses({
        200: Type.Object({
          results: Type.Array(BatchResult, { description: 'Results in the order of the events' }),
        }, { description: 'The result of each event' }),
      }),
    },
  }, async (request) => {
    const events = validateEvents(request)
    const results = new Map<string, BatchResult>()
    const valid = events.filter((event) => 'event' in event).map(({ event }) => event)
    for (const ofTitle of groupBy(valid, ({ itemId }) => catalogue.findItem(itemId)?.titleId ?? itemId).values()) {
      await recordBatch(request, groupBy(ofTitle, ({ itemId }) => itemId), results)
    }
    return {
      results: events.map((one) =>
        'rejected' in one ? one.rejected : results.get(one.event.itemId) ?? { status: 500, itemId: one.event.itemId }
      ),
    }
  })

  async function record (request: FastifyRequest, itemId: string, events: readonly ProgressBody[]) {
    const { title, item } = requireVisibleItem(catalogue, profileOf(request), itemId, now())
    return await recordProgress(watching, profileRef(request), title, item, events.map(toReport))
  }

  function toReport (event: ProgressBody): ProgressReport {
    const playId = event.playId?.toLowerCase() ?? null
    return { ...toProgressEvent(event, playId, now()), playKey: null, playId }
  }

  /**
   * Records the events of one title, by item. A failure does not fail the batch.
   * @throws if the database is unavailable
   */
  async function recordBatch (
    request: FastifyRequest,
    byItem: ReadonlyMap<string, readonly BatchEvent[]>,
    results: Map<string, BatchResult>,
  ): Promise<void> {
    try {
      const items = [...byItem].map(([itemId, events]) => ({
        ...requireVisibleItem(catalogue, profileOf(request), itemId, now()),
        reports: events.map(toReport),
      }))
      const [first] = items
      if (first === undefined) return
      const states = await recordTitleProgress(watching, profileRef(request), first.title, items)
      for (const { item: { id } } of items) {
        const state = states.get(id)
        results.set(id, { status: 200, itemId: id, progress: state === undefined ? null : toProgress(state) })
      }
    } catch (error) {
      const { status, code, detail } = toDomainError(error)
      // The other titles would wait for the database in turn. Repeated events count once, so the batch can be repeated.
      if (code === 'database-unavailable') throw error
      if (status >= 500) log.error({ err: error }, 'recording a part of a progress batch failed')
      for (const itemId of byItem.keys()) results.set(itemId, { status, itemId, code, detail })
    }
  }

  app.put('/profiles/:profileId/watched/:id', {
    config: { access: 'profile', idempotencyKey: true },
    preValidation: async (request) => {
      request.body ??= {}
    },
    schema: {
      tags: ['Progress'],
      summary: 'Mark a movie, an episode, a season or a show as watched',
      description:
        'The ID of a movie, an episode or a show; with `season`, that season of the show. Marks only episodes that ' +
        'have aired. The mark stays until it is removed.',
      operationId: 'markWatched',
      params: WatchedParams,
      querystring: SeasonQuery,
      body: optionalBody(
        strict({ watchedAt: Type.Optional(describe(Timestamp, 'When it was watched; now by default')) }),
      ),
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const owner = profileRef(request)
    const scope = markScopeOf(request)
    const at = now()
    const watchedAt = new Date(Math.min(at.getTime(), Date.parse(request.body.watchedAt ?? at.toISOString())))
    const undo = await markItems(watching, owner, scope.title, itemsToMark(watching, scope), true, watchedAt)
    await removeIfWatched(owner, scope.title, { finished: true, isResumable: false })
    return toUndo(undo)
  })

  app.delete('/profiles/:profileId/watched/:id', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['Progress'],
      summary: 'Mark a movie, an episode, a season or a show as not watched',
      description: 'Removes marks and the finished state; the plays stay in the history. The response has an undo.',
      operationId: 'unmarkWatched',
      params: WatchedParams,
      querystring: SeasonQuery,
      response: responses({ 200: ref(Undo) }),
    },
  }, async (request) => {
    const scope = markScopeOf(request)
    return toUndo(await markItems(watching, profileRef(request), scope.title, itemsToUnmark(scope), false, now()))
  })

  function markScopeOf (request: FastifyRequest): MarkScope {
    const { id } = request.params as { id: string }
    const { season = null } = request.query as { season?: number }
    if (season === null && catalogue.findItem(id) !== null) {
      return { ...requireVisibleItem(catalogue, profileOf(request), id, now()), season }
    }
    const title = requireVisibleTitle(catalogue, profileOf(request), id, now())
    if (season !== null && !title.items.some((item) => title.kind === 'show' && item.season === season)) {
      throw notFound('season')
    }
    return { title, item: null, season }
  }
}

export default progress
