// A stream: starts playback, sends heartbeats, and stops with the exact position. Events that the network loses are
// queued, and sent when it is back.
import { isOnline, listen, page } from './environment.js'
import { ApiProblem, unwrap } from './problems.js'
import type { ProgressQueue, QueuedEvent } from './progress-queue.js'
import { sendQueuedProgress } from './progress-sync.js'
import type { Session } from './session.js'
import type { ContinueCard, Playback, RequestBody } from './types.js'

type StartBody = RequestBody<'/v1/profiles/{profileId}/playback', 'post'>
type HeartbeatBody = RequestBody<'/v1/profiles/{profileId}/playback/{streamId}', 'put'>
type StopBody = RequestBody<'/v1/profiles/{profileId}/playback/{streamId}/stop', 'post'>
type PlaybackEvent = StopBody & { readonly eventId: string }

/** The audio and subtitle languages that the user selected. */
export type LanguageSelection = Pick<HeartbeatBody, 'audio' | 'subtitles'>
/** What to play, and on what: the body of the request, with the device of the session. */
export type PlaybackRequest = Omit<StartBody, 'device'>

export interface PlaybackState {
  /** Exact position, ms from the start. */
  readonly positionMs: number
  /** Time really played since the start of the stream, ms. */
  readonly watchedMs?: number
  readonly isPaused: boolean
}

/**
 * Why a stream ended. `stopped`: by this client · `expired`: no heartbeat arrived for a minute, for example without a
 * network · `ended`: another device took it over, or ended it · `plan`, `maturity`, `unavailable`: the profile may no
 * longer play the item · `session`: the session has ended, or the profile needs its PIN.
 */
export type StreamEnd = 'stopped' | 'expired' | 'ended' | 'plan' | 'maturity' | 'unavailable' | 'session'

export interface PlaybackSession {
  readonly playback: Playback
  /** Resolves when the stream ends. */
  readonly ended: Promise<StreamEnd>
  /** Sends the playback state and selected languages at once: call it when the user pauses or selects a language. */
  sendHeartbeat(languages?: LanguageSelection): Promise<void>
  /** Ends the stream. @returns the next episode, if there is one */
  stop(): Promise<ContinueCard | null>
  /** Ends the stream while the page closes, without waiting for the response. Pages of browsers call it themselves. */
  stopOnPageHide(): void
}

export interface PlaybackDeps {
  readonly session: Pick<
    Session,
    'profileClient' | 'promptClient' | 'currentProfileId' | 'currentToken' | 'readSession' | 'subscribeToSession'
  >
  readonly queue: ProgressQueue
  readonly baseUrl: string
  readonly device: string
  /** Sends the last request of a closing page. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Runs after an event was queued. */
  readonly onQueued?: () => void
}

/** A stream stays live for this long after the last heartbeat. */
const LEASE_MS = 60_000
/** A start does not wait longer for the stop before it. */
const MAX_STOP_WAIT_MS = 3_000
const END_REASONS = ['plan', 'maturity', 'unavailable'] as const

/** The service ended the stream. */
const GONE_STATUSES = [404, 409]
/** The session has ended, or the profile needs its PIN. */
const SESSION_STATUSES = [401, 403]
/** The event is invalid. */
const INVALID_STATUSES = [400, 422]

function hasStatus (error: unknown, statuses: readonly number[]): error is ApiProblem {
  return error instanceof ApiProblem && statuses.includes(error.problem.status)
}

/** Creates the function that starts streams. Starts wait for the stop before them: it frees their place in the plan. */
export function createPlaybackStarter (deps: PlaybackDeps) {
  let lastStop: Promise<unknown> = Promise.resolve()

  /**
   * Starts playback and sends heartbeats.
   * @param readState returns the state of the player for each event
   * @throws ApiProblem 409 `plan-stream-limit` and others
   */
  return async function startPlayback (
    request: PlaybackRequest,
    readState: () => PlaybackState,
  ): Promise<PlaybackSession> {
    const { session, device } = deps
    const profileId = session.currentProfileId()
    await Promise.race([lastStop, new Promise((resolve) => setTimeout(resolve, MAX_STOP_WAIT_MS))])
    const playback = await unwrap(
      session.profileClient.POST('/v1/profiles/{profileId}/playback', {
        params: { path: { profileId } },
        body: { device, ...request },
      }),
    )
    return openPlayback(deps, { profileId, request, playback, readState }, (stopping) => {
      lastStop = stopping
    })
  }
}

function findEndReason (error: ApiProblem, isLeaseOver: boolean): StreamEnd {
  const { status, reason } = error.problem
  if (SESSION_STATUSES.includes(status)) return 'session'
  const stated = END_REASONS.find((known) => known === reason)
  return stated ?? (isLeaseOver ? 'expired' : 'ended')
}

