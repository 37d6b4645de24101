// View of the detection of intros and credits.
import type { StoredMarkerDetection } from '../../models/marker-detection.js'
import type { MarkerDetection } from '../schemas/marker-detection.js'

export function toMarkerDetection (detection: StoredMarkerDetection): MarkerDetection {
  const { title, season, state, progress, attempts, failure, logTail } = detection
  const { nextAttemptAt, comparedEpisodes, introEpisodes, creditsEpisodes, detectedAt, createdAt } = detection
  const isWaiting = state === 'waiting' || state === 'skipped'
  return {
    titleId: title.toString(),
    season,
    state,
    progress,
    attempts,
    nextAttemptAt: isWaiting ? nextAttemptAt.toISOString() : null,
    reason: failure === null ? null : { code: failure.code, text: failure.text },
    logTail,
    comparedEpisodes,
    introEpisodes,
    creditsEpisodes,
    detectedAt: detectedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }
}
