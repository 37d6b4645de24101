// The public names of the package.
export { createClient, type ClientOptions, type NormFlixClient } from './client.js'
export { createSession, type Session, type SessionEnd, type SessionOptions, type SessionState } from './session.js'
export type { AccessToken } from './access-tokens.js'
export type { TokenScope } from './api-clients.js'
export { createCookieTokens, createStoredTokens, type RefreshTokens } from './refresh-tokens.js'
export { createBrowserStorage, createMemoryStorage, type TokenStorage } from './token-storage.js'
export { repeatRequests, type RetryOptions } from './retry.js'
export {
  ApiProblem,
  canRetry,
  findFieldError,
  isProblem,
  ServerError,
  UnreachableError,
  unwrap,
  type Problem,
  type ProblemCode,
} from './problems.js'
export { listItems } from './pages.js'
export { followChanges, type ChangeEvent, type FollowOptions } from './changes.js'
export {
  createPlaybackStarter,
  type LanguageSelection,
  type PlaybackDeps,
  type PlaybackRequest,
  type PlaybackSession,
  type PlaybackState,
  type StreamEnd,
} from './playback-session.js'
export { createProgressQueue } from './browser-queue.js'
export { createMemoryQueue, type ProgressQueue, type QueuedEvent } from './progress-queue.js'
export { sendQueuedProgress, startProgressSync } from './progress-sync.js'
export type * from './types.js'
