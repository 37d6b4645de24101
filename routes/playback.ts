// Playing: start, heartbeat, stop.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { createRequestLocaliser, setContentLanguage } from '../src/http/content-language.js'
import type { Localiser } from '../src/catalogue/queries/localise.js'
import { shownMarkers } from '../src/editing/markers.js'
import { MEDIA_URL_MS, signHlsGrant, signMediaGrant, signSidecarGrant } from '../src/media/delivery/media-urls.js'
import { currentPackage } from '../src/media/packaging/packaging.js'
import type { ProgressEvent } from '../src/domain/progress.js'
import { accountOf, callerOf, profileOf } from '../src/plugins/auth.js'
import { toMediaFile } from '../src/schemas/catalogue.js'
import { responses, Id, nullable, ProfileParams, ref, Timestamp } from '../src/schemas/common.js'
import { toSpokenWishes } from '../src/schemas/ratings.js'
import {
  ContinueView,
  HeartbeatBody,
  Playback,
  PlaybackBody,
  Progress,
  StopBody,
  toContinueCard,
  toItem,
  toProgress,
} from '../src/schemas/watching.js'
import { findVisibleItem } from '../src/catalogue/queries/find-visible.js'
import { nextCard } from '../src/watching/lists/continue-watching.js'
import { createFlushSchedule } from '../src/watching/streams/flush.js'
import { saveStreamLanguages } from '../src/watching/streams/languages.js'
import {
  heartbeat,
  startPlayback,
  stopPlayback,
  type StartedPlayback,
  type StoppedPlayback,
} from '../src/watching/streams/playback.js'
import { clampTime } from '../src/watching/history/record.js'
import { HEARTBEAT_INTERVAL_MS, type ProfileRef } from '../src/watching/watching.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { FlushSchedule } from '../src/watching/streams/flush.js'
import type { KeyRing } from '../src/security/key-ring.js'
import type { LeaseCheck } from '../src/media/delivery/lease-check.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const StreamParams = Type.Object({ profileId: Id, streamId: Id })

export function profileRef (request: FastifyRequest): ProfileRef {
  return { account: callerOf(request).accountId, profile: profileOf(request).id }
}

/** A client's event as the rules take it. */
export function toProgressEvent (body: Static<typeof StopBody>, now: Date): ProgressEvent {
  return {
    positionMs: body.positionMs,
    at: clampTime(new Date(body.at), now),
    watchedMs: body.watchedMs ?? null,
    eventId: body.eventId ?? '',
  }
}

export interface PlaybackRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
  readonly flushSchedule: FlushSchedule
  readonly keys: KeyRing
  readonly leases: LeaseCheck
  now(): Date
}