interface StartedStream {
  readonly profileId: string
  readonly request: PlaybackRequest
  readonly playback: Playback
  readonly readState: () => PlaybackState
}

function openPlayback (
  { session, queue, baseUrl, fetch, onQueued }: PlaybackDeps,
  { profileId, request: { itemId, private: isPrivate = false }, playback, readState }: StartedStream,
  onStopping: (stopping: Promise<unknown>) => void,
): PlaybackSession {
  const { promptClient } = session
  const { streamId } = playback
  const params = { path: { profileId, streamId } }
  const open = new AbortController()
  let resolveEnd: (end: StreamEnd) => void
  const ended = new Promise<StreamEnd>((resolve) => {
    resolveEnd = resolve
  })
  let eventCount = 0
  let isNetworkLost = false
  let renewedAt = Date.now()
  const timer = setInterval(() => {
    void sendHeartbeat()
  }, playback.heartbeatMs)
  // Mobile browsers often discard a hidden page without a pagehide event.
  page?.document.addEventListener('visibilitychange', () => {
    if (page?.document.hidden === true) void sendHeartbeat()
  }, { signal: open.signal })
  listen('pagehide', stopOnPageHide, open.signal)
  listen('online', () => {
    void sendHeartbeat()
  }, open.signal)

  function end (reason: StreamEnd): void {
    clearInterval(timer)
    open.abort()
    resolveEnd(reason)
  }

  function createEvent (): PlaybackEvent {
    const { positionMs, watchedMs } = readState()
    // Ordered like the events, and the same when an event is sent again.
    const eventId = `${streamId}-${String(++eventCount).padStart(6, '0')}`
    return { positionMs, at: new Date().toISOString(), eventId, ...watchedMs === undefined ? {} : { watchedMs } }
  }

  const toQueued = (event: PlaybackEvent): QueuedEvent => ({ profileId, itemId, playId: streamId, ...event })

  async function queueEvent (event: PlaybackEvent): Promise<void> {
    // The service knows a private stream, but queued events would enter the history.
    if (isPrivate) return
    await queue.add(toQueued(event))
    onQueued?.()
  }

  async function sendHeartbeat (languages: LanguageSelection = {}): Promise<void> {
    if (open.signal.aborted) return
    const event = createEvent()
    const body: HeartbeatBody = { ...event, state: readState().isPaused ? 'paused' : 'playing', ...languages }
    try {
      await unwrap(
        promptClient.PUT('/v1/profiles/{profileId}/playback/{streamId}', { params, body, keepalive: true }),
      )
      renewedAt = Date.now()
      if (isNetworkLost) await sendQueued()
      isNetworkLost = false
    } catch (error) {
      if (hasStatus(error, [...GONE_STATUSES, ...SESSION_STATUSES])) await endByService(error, event)
      else if (!hasStatus(error, INVALID_STATUSES)) {
        isNetworkLost = true
        await queueEvent(event)
      }
    }
  }

  async function sendQueued (): Promise<void> {
    await sendQueuedProgress(session, queue, profileId).catch(() => onQueued?.())
  }

  async function endByService (error: ApiProblem, event: PlaybackEvent): Promise<void> {
    if (open.signal.aborted) return
    end(findEndReason(error, Date.now() - renewedAt > LEASE_MS))
    await queueEvent(event)
    await sendQueued()
  }

  /** Leaving the player without a network can fail to load the next page, and load the app again. */
  function queueLastEvent (event: PlaybackEvent): void {
    if (!isPrivate && (isNetworkLost || !isOnline())) queue.addLast(toQueued(event))
  }

  async function sendStop (): Promise<ContinueCard | null> {
    const event = createEvent()
    queueLastEvent(event)
    try {
      const { next } = await unwrap(
        promptClient.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', { params, body: event }),
      )
      return next
    } catch (error) {
      if (!hasStatus(error, INVALID_STATUSES)) await queueEvent(event)
      // The stream can have expired without a network: the position is still to be saved.
      if (hasStatus(error, GONE_STATUSES)) await sendQueued()
      return null
    }
  }

  function stopOnPageHide (): void {
    const token = session.currentToken()
    if (open.signal.aborted || token === null) return
    end('stopped')
    const event = createEvent()
    queueLastEvent(event)
    // A keepalive request survives the page; the API client is asynchronous and would send it too late.
    void fetch(`${baseUrl}/v1/profiles/${profileId}/playback/${streamId}/stop`, {
      method: 'POST',
      keepalive: true,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
    }).catch(() => undefined)
  }

  return {
    playback,
    ended,
    sendHeartbeat,
    async stop () {
      if (open.signal.aborted) return null
      end('stopped')
      const stopping = sendStop()
      onStopping(stopping.catch(() => null))
      return await stopping.catch(() => null)
    },
    stopOnPageHide,
  }
}
