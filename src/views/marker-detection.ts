// View of the detection of intros and credits.
import { queuedAtOf, type StoredMarkerDetection } from '../../models/marker-detection.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { MarkerDetection } from '../schemas/marker-detection.js'

export function toMarkerDetection (
  catalogue: Pick<Catalogue, 'findTitle'>,
  detection: StoredMarkerDetection,
): MarkerDetection {
  const { title, season, state, progress, attempts, failure, logTail } = detection
  const { nextAttemptAt, comparedEpisodes, introEpisodes, creditsEpisodes, detectedAt } = detection
  const isWaiting = state === 'waiting' || state === 'skipped'
  return {
    id: detection._id.toString(),
    titleId: title.toString(),
    title: catalogue.findTitle(title.toString())?.title ?? null,
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
    createdAt: detection.createdAt.toISOString(),
    queuedAt: queuedAtOf(detection).toISOString(),
  }
}