const playback: FastifyPluginAsyncTypebox<PlaybackRouteOptions> = async (app, deps) => {
  const { watching, catalogue, keys, leases, access } = deps
  const flushes = createFlushSchedule()

  /** The signed addresses of everything that a started stream may read. */
  function addressesOf (
    watcher: ProfileRef,
    { slot, choice, languages, maxHeight }: StartedPlayback,
  ): Pick<Static<typeof Playback>, 'url' | 'hlsUrl' | 'subtitles' | 'thumbnailsUrl'> {
    const { file } = choice
    const lease = {
      account: watcher.account,
      profile: watcher.profile,
      lease: slot._id.toString(),
      expiresAt: deps.now().getTime() + MEDIA_URL_MS,
    }
    const { subtitles, thumbnails } = catalogue.sideFilesOf(file.itemId)
    const hlsToken = (): string =>
      signHlsGrant(keys, {
        ...lease,
        item: file.itemId,
        file: file.id,
        maxHeight,
        audio: languages.audio?.language ?? null,
        subtitle: languages.subtitles?.id ?? null,
      })
    const sideToken = (object: string): string => signSidecarGrant(keys, { ...lease, object })
    return {
      url: `/v1/media/${file.id}?token=${
        signMediaGrant(keys, { ...lease, file: file.id, item: file.itemId, maxHeight: slot.maxHeight })
      }`,
      hlsUrl: currentPackage(file) === null ? null : `/v1/hls/${file.itemId}/master.m3u8?token=${hlsToken()}`,
      subtitles: subtitles.map(({ _id, language, kind }) => ({
        id: _id.toString(),
        language,
        kind,
        url: `/v1/subtitles/${_id.toString()}?token=${sideToken(_id.toString())}`,
      })),
      thumbnailsUrl: thumbnails === null
        ? null
        : `/v1/thumbnails/${file.itemId}/index.vtt?token=${sideToken(file.itemId)}`,
    }
  }

  function toPlayback (
    watcher: ProfileRef,
    item: Parameters<typeof toItem>,
    started: StartedPlayback,
  ): Static<typeof Playback> {
    const { slot, choice, languages } = started
    return {
      streamId: slot._id.toString(),
      positionMs: slot.startPositionMs,
      item: toItem(...item),
      mediaFile: toMediaFile(choice.file),
      reason: choice.reason,
      alternatives: choice.alternatives.map(({ file, reason }) => ({ mediaFile: toMediaFile(file), reason })),
      markers: shownMarkers(item[1].markers),
      ...addressesOf(watcher, started),
      audio: languages.audio,
      subtitle: languages.subtitles,
      heartbeatMs: HEARTBEAT_INTERVAL_MS,
      expiresAt: slot.expiresAt.toISOString(),
    }
  }

  app.post('/profiles/:profileId/playback', {
    config: { access: 'profile', idempotencyKey: true },
    schema: {
      tags: ['playback'],
      summary: 'Start playing a movie or an episode',
      description:
        "Takes a stream slot, chooses the file and says why, and answers the exact place to go on from. Over the plan's number of streams it is a 409 `plan-stream-limit` that lists who holds them; `takeOver` ends one of them in exchange.",
      operationId: 'startPlayback',
      params: ProfileParams,
      body: PlaybackBody,
      response: responses({ 201: ref(Playback) }),
    },
  }, async (request, reply) => {
    const { itemId, device = null, client = {}, takeOver = null, private: isPrivate = false } = request.body
    const { title, item } = findVisibleItem(catalogue, profileOf(request), itemId, deps.now())
    const started = await startPlayback(watching, profileRef(request), {
      title,
      item,
      session: callerOf(request).sessionId,
      device,
      client,
      spoken: toSpokenWishes(request.body),
      takeOver,
      private: isPrivate,
    })
    leases.forget(callerOf(request).accountId)
    const localiser = createRequestLocaliser(deps, request)
    const playback = toPlayback(profileRef(request), [title, item, localiser], started)
    return await reply.code(201).send(setContentLanguage(reply, localiser, playback))
  })

  app.put('/profiles/:profileId/playback/:streamId', {
    config: { access: 'profile' },
    schema: {
      tags: ['playback'],
      summary: 'Heartbeat: the place where it is now',
      description:
        'Renews the lease. Older events never move the place back, and the same event twice counts once. `audio` and `subtitles` are sent when the viewer chose them: they are remembered for the title.',
      operationId: 'sendHeartbeat',
      params: StreamParams,
      body: HeartbeatBody,
      response: responses({ 200: Type.Object({ expiresAt: Timestamp }) }),
    },
  }, async (request) => {
    const event = toProgressEvent(request.body, deps.now())
    const expiresAt = await heartbeat(
      watching,
      profileRef(request),
      request.params.streamId,
      event,
      request.body.state ?? 'playing',
      flushes,
    )
    await saveStreamLanguages(
      profileRef(request),
      request.params.streamId,
      toSpokenWishes(request.body),
      event.at,
      deps.now(),
    )
    return { expiresAt: expiresAt.toISOString() }
  })

  app.post('/profiles/:profileId/playback/:streamId/stop', {
    config: { access: 'profile' },
    schema: {
      tags: ['playback'],
      summary: 'Stop: the final place; the slot is free at once',
      operationId: 'stopPlayback',
      params: StreamParams,
      body: StopBody,
      response: responses({
        200: Type.Object({
          progress: nullable(ref(Progress), 'null when nothing was played, or privately'),
          next: nullable(ref(ContinueView), 'What comes next once this is finished; null when nothing does'),
        }),
      }),
    },
  }, async (request, reply) => {
    const event = toProgressEvent(request.body, deps.now())
    // Before the slot is gone, which knows whether the stream is private.
    await saveStreamLanguages(
      profileRef(request),
      request.params.streamId,
      toSpokenWishes(request.body),
      event.at,
      deps.now(),
    )
    const stopped = await stopPlayback(watching, profileRef(request), request.params.streamId, event, flushes)
    leases.forget(callerOf(request).accountId)
    const localiser = createRequestLocaliser(deps, request)
    const next = await nextOf(request, stopped, localiser)
    return setContentLanguage(reply, localiser, {
      progress: stopped.state === null ? null : toProgress(stopped.state),
      next,
    })
  })

  async function nextOf (
    request: FastifyRequest,
    { title, state, titleState }: StoppedPlayback,
    localiser: Localiser,
  ): Promise<Static<typeof ContinueView> | null> {
    if (title === null || titleState === null || state?.finished !== true || state.isResumable) return null
    const { limits } = await accountOf(access, request)
    const card = nextCard(
      watching,
      { viewer: profileOf(request), planMaxHeight: limits.maxHeight },
      title.id,
      titleState,
    )
    return card === null ? null : toContinueCard(card, localiser)
  }
}

export default playback
