// Masters and the jobs that encode them, for administrators.
import { Type, type Static } from 'typebox'
import { Id, nullable, ref, Timestamp } from './common.js'

export const EncodingState = Type.Enum(['waiting', 'running', 'done', 'failed', 'cancelled'], {
  title: 'EncodingState',
  description:
    'State of a job or a step. waiting: for its turn or the next attempt. done: all rungs of the ladder are media ' +
    'files, and `steps` follow; of a step: also when there was nothing to add, as beside uploaded artwork. failed: ' +
    'no further attempt without a request. cancelled: by a request; of a step: another master replaces this one',
})

export const StepKind = Type.Enum(['subtitles', 'thumbnails', 'pictures', 'original'], {
  title: 'StepKind',
  description:
    'What the step adds. subtitles: the texts of the master. thumbnails: seek thumbnails. pictures: poster and ' +
    'backdrop, or still. original: the video of the master as it is',
})

export const UnfinishedStepState = Type.Enum(['waiting', 'running', 'failed'], {
  title: 'UnfinishedStepState',
  description: 'State of a step that has not added anything',
})

/** Fields of an attempt that jobs and steps have. @param work such as "job" */
const attemptFields = (work: string) => ({
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Completed share of the running attempt, 0 to 1' }),
  attempts: Type.Integer({ minimum: 0, description: 'Failed attempts, and the running one' }),
  nextAttemptAt: nullable(Timestamp, `A waiting ${work} starts at this time or later; null: not waiting`),
  reason: nullable(
    Type.Object({
      code: Type.String({ description: 'Stable code, for programs', examples: ['encoding-failed', 'disk-full'] }),
      text: Type.String({ description: 'Text for people' }),
    }, { title: 'EncodingFailure', description: 'Why an attempt failed, or why a job waits' }),
    `Why the last attempt failed, or why the ${work} waits; null otherwise`,
  ),
  logTail: Type.String({ description: 'What ffmpeg printed at the end of a failed attempt; else empty' }),
})

export const EncodingStep = Type.Object({
  kind: StepKind,
  state: EncodingState,
  ...attemptFields('step'),
}, { $id: 'EncodingStep', description: 'A step that follows the encoding of a master. The title plays without it' })
export type EncodingStep = Static<typeof EncodingStep>

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
  ...attemptFields('job'),
  steps: Type.Array(ref(EncodingStep), {
    description:
      'Steps that follow, in the order in which they run; empty before the job is done, and for masters of earlier ' +
      'versions',
  }),
  sizeBytes: Type.Integer({ description: 'Size of the master, bytes' }),
  sha256: Type.String({ description: 'SHA-256 of the master, hexadecimal' }),
  createdAt: Timestamp,
}, { $id: 'EncodingJob', description: 'A master of a movie or an episode, and the job that encodes it' })
export type EncodingJob = Static<typeof EncodingJob>
