// Streams of the player: the playback of the client package, with what this browser can play.
import {
  createPlaybackStarter,
  type LanguageSelection,
  type PlaybackSession,
  type PlaybackState,
} from '@normflix/client/playback-session.js'
import { deviceName } from '@shared/api/device-name.js'
import { session } from '@shared/api/session.js'
import { detectCapabilities } from './capabilities.js'
import { queue, retryLater } from './progress.js'

export interface StreamRequest extends LanguageSelection {
  /** Maximum video height; null: the height of the screen. */
  readonly maxHeight: number | null
  /** ID of a stream to end. */
  readonly takeOver?: string
}

const startPlayback = createPlaybackStarter({
  session,
  queue,
  baseUrl: location.origin,
  device: deviceName(),
  fetch: async (url, init) => await fetch(url, init),
  onQueued: retryLater,
})

/**
 * Starts playback and sends heartbeats.
 * @param readState returns the state for each heartbeat
 * @throws ApiProblem 409 `plan-stream-limit` and others
 */
export async function startStream (
  itemId: string,
  { maxHeight, ...request }: StreamRequest,
  readState: () => PlaybackState,
): Promise<PlaybackSession> {
  return await startPlayback({ itemId, client: await detectCapabilities(maxHeight), ...request }, readState)
}
