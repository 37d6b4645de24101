// The stream lease of the player: starts playback, sends heartbeats, and stops with the exact position.
import { profileClient, type ContinueCard, type Playback, type RequestBody } from '../api/client.js'
import { ApiProblem, unwrap } from '../api/problem.js'
import { currentProfileId, currentToken } from '../api/session.js'
import { deviceName } from '../format.js'
import { detectCapabilities } from './capabilities.js'

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

export interface Stream {
  readonly playback: Playback
  /** Sends the playback state and selected languages at once. */
  readonly sendHeartbeat: (languages?: LanguageSelection) => Promise<void>
  /** Releases the lease. @returns the next episode if the item is finished */
  readonly stop: () => Promise<ContinueCard | null>
  /** Releases the lease while the page closes, without waiting for the response. */
  readonly stopOnPageHide: () => void
}

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
  onEnded: () => void,
): Promise<Stream> {
  const body: StartBody = { itemId, device: deviceName(), client: await detectCapabilities(maxHeight), ...request }
  const playback = await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/playback', {
      params: { path: { profileId: currentProfileId() } },
      body,
    }),
  )
  const path = { profileId: currentProfileId(), streamId: playback.streamId }
  let hasEnded = false
  const timer = setInterval(() => {
    void sendHeartbeat()
  }, playback.heartbeatMs)

  function end (): void {
    hasEnded = true
    clearInterval(timer)
  }

  async function sendHeartbeat (languages: LanguageSelection = {}): Promise<void> {
    if (hasEnded) return
    const { positionMs, watchedMs, isPaused } = readState()
    const body: HeartbeatBody = {
      positionMs,
      watchedMs,
      at: new Date().toISOString(),
      state: isPaused ? 'paused' : 'playing',
      ...languages,
    }
    try {
      await unwrap(
        profileClient.PUT('/v1/profiles/{profileId}/playback/{streamId}', { params: { path }, body, keepalive: true }),
      )
    } catch (error) {
      // Ignore network failures: the next heartbeat sends the same state.
      if (hasEnded || !(error instanceof ApiProblem) || ![404, 409].includes(error.problem.status)) return
      end()
      onEnded()
    }
  }

  function createStopBody (): StopBody {
    const { positionMs, watchedMs } = readState()
    return { positionMs, watchedMs, at: new Date().toISOString() }
  }

  return {
    playback,
    sendHeartbeat,
    stop: async () => {
      if (hasEnded) return null
      end()
      const { next } = await unwrap(
        profileClient.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', {
          params: { path },
          body: createStopBody(),
        }),
      )
      return next
    },
    stopOnPageHide: () => {
      const token = currentToken()
      if (hasEnded || token === null) return
      end()
      // A keepalive request survives the page; the API client is asynchronous and would send it too late.
      void fetch(`/v1/profiles/${path.profileId}/playback/${path.streamId}/stop`, {
        method: 'POST',
        keepalive: true,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(createStopBody()),
      }).catch(() => undefined)
    },
  }
}
