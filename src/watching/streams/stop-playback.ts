// Stops a playback: saves the final position, flushes the play to the history and removes the lease.
import type { StreamLease } from '../../../models/account-streams.js'
import { toPlayProgress } from '../../../models/play.js'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { ItemState } from '../../domain/item-state.js'
import type { TitleState } from '../../domain/next-up.js'
import { isFailedStart, type ProgressEvent } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import { publishMeasurement } from '../../measurements.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { findPlay } from '../history/plays.js'
import { recordProgress } from '../history/record-progress.js'
import type { FlushSchedule } from './flush-schedule.js'
import { flushAndRemoveLease } from './flush.js'
import { findResumePosition } from './resume-position.js'
import { applyEvent, findLease } from './stream-leases.js'

export interface StoppedPlayback {
  /** Null for a deleted title; so is `item`. */
  readonly title: CatalogueTitle | null
  readonly item: CatalogueItem | null
  /** Null for a private stream, and when nothing was played. */
  readonly state: ItemState | null
  /** State of the whole title; null like `state`. */
  readonly titleState: TitleState | null
}

/**
 * Stops a playback. A repeated stop, and one long after the lease ended, has the same result.
 * @throws DomainError 404 `not-found` for a stream that the profile never had
 */
export async function stopPlayback (
  watching: WatchingDeps,
  ref: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  schedule: FlushSchedule,
): Promise<StoppedPlayback> {
  schedule.remove(streamId)
  await applyEvent(ref, streamId, event)
  const lease = await findLease(ref, streamId)
  if (lease === null) return await stopWithoutLease(watching, ref, streamId, event)
  const flushed = await flushAndRemoveLease(watching, ref, lease)
  publishMeasurement('stream-ended', { reason: 'stopped' })
  if (flushed === null && !lease.private) return await loadStoredStates(watching, ref, lease)
  return { ...findPlayed(watching, lease), state: flushed?.state ?? null, titleState: flushed?.titleState ?? null }
}

async function stopWithoutLease (
  watching: WatchingDeps,
  ref: ProfileRef,
  streamId: string,
  event: ProgressEvent,
): Promise<StoppedPlayback> {
  const play = await findPlay(ref, streamId)
  if (play === null) throw notFound('stream')
  const { title, item } = findPlayed(watching, play)
  const { startedAt, startPositionMs, watchedBeforeMs = 0 } = toPlayProgress(play)
  if (item !== null && title !== null && !isFailedStart(event, startPositionMs)) {
    const report = { ...event, playKey: streamId, start: { startedAt, startPositionMs, watchedBeforeMs } }
    await recordProgress(watching, ref, title, item, [report])
  }
  return await loadStoredStates(watching, ref, play)
}

type Played = Pick<StreamLease, 'title' | 'item'>

function findPlayed ({ catalogue }: WatchingDeps, { title, item }: Played): Pick<StoppedPlayback, 'title' | 'item'> {
  return { title: catalogue.findTitle(title.toString()), item: catalogue.findItem(item.toString()) }
}

/** The states as stored, when the stop itself flushed nothing. */
async function loadStoredStates (watching: WatchingDeps, ref: ProfileRef, played: Played): Promise<StoppedPlayback> {
  const titleId = played.title.toString()
  const { state, watchState } = await findResumePosition(watching, ref, titleId, played.item.toString())
  return { ...findPlayed(watching, played), state, titleState: watchState.state }
}
