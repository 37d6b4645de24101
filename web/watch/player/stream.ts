// The stream slot: taking it, keeping it with heartbeats, giving it back with the exact place.
import { asProfile, type BodyOf, type ContinueCard, type Playback } from '../api/client.js'
import { answerOf, ApiProblem } from '../api/problem.js'
import { profileId, tokenAtHand } from '../api/session.js'
import { deviceName } from '../format.js'
import { clientAbilities } from './capabilities.js'

type StartBody = BodyOf<'/v1/profiles/{profileId}/playback', 'post'>
type BeatBody = BodyOf<'/v1/profiles/{profileId}/playback/{streamId}', 'put'>
type StopBody = BodyOf<'/v1/profiles/{profileId}/playback/{streamId}/stop', 'post'>

/** What the viewer chose of the languages. */
export type Languages = Pick<BeatBody, 'audio' | 'subtitles'>
export interface Wishes extends Languages {
  /** Lines; null: as many as the screen shows. */
  readonly maxHeight: number | null
  /** The stream to end in exchange. */
  readonly takeOver?: string
}

export interface Where {
  readonly positionMs: number
  readonly watchedMs: number
  readonly isPaused: boolean
}

export interface Stream {
  readonly playback: Playback
  /** Tells at once where playback is, and what was chosen. */
  readonly beat: (languages?: Languages) => Promise<void>
  /** Gives the slot back; answers what comes next once the item is finished. */
  readonly stop: () => Promise<ContinueCard | null>
  /** The same while the page is being closed: sent without waiting for an answer. */
  readonly leave: () => void
}

/**
 * Takes a slot and starts the heartbeats.
 * @param where asked for every heartbeat
 * @param onEnded the slot is somebody else's now, or ran out
 * @throws ApiProblem 409 `plan-stream-limit` and what else forbids to play
 */
export async function startStream (
  itemId: string,
  { maxHeight, ...wishes }: Wishes,
  where: () => Where,
  onEnded: () => void,
): Promise<Stream> {
  const body: StartBody = { itemId, device: deviceName(), client: await clientAbilities(maxHeight), ...wishes }
  const playback = await answerOf(
    asProfile.POST('/v1/profiles/{profileId}/playback', { params: { path: { profileId: profileId() } }, body }),
  )
  const path = { profileId: profileId(), streamId: playback.streamId }
  let isOver = false
  const timer = setInterval(() => {
    void beat()
  }, playback.heartbeatMs)

  function end (): void {
    isOver = true
    clearInterval(timer)
  }

  async function beat (languages: Languages = {}): Promise<void> {
    if (isOver) return
    const { positionMs, watchedMs, isPaused } = where()
    const body: BeatBody = {
      positionMs,
      watchedMs,
      at: new Date().toISOString(),
      state: isPaused ? 'paused' : 'playing',
      ...languages,
    }
    try {
      await answerOf(
        asProfile.PUT('/v1/profiles/{profileId}/playback/{streamId}', { params: { path }, body, keepalive: true }),
      )
    } catch (error) {
      // A network that is away for a moment: the next one tells the same.
      if (isOver || !(error instanceof ApiProblem) || ![404, 409].includes(error.problem.status)) return
      end()
      onEnded()
    }
  }

  function lastWords (): StopBody {
    const { positionMs, watchedMs } = where()
    return { positionMs, watchedMs, at: new Date().toISOString() }
  }

  return {
    playback,
    beat,
    stop: async () => {
      if (isOver) return null
      end()
      const { next } = await answerOf(
        asProfile.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', { params: { path }, body: lastWords() }),
      )
      return next
    },
    leave: () => {
      const token = tokenAtHand()
      if (isOver || token === null) return
      end()
      // Bare: the page is gone before anything that waits would run. It lives on as a keepalive request.
      void fetch(`/v1/profiles/${path.profileId}/playback/${path.streamId}/stop`, {
        method: 'POST',
        keepalive: true,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(lastWords()),
      }).catch(() => undefined)
    },
  }
}
