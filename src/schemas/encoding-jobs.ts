// Masters and the jobs that encode them, for administrators.
import { Type, type Static } from 'typebox'
import { Id, nullable, Timestamp } from './common.js'

export const EncodingState = Type.Enum(['waiting', 'running', 'done', 'failed', 'cancelled'], {
  title: 'EncodingState',
  description:
    'State. waiting: for its turn or the next attempt. done: all renditions are media files. failed: no further ' +
    'attempt without a request',
})

export const EncodingJob = Type.Object({
  id: Id,
  itemId: Id,
  titleId: Id,
  title: nullable(Type.String(), 'Title of the movie or show; null: it was deleted'),
  season: nullable(Type.Integer(), 'Number of the season; null: movie, or the episode was deleted'),
  episode: nullable(Type.Integer(), 'Number of the episode; null: movie, or the episode was deleted'),
  edition: nullable(Type.String(), 'Edition of the master and its renditions; null: the only one'),
  replacesId: nullable(
    Id,
    'ID of the master whose renditions play until those of this one are complete and packaged; null: none',
  ),
  state: EncodingState,
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Completed share of the running attempt, 0 to 1' }),
  attempts: Type.Integer({ minimum: 0, description: 'Failed attempts, and the running one' }),
  nextAttemptAt: nullable(Timestamp, 'A waiting job starts at this time or later; null: not waiting'),
  reason: nullable(
    Type.Object({
      code: Type.String({ description: 'Stable code, for programs', examples: ['encoding-failed', 'disk-full'] }),
      text: Type.String({ description: 'Text for people' }),
    }, { title: 'EncodingFailure', description: 'Why an attempt failed, or why a job waits' }),
    'Why the last attempt failed, or why the job waits; null otherwise',
  ),
  logTail: Type.String({ description: 'What ffmpeg printed at the end of a failed attempt; else empty' }),
  sizeBytes: Type.Integer({ description: 'Size of the master, bytes' }),
  sha256: Type.String({ description: 'SHA-256 of the master, hexadecimal' }),
  createdAt: Timestamp,
}, { $id: 'EncodingJob', description: 'A master of a movie or an episode, and the job that encodes it' })
export type EncodingJob = Static<typeof EncodingJob>
