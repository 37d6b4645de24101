// The client of the API: a session with its API clients, playback, progress and the change feed.
import { createProgressQueue } from './browser-queue.js'
import { followChanges, type ChangeEvent, type FollowOptions } from './changes.js'
import { page } from './environment.js'
import {
  createPlaybackStarter,
  type PlaybackRequest,
  type PlaybackSession,
  type PlaybackState,
} from './playback-session.js'
import type { ProgressQueue } from './progress-queue.js'
import { sendQueuedProgress, startProgressSync } from './progress-sync.js'
import { createCookieTokens, createStoredTokens } from './refresh-tokens.js'
import { repeatRequests, type RetryOptions } from './retry.js'
import { createSession, type Session } from './session.js'
import { createBrowserStorage, createMemoryStorage, type TokenStorage } from './token-storage.js'

export interface ClientOptions {
  /** Origin of the service, such as `https://video.example`. */
  readonly baseUrl: string
  /** Name of the device in lists of sessions and streams, at most 100 characters. */
  readonly device?: string
  /** Sends requests; the `fetch` of the runtime by default. */
  readonly fetch?: typeof fetch
  /**
   * Where the refresh token is. `storage`, the default: in the token storage. `cookie`: in an HttpOnly cookie, which
   * scripts cannot read; only for pages on the origin of the service.
   */
  readonly refreshToken?: 'storage' | 'cookie'
  /** The local storage in browsers by default, else memory. */
  readonly storage?: TokenStorage
  /** Stores progress until it is sent; IndexedDB in browsers by default, else memory. */
  readonly queue?: ProgressQueue
  readonly retry?: RetryOptions
  /** Language tags for `Accept-Language`. */
  readonly readLanguage?: () => string
}

export interface NormFlixClient extends Session {
  readonly queue: ProgressQueue
  /**
   * Starts playback on the selected profile.
   * @throws ApiProblem 409 `plan-stream-limit` and others
   */
  startPlayback(request: PlaybackRequest, readState: () => PlaybackState): Promise<PlaybackSession>
  /** Follows the change feed of the selected profile. */
  followChanges(options?: FollowOptions): AsyncGenerator<ChangeEvent, void, undefined>
  /** Sends queued progress of the selected profile now; the client also sends it when the network is back. */
  sendQueuedProgress(): Promise<number>
  /** Stops sending queued progress, and closes the channel to other tabs. Streams are stopped by their sessions. */
  close(): void
}

export function createClient ({
  baseUrl: url,
  device = 'NormFlix client',
  fetch = globalThis.fetch,
  refreshToken = 'storage',
  storage = page === null ? createMemoryStorage() : createBrowserStorage(),
  queue = createProgressQueue(),
  retry,
  readLanguage,
}: ClientOptions): NormFlixClient {
  const baseUrl = url.replace(/\/$/, '')
  const sendOnce = async (request: Request): Promise<Response> => await fetch(request)
  const session = createSession({
    baseUrl,
    device,
    sendOnce,
    send: repeatRequests(sendOnce, retry),
    storage,
    refreshTokens: (refreshToken === 'cookie' ? createCookieTokens : createStoredTokens)(storage),
    ...readLanguage === undefined ? {} : { readLanguage },
  })
  const sync = startProgressSync(session, queue)
  const startPlayback = createPlaybackStarter({
    session,
    queue,
    baseUrl,
    device,
    fetch: async (input, init) => await fetch(input, init),
    onQueued: sync.retryLater,
  })
  return {
    ...session,
    queue,
    startPlayback,
    followChanges: (options) => followChanges(session.promptClient, session.currentProfileId(), options),
    sendQueuedProgress: async () => await sendQueuedProgress(session, queue, session.currentProfileId()),
    close () {
      sync.stop()
      session.closeTabs()
    },
  }
}
