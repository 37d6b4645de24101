// The stream lease of the player: starts playback, sends heartbeats, and stops with the exact position. Events that the
// network loses are queued.
import { profileClient, type ContinueCard, type Playback, type RequestBody } from '@shared/api/client.js'
import { deviceName } from '@shared/api/device-name.js'
import { ApiProblem, canRetry, unwrap } from '@shared/api/problem.js'
import { currentProfileId, currentToken } from '@shared/api/session.js'
import { detectCapabilities } from './capabilities.js'
import { queueLastProgress, queueProgress, sendQueuedProgress, type QueuedEvent } from './progress-queue.js'

type StartBody = RequestBody<'/v1/profiles/{profileId}/playback', 'post'>
type HeartbeatBody = RequestBody<'/v1/profiles/{profileId}/playback/{streamId}', 'put'>
type StopBody = RequestBody<'/v1/profiles/{profileId}/playback/{streamId}/stop', 'post'>

/** The audio and subtitle languages that the user selected. */
export type LanguageSelection = Pick<HeartbeatBody, 'audio' | 'subtitles'>
export interface StreamRequest extends LanguageSelection {
  /** Maximum video height; null: the height of the screen. */
  readonly maxHeight: number | null
  /** ID of a stream to end. */
  readonly takeOver?: string
}

export interface PlaybackState {
  readonly positionMs: number
  readonly watchedMs: number
  readonly isPaused: boolean
}

/** `expired`: no heartbeat arrived for a minute, for example without a network. `ended`: by someone else. */
export type StreamEnd = 'expired' | 'ended'

export interface Stream {
  readonly playback: Playback
  /** Sends the playback state and selected languages at once. */
  readonly sendHeartbeat: (languages?: LanguageSelection) => Promise<void>
  /** Releases the lease. @returns the next episode, if there is one */
  readonly stop: () => Promise<ContinueCard | null>
  /** Releases the lease while the page closes, without waiting for the response. */
  readonly stopOnPageHide: () => void
}

/** A lease lasts this long after the last heartbeat. */
const LEASE_MS = 60_000
/** A start does not wait longer for the stop before it. */
const MAX_STOP_WAIT_MS = 3_000

const isStreamGone = (error: unknown): boolean =>
  error instanceof ApiProblem && [404, 409].includes(error.problem.status)

/** The stop of the last stream: a start that overtakes it would count as one stream more. */
let lastStop: Promise<unknown> = Promise.resolve()

/**
 * Starts playback and sends heartbeats.
 * @param readState returns the state for each heartbeat
 * @param onEnded runs when another device takes the stream over or the lease expires
 * @throws ApiProblem 409 `plan-stream-limit` and others
 */
export async function startStream (
  itemId: string,
  { maxHeight, ...request }: StreamRequest,
  readState: () => PlaybackState,
  onEnded: (end: StreamEnd) => void,
): Promise<Stream> {
  const profileId = currentProfileId()
  const client = await detectCapabilities(maxHeight)
  await Promise.race([lastStop, new Promise((resolve) => setTimeout(resolve, MAX_STOP_WAIT_MS))])
  const body: StartBody = { itemId, device: deviceName(), client, ...request }
  const playback = await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/playback', { params: { path: { profileId } }, body }),
  )
  const { streamId } = playback
  const path = { profileId, streamId }
  let hasEnded = false
  let eventCount = 0
  let isNetworkLost = false
  let renewedAt = Date.now()
  const timer = setInterval(() => {
    void sendHeartbeat()
  }, playback.heartbeatMs)

  function end (): void {
    hasEnded = true
    clearInterval(timer)
  }

  function createEvent (): StopBody & { eventId: string } {
    const { positionMs, watchedMs } = readState()
    // Ordered like the events, and the same when an event is sent again.
    const eventId = `${streamId}-${String(++eventCount).padStart(6, '0')}`
    return { positionMs, watchedMs, at: new Date().toISOString(), eventId }
  }

  const toQueued = ({ positionMs, watchedMs, at, eventId }: StopBody & { eventId: string }): QueuedEvent => ({
    profileId,
    itemId,
    playId: streamId,
    eventId,
    positionMs,
    at,
    ...watchedMs === undefined ? {} : { watchedMs },
  })

  async function sendHeartbeat (languages: LanguageSelection = {}): Promise<void> {
    if (hasEnded) return
    const event = createEvent()
    const body: HeartbeatBody = { ...event, state: readState().isPaused ? 'paused' : 'playing', ...languages }
    try {
      await unwrap(
        profileClient.PUT('/v1/profiles/{profileId}/playback/{streamId}', { params: { path }, body, keepalive: true }),
      )
      renewedAt = Date.now()
      if (isNetworkLost) await sendQueuedProgress(profileId).catch(() => undefined)
      isNetworkLost = false
    } catch (error) {
      if (canRetry(error)) {
        isNetworkLost = true
        return await queueProgress(toQueued(event))
      }
      if (hasEnded || !isStreamGone(error)) return
      end()
      await queueProgress(toQueued(event)).then(async () => await sendQueuedProgress(profileId)).catch(() => undefined)
      onEnded(Date.now() - renewedAt > LEASE_MS ? 'expired' : 'ended')
    }
  }

  async function sendStop (): Promise<ContinueCard | null> {
    const body = createEvent()
    // Without a network, leaving the player can fail to load the next page, and load the app again.
    if (isNetworkLost || !navigator.onLine) queueLastProgress(toQueued(body))
    try {
      const { next } = await unwrap(
        profileClient.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', { params: { path }, body }),
      )
      return next
    } catch (error) {
      // The lease can have expired without a network: the position is still to be saved.
      if (canRetry(error) || isStreamGone(error)) await queueProgress(toQueued(body))
      if (isStreamGone(error)) await sendQueuedProgress(profileId)
      return null
    }
  }

  return {
    playback,
    sendHeartbeat,
    stop: async () => {
      if (hasEnded) return null
      end()
      const stopping = sendStop().catch(() => null)
      lastStop = stopping
      return await stopping
    },
    stopOnPageHide: () => {
      const token = currentToken()
      if (hasEnded || token === null) return
      end()
      const event = createEvent()
      if (isNetworkLost || !navigator.onLine) queueLastProgress(toQueued(event))
      // A keepalive request survives the page; the API client is asynchronous and would send it too late.
      void fetch(`/v1/profiles/${profileId}/playback/${streamId}/stop`, {
        method: 'POST',
        keepalive: true,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(event),
      }).catch(() => undefined)
    },
  }
}
