// What the player shows.
import type { StreamEnd } from '@normflix/client/playback-session.js'
import type { ContinueCard, Playback } from '@shared/api/client.js'
import { isProblem, UnreachableError, type ApiProblem } from '@shared/api/problem.js'
import type { Selection } from './choices.js'
import type { VideoSource } from './source.js'

/** Why a stream ended that the user did not stop. */
export type LossReason = Exclude<StreamEnd, 'stopped'>

export type PlayerStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'playing' }
  | { readonly kind: 'limit', readonly problem: ApiProblem }
  | { readonly kind: 'start-failed', readonly error: unknown }
  | { readonly kind: 'media-failed' }
  /** The video needs the network, which is missing. */
  | { readonly kind: 'offline' }
  /** The service ended the stream, for example because another device took it over. */
  | { readonly kind: 'lost', readonly reason: LossReason }
  | { readonly kind: 'finished', readonly offered: ContinueCard | null }

export interface PlayerState {
  readonly status: PlayerStatus
  /** Number of the start of playback. */
  readonly run: number
  /** Number of the video element. Starts share one, unless it failed: picture-in-picture lasts across episodes. */
  readonly surface: number
  readonly playback: Playback | null
  readonly startMs: number
  readonly shouldPlay: boolean
  /** The browser plays only after a click. */
  readonly isBlocked: boolean
  readonly source: VideoSource | null
  readonly selection: Selection
  /** Height of the video that plays; null: unknown. */
  readonly playingHeight: number | null
}

export const INITIAL_STATE: PlayerState = {
  status: { kind: 'starting' },
  run: 0,
  surface: 0,
  playback: null,
  startMs: 0,
  shouldPlay: true,
  isBlocked: false,
  source: null,
  selection: { language: null, subtitle: null, height: null },
  playingHeight: null,
}

/** Describes why playback did not start. */
export function toFailure (error: unknown): PlayerStatus {
  if (isProblem(error, 'plan-stream-limit')) return { kind: 'limit', problem: error }
  return error instanceof UnreachableError && !navigator.onLine ? { kind: 'offline' } : { kind: 'start-failed', error }
}
