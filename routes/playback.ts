// Playback of a movie or an episode: start, heartbeat and stop.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import { requireVisibleItem } from '../src/catalogue/queries/find-visible.js'
import type { Localiser } from '../src/catalogue/queries/localise.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { createRequestLocaliser, setContentLanguage, type ContentLanguageDeps } from '../src/http/content-language.js'
import type { LeaseCheck } from '../src/media/delivery/lease-check.js'
import { callerOf, profileOf, profileRef, viewingLimitsOf } from '../src/plugins/caller.js'
import { Id, ref, responses } from '../src/schemas/common.js'
import type { ContinueCard } from '../src/schemas/continue-watching.js'
import { ProfileParams } from '../src/schemas/params.js'
import {
  HeartbeatBody,
  Playback,
  PlaybackBody,
  StopBody,
  RenewedStream,
  StoppedPlayback as StoppedPlaybackSchema,
} from '../src/schemas/playback.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import type { KeyRing } from '../src/security/key-ring.js'
import { toContinueCard } from '../src/views/continue-watching.js'
import { toProgress } from '../src/views/history.js'
import { toPlayback } from '../src/views/playback.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { findNextCard } from '../src/watching/lists/continue-card.js'
import { requestedLanguages, toProgressEvent } from '../src/watching/requests.js'
import type { FlushSchedule } from '../src/watching/streams/flush-schedule.js'
import type { StreamItems } from '../src/watching/streams/stream-items.js'
import { saveStreamLanguages } from '../src/watching/streams/languages.js'
import { recordHeartbeat } from '../src/watching/streams/heartbeat.js'
import { startPlayback } from '../src/watching/streams/start-playback.js'
import { stopPlayback, type StoppedPlayback } from '../src/watching/streams/stop-playback.js'

const StreamParams = Type.Object({ profileId: Id, streamId: Id })

export interface PlaybackRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
  readonly flushSchedule: FlushSchedule
  readonly streamItems: StreamItems
  readonly keys: KeyRing
  readonly leases: LeaseCheck
  now(): Date
}

const playback: FastifyPluginAsyncTypebox<PlaybackRouteOptions> = async (app, deps) => {
  const { access, catalogue, watching, flushSchedule, streamItems, leases, now } = deps

  app.post('/profiles/:profileId/playback', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['Playback'],
      summary: 'Start playback of a movie or an episode',
      description:
        'Starts a stream, chooses the file and the languages, and returns the position to resume from. Over the ' +
        'stream limit of the plan it is a 409 `plan-stream-limit` that lists the live streams; `takeOver` ends one ' +
        'of them in exchange. A profile token lists and ends only streams of its profile; `otherStreams` counts the ' +
        'rest. The stream is live until 60 s pass without a heartbeat and without a read of its media.',
      operationId: 'startPlayback',
      params: ProfileParams,
      body: PlaybackBody,
      response: responses({ 201: withHeaders(ref(Playback), 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { itemId, device = null, client = {}, takeOver = null, private: isPrivate = false } = request.body
    const { estimatePosition = false } = request.body
    const caller = callerOf(request)
    const owner = profileRef(request)
    const { title, item } = requireVisibleItem(catalogue, profileOf(request), itemId, now())
    const started = await startPlayback(watching, owner, {
      title,
      item,
      caller,
      device,
      client,
      requestedLanguages: requestedLanguages(request.body),
      takeOver,
      private: isPrivate,
      estimatePosition,
    })
    streamItems.add(owner, started.lease._id.toString(), { titleId: title.id, itemId: item.id })
    leases.invalidate(owner.account)
    const localiser = createRequestLocaliser(deps, request)
    const body = toPlayback(deps, owner, { title, item, localiser }, started)
    return await reply.code(201).send(setContentLanguage(reply, localiser, body))
  })

  app.put('/profiles/:profileId/playback/:streamId', {
    config: { access: 'profile' },
    schema: {
      tags: ['Playback'],
      summary: 'Send a heartbeat with the current position',
      description:
        'Keeps the stream alive for another 60 s. An older event never changes the position, and a repeated event ' +
        'counts once. `audio` and `subtitles` are sent when the viewer chooses them; they are stored for the title. ' +
        'After the end of the stream it is a 409 `stream-ended`, whose `reason` is `ended` (expired, or ended by ' +
        'another device), `plan`, `maturity` or `unavailable`.',
      operationId: 'sendHeartbeat',
      params: StreamParams,
      body: HeartbeatBody,
      response: responses({ 200: RenewedStream }),
    },
  }, async (request) => {
    const { params: { streamId }, body: { state = 'playing' } } = request
    const owner = profileRef(request)
    const event = toProgressEvent(request.body, streamId, now())
    const expiresAt = await recordHeartbeat(deps, owner, profileOf(request), streamId, event, state)
    await saveStreamLanguages(owner, streamId, requestedLanguages(request.body), event.at, now())
    return { expiresAt: expiresAt.toISOString() }
  })

  app.post('/profiles/:profileId/playback/:streamId/stop', {
    config: { access: 'profile' },
    schema: {
      tags: ['Playback'],
      summary: 'Stop playback at the final position',
      description: 'Another stream can start immediately.',
      operationId: 'stopPlayback',
      params: StreamParams,
      body: StopBody,
      response: responses({ 200: withHeaders(StoppedPlaybackSchema, 'Content-Language') }),
    },
  }, async (request, reply) => {
    const { streamId } = request.params
    const owner = profileRef(request)
    const event = toProgressEvent(request.body, streamId, now())
    // Before the lease is removed: it states whether the stream is private.
    await saveStreamLanguages(owner, streamId, requestedLanguages(request.body), event.at, now())
    const stopped = await stopPlayback(watching, owner, streamId, event, flushSchedule)
    leases.invalidate(owner.account)
    const localiser = createRequestLocaliser(deps, request)
    const next = await findNext(request, stopped, localiser)
    const progress = stopped.state === null ? null : toProgress(stopped.state)
    return setContentLanguage(reply, localiser, { progress, next })
  })

  /** The card that continue watching has for the title, unless it resumes the item that was stopped. */
  async function findNext (
    request: FastifyRequest,
    { title, item, titleState }: StoppedPlayback,
    localiser: Localiser,
  ): Promise<ContinueCard | null> {
    if (title === null || titleState === null) return null
    const card = findNextCard(watching, await viewingLimitsOf(access, request), title.id, item?.id ?? null, titleState)
    return card === null ? null : toContinueCard(card, localiser)
  }
}

export default playback
