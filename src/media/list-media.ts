// Lists items by the state of their media files, and counts the work in the background, for the staff.
import mongoose, { Types } from 'mongoose'
import { EncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../models/media.js'
import { MediaUpload } from '../../models/media-upload.js'
import { OutboxEmail } from '../../models/outbox-email.js'
import { pageOf, type Page } from '../domain/pages.js'

export const FILE_STATES = ['processing', 'failed', 'ready'] as const
export type FileState = typeof FILE_STATES[number]

export type ListedMedia = Pick<StoredMedia, '_id' | 'title' | 'season' | 'episode' | 'files'>

/** State of a file as a whole: a file that can be played may still wait for its packaging, or lack it. */
export function overallState ({ state, hls }: Pick<StoredMediaFile, 'state' | 'hls'>): FileState {
  if (state === 'failed' || hls.state === 'failed') return 'failed'
  return state === 'processing' || hls.state === 'processing' ? 'processing' : 'ready'
}

/**
 * Lists one page of items with media files, newest first. With a state, only the files in it.
 * @param after ID of the last item on the previous page
 */
export async function listMediaByState (
  state: FileState | null,
  after: string | null,
  limit: number,
): Promise<Page<ListedMedia, string>> {
  // The packaging of a file that cannot be played has failed too, or still waits.
  const isInState = state === null ? {} : { 'files.hls.state': state }
  const isAfter = after === null ? {} : { _id: mongoose.trusted({ $lt: new Types.ObjectId(after) }) }
  const media = await Media.find({ ...isInState, ...isAfter } as never)
    .select('title season episode files').sort({ _id: -1 }).limit(limit + 1).lean<ListedMedia[]>()
  const { rows, next } = pageOf(media, limit, ({ _id }) => _id.toString())
  if (state === null) return { rows, next }
  const inState = rows.map((one) => ({ ...one, files: one.files.filter((file) => overallState(file) === state) }))
  return { rows: inState.filter(({ files }) => files.length > 0), next }
}

export interface JobCount {
  readonly job: 'upload' | 'packaging' | 'encoding' | 'encoding-step' | 'markers' | 'email'
  readonly state: 'waiting' | 'failed'
  readonly count: number
}

/** Counts uploads, packaging, encodings and their steps, marker detections and emails that wait or failed. */
export async function countJobs (): Promise<JobCount[]> {
  const unfinished = mongoose.trusted({ $in: ['uploading', 'received', 'processing'] })
  const isQueued = mongoose.trusted({ $in: ['waiting', 'running'] })
  const [
    uploads,
    failedUploads,
    packaging,
    failedPackaging,
    encoding,
    failedEncoding,
    steps,
    failedSteps,
    markers,
    failedMarkers,
    emails,
  ] = await Promise.all([
    MediaUpload.countDocuments({ state: unfinished } as never),
    MediaUpload.countDocuments({ state: 'failed' }),
    Media.countDocuments({ 'files.hls.state': 'processing' }),
    Media.countDocuments({ 'files.hls.state': 'failed' }),
    EncodingJob.countDocuments({ state: isQueued } as never),
    EncodingJob.countDocuments({ state: 'failed' }),
    EncodingStep.countDocuments({ state: isQueued } as never),
    EncodingStep.countDocuments({ state: 'failed' }),
    MarkerDetection.countDocuments({ state: isQueued } as never),
    MarkerDetection.countDocuments({ state: 'failed' }),
    OutboxEmail.estimatedDocumentCount(),
  ])
  return [
    { job: 'upload', state: 'waiting', count: uploads },
    { job: 'upload', state: 'failed', count: failedUploads },
    { job: 'packaging', state: 'waiting', count: packaging },
    { job: 'packaging', state: 'failed', count: failedPackaging },
    { job: 'encoding', state: 'waiting', count: encoding },
    { job: 'encoding', state: 'failed', count: failedEncoding },
    { job: 'encoding-step', state: 'waiting', count: steps },
    { job: 'encoding-step', state: 'failed', count: failedSteps },
    { job: 'markers', state: 'waiting', count: markers },
    { job: 'markers', state: 'failed', count: failedMarkers },
    { job: 'email', state: 'waiting', count: emails },
  ]
}
