// The detection of intros and credits of a season, for administrators.
import { Type, type Static } from 'typebox'
import { Id, nullable, Timestamp, timestamp } from './common.js'

export const DetectionState = Type.Enum(['waiting', 'running', 'done', 'skipped', 'failed'], {
  title: 'DetectionState',
  description: 'State. waiting: for its turn, for masters of the season, or for the next attempt. skipped: ffmpeg or ' +
    'chromaprint is missing; tried again each hour. failed: no further attempt without a request or another file',
})

export const MarkerDetection = Type.Object({
  id: Id,
  titleId: Id,
  title: nullable(Type.String(), 'Title of the show; null: it was deleted'),
  season: Type.Integer({ description: 'Number of the season' }),
  state: DetectionState,
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Completed share of the running attempt, 0 to 1' }),
  attempts: Type.Integer({ minimum: 0, description: 'Failed attempts, and the running one' }),
  nextAttemptAt: nullable(Timestamp, 'A waiting or skipped detection starts at this time or later; null: neither'),
  reason: nullable(
    Type.Object({
      code: Type.String({
        description: 'Stable code, for programs',
        examples: ['fingerprints-unavailable', 'detection-failed'],
      }),
      text: Type.String({ description: 'Text for people' }),
    }, { title: 'DetectionFailure', description: 'Why an attempt failed or was skipped' }),
    'Why the last attempt failed or was skipped; null otherwise',
  ),
  logTail: Type.String({ description: 'What ffmpeg printed at the end of a failed attempt; else empty' }),
  comparedEpisodes: Type.Integer({ minimum: 0, description: 'Episodes that the last complete attempt compared' }),
  introEpisodes: Type.Integer({ minimum: 0, description: 'Those in which it found an intro' }),
  creditsEpisodes: Type.Integer({ minimum: 0, description: 'Those in which it found credits' }),
  detectedAt: nullable(Timestamp, 'End of the last complete attempt; null: there was none'),
  createdAt: Timestamp,
  queuedAt: timestamp('When it was queued last, by a request or because files of the season changed'),
}, { $id: 'MarkerDetection', description: 'The detection of the intros and credits of a season' })
export type MarkerDetection = Static<typeof MarkerDetection>
