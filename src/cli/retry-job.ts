// Runs "normflix jobs retry": queues the encoding of a master, one of its steps, the packaging of a file or the
// detection of markers again.
import mongoose, { Types } from 'mongoose'
import { findEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, stepId, type StoredEncodingStep } from '../../models/encoding-step.js'
import { MarkerDetection, type StoredMarkerDetection } from '../../models/marker-detection.js'
import { Media, type StoredMedia } from '../../models/media.js'
import type { Container } from '../container.js'
import type { StepKind } from '../domain/vocabulary.js'
import { fail } from '../errors.js'
import { retryEncodingJob, retryEncodingStep } from '../media/encoding/masters.js'
import { listSteps } from '../media/encoding/steps/step-state.js'
import { repackageMediaFile } from '../media/upload/media-files.js'
import { formatList } from './format-list.js'
import { JOB_COLUMNS, toJobRows, type JobRow } from './list-work.js'
import { recordCommand } from './with-container.js'

export interface RetryOptions {
  /** A step of a master; without it, the job of the ID. */
  readonly step?: StepKind
  readonly json?: boolean
}

/**
 * Queues a job again, as the routes do, and prints it.
 * @param id of a job, as "normflix jobs" prints it
 * @throws Error when no job has the ID, or the job runs; DomainError when its state allows no other attempt
 */
export async function runRetryJob (
  container: Container,
  id: string,
  { step, json = false }: RetryOptions,
): Promise<void> {
  const row = await retryJob(container, id, step ?? null) ??
    fail(new Error('There is no job with this ID that can be repeated. normflix jobs lists them.'))
  await recordCommand(container, 'jobs-retry')
  console.log(json ? JSON.stringify(row, null, 2) : formatList([row], JOB_COLUMNS))
  if (!json) console.log('\nThe service repeats it: normflix jobs --watch shows the progress.')
}

/** @returns null when no job has the ID */
async function retryJob (container: Container, id: string, step: StepKind | null): Promise<JobRow | null> {
  // Other texts would become IDs too: a string of twelve bytes is one.
  if (!/^[0-9a-f]{24}$/i.test(id)) return null
  if (step !== null) return await retryStep(container, id, step)
  return await retryEncoding(container, id) ?? await retryDetection(container, id) ??
    await retryPackaging(container, id)
}

async function retryStep (container: Container, id: string, kind: StepKind): Promise<JobRow | null> {
  const jobId = new Types.ObjectId(id)
  const steps = await listSteps([jobId])
  const step = steps.find((one) => one.kind === kind)
  if (step === undefined) {
    if (await findEncodingJob(id) === null) return null
    const kinds = steps.map((one) => one.kind).join(', ')
    throw new Error(`The master has no step "${kind}". ${kinds === '' ? 'It has none yet.' : `It has: ${kinds}.`}`)
  }
  rejectRunning(step)
  await retryEncodingStep(container, id, kind)
  const queued = await EncodingStep.find({ _id: stepId(jobId, kind) }).lean<StoredEncodingStep[]>()
  return (await toJobRows({ steps: queued }))[0] ?? null
}

async function retryEncoding (container: Container, id: string): Promise<JobRow | null> {
  const job = await findEncodingJob(id)
  if (job === null) return null
  rejectRunning(job)
  return (await toJobRows({ masters: [await retryEncodingJob(container, id)] }))[0] ?? null
}

async function retryDetection (container: Container, id: string): Promise<JobRow | null> {
  const detection = await MarkerDetection.findById(id).lean<StoredMarkerDetection>()
  if (detection === null) return null
  rejectRunning(detection)
  // The files of the season are read from the catalogue.
  await container.open()
  const { title, season } = detection
  const queued = await container.markerDetection.request(title.toString(), season)
  return (await toJobRows({ detections: [queued] }))[0] ?? null
}

/** Only a package that failed: the current one of another file would be made once more. */
async function retryPackaging (container: Container, id: string): Promise<JobRow | null> {
  const isFailed = { _id: new Types.ObjectId(id), 'hls.state': 'failed' }
  const media = await Media.findOne({ files: mongoose.trusted({ $elemMatch: isFailed }) } as never).select('_id').lean<
    StoredMedia
  >()
  if (media === null) return null
  await container.open()
  await repackageMediaFile(container, id)
  const item = await Media.find({ _id: media._id }).select('title season episode files').lean<StoredMedia[]>()
  return (await toJobRows({ media: item })).find((row) => row.id === id) ?? null
}

/** @throws Error when a process works on the job */
function rejectRunning ({ state }: { readonly state: string }): void {
  if (state === 'running') throw new Error('The job is running. Nothing was changed.')
}
