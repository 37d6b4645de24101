// Reads the rows of "normflix jobs" and "normflix streams".
import mongoose, { type Types } from 'mongoose'
import { Account, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { AccountStreams, isLeaseLive, type StoredStreams } from '../../models/account-streams.js'
import { EncodingJob, type EncodingState, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import {
  MarkerDetection,
  queuedAtOf,
  type DetectionState,
  type StoredMarkerDetection,
} from '../../models/marker-detection.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../models/media.js'
import { MediaUpload, type StoredUpload } from '../../models/media-upload.js'
import { Title } from '../../models/title.js'
import { normaliseEmail } from '../domain/email.js'
import { STEP_KINDS, type StepKind } from '../domain/vocabulary.js'
import { describeStream, type StreamDescription } from '../watching/streams/describe-stream.js'
import { formatDuration, formatTime, type Column } from './format-list.js'
import { toList, type Limit, type List, type ListRow } from './list-documents.js'

export interface JobFilter extends Limit {
  /** By default all but those that are ready. */
  readonly states?: readonly JobState[]
}

/** Waiting: no worker runs it. Skipped: a program is missing; it is tried again. */
export type JobState = 'waiting' | 'processing' | 'failed' | 'skipped' | 'ready'
const DEFAULT_STATES: readonly JobState[] = ['waiting', 'processing', 'failed', 'skipped']

/** Work on a media file, an upload, a master, or the episodes of a season. A step has the ID of its master. */
export interface JobRow extends ListRow {
  readonly job: 'upload' | 'processing' | 'packaging' | 'encoding' | StepKind | 'markers'
  readonly state: JobState
  /** 0 to 1; null when unknown. */
  readonly progress: number | null
  /** Attempts of an encoding, a step or a marker detection; null for other jobs. */
  readonly attempts: number | null
  readonly title: { readonly id: string, readonly title: string } | null
  readonly season: number | null
  /** Null with a season: all its episodes. */
  readonly episode: number | null
  readonly reason: string | null
  /** What ffmpeg printed at the end of a failed attempt; else empty. Not in the table. */
  readonly logTail: string
  /** Of a marker detection: when it was queued last. */
  readonly createdAt: string
}

export const JOB_COLUMNS: ReadonlyArray<Column<JobRow>> = [
  ['JOB', ({ job }) => job],
  ['STATE', ({ state }) => state],
  ['DONE', ({ progress }) => progress === null ? null : `${Math.floor(progress * 100)}%`],
  ['ATTEMPTS', ({ attempts }) => attempts],
  ['TITLE', ({ title, season, episode }) => nameItem(title, season, episode)],
  ['ID', ({ id }) => id],
  ['CREATED (UTC)', ({ createdAt }) => formatTime(createdAt)],
  ['REASON', describeReason],
]

/** A cancelled job is listed by the API only. */
const ENCODING_STATES = {
  waiting: ['waiting'],
  processing: ['running'],
  ready: ['done'],
  failed: ['failed'],
  skipped: [],
} as const satisfies Readonly<Record<JobState, readonly EncodingState[]>>
const DETECTION_STATES = { ...ENCODING_STATES, skipped: ['skipped'] } as const satisfies Readonly<
  Record<JobState, readonly DetectionState[]>
>

/** Lists what happens to media files, uploads, masters and the markers of seasons, newest first. */
export async function listJobs ({ states = DEFAULT_STATES, limit }: JobFilter): Promise<List<JobRow>> {
  const isWanted = mongoose.trusted({ $in: states })
  const encodingStates = states.flatMap((one) => ENCODING_STATES[one])
  const detectionStates = states.flatMap((one) => DETECTION_STATES[one])
  const [media, uploads, masters, steps, detections] = await Promise.all([
    Media.find({ $or: [{ 'files.state': isWanted }, { 'files.hls.state': isWanted }] } as never)
      .select('title season episode files').lean<StoredMedia[]>(),
    // A finished upload is a media file.
    MediaUpload.find({ state: mongoose.trusted({ $in: states.filter((one) => one !== 'ready') }) } as never)
      .lean<StoredUpload[]>(),
    EncodingJob.find({ state: mongoose.trusted({ $in: encodingStates }) } as never).lean<StoredEncodingJob[]>(),
    EncodingStep.find({ state: mongoose.trusted({ $in: encodingStates }) } as never).lean<StoredEncodingStep[]>(),
    MarkerDetection.find({ state: mongoose.trusted({ $in: detectionStates }) } as never)
      .lean<StoredMarkerDetection[]>(),
  ])
  const rows = await toJobRows({ media, uploads, masters, steps, detections })
  const wanted = rows.filter((row) => states.some((one) => one === row.state))
  return toList(wanted.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, limit + 1), JOB_COLUMNS, limit)
}

interface JobDocuments {
  /** Items with files that are processed or packaged. */
  readonly media?: readonly StoredMedia[]
  readonly uploads?: readonly StoredUpload[]
  readonly masters?: readonly StoredEncodingJob[]
  readonly steps?: readonly StoredEncodingStep[]
  readonly detections?: readonly StoredMarkerDetection[]
}

/** Maps stored work to rows, with the names of its titles. */
export async function toJobRows (
  { media = [], uploads = [], masters = [], steps = [], detections = [] }: JobDocuments,
): Promise<JobRow[]> {
  const itemIds = [...uploads, ...masters, ...steps].flatMap(({ item }) => item ?? [])
  const items = new Map((await Media.find({ _id: mongoose.trusted({ $in: itemIds }) })
    .select('title season episode').lean<StoredMedia[]>()).map((item) => [item._id.toString(), item]))
  const titles = await findTitleNames([...media, ...items.values(), ...detections].map(({ title }) => title))
  return [
    ...media.flatMap((item) => item.files.flatMap((file) => toFileJobs(file, describeItem(item, titles)))),
    ...uploads.map((upload) => toUploadJob(upload, describeItem(items.get(upload.item?.toString() ?? ''), titles))),
    ...masters.map((job) => toEncodingRow(job, describeItem(items.get(job.item.toString()), titles))),
    ...steps.map((step) => toStepRow(step, describeItem(items.get(step.item.toString()), titles))),
    ...detections.map((detection) => toDetectionRow(detection, titles)),
  ]
}

type Item = Pick<JobRow, 'title' | 'season' | 'episode'>

function describeItem (media: StoredMedia | undefined, titles: ReadonlyMap<string, string>): Item {
  if (media === undefined) return { title: null, season: null, episode: null }
  return { title: describeTitle(media.title, titles), season: media.season, episode: media.episode }
}

function describeTitle (titleId: Types.ObjectId, titles: ReadonlyMap<string, string>): NonNullable<Item['title']> {
  const id = titleId.toString()
  return { id, title: titles.get(id) ?? 'Deleted title' }
}

/** A file that is not ready is not packaged yet. */
function toFileJobs ({ _id, state, failure, hls, createdAt }: StoredMediaFile, item: Item): JobRow[] {
  const common = { id: _id.toString(), attempts: null, logTail: '', ...item, createdAt: createdAt.toISOString() }
  if (state !== 'ready') return [{ ...common, job: 'processing', state, progress: null, reason: failure?.text ?? null }]
  const { state: hlsState, progress, failure: hlsFailure } = hls
  return [{ ...common, job: 'packaging', state: hlsState, progress, reason: hlsFailure?.text ?? null }]
}

function toUploadJob ({ _id, state, failure, createdAt }: StoredUpload, item: Item): JobRow {
  return {
    id: _id.toString(),
    job: 'upload',
    state: state === 'uploading' || state === 'received' ? 'processing' : state,
    progress: null,
    attempts: null,
    ...item,
    reason: failure?.detail ?? null,
    logTail: '',
    createdAt: createdAt.toISOString(),
  }
}

function toEncodingRow (job: StoredEncodingJob, item: Item): JobRow {
  return { ...toMasterRow(job, item), id: job._id.toString(), job: 'encoding' }
}

function toStepRow (step: StoredEncodingStep, item: Item): JobRow {
  return { ...toMasterRow(step, item), id: step.job.toString(), job: step.kind }
}

function toMasterRow (
  { state, progress, attempts, failure, logTail, createdAt }: StoredEncodingJob | StoredEncodingStep,
  item: Item,
): Omit<JobRow, 'id' | 'job'> {
  return {
    state: toJobState(state),
    progress,
    attempts,
    ...item,
    reason: failure?.text ?? null,
    logTail,
    createdAt: createdAt.toISOString(),
  }
}

/** Cancelled work is not listed. */
function toJobState (state: EncodingState | DetectionState): JobState {
  if (state === 'done') return 'ready'
  return state === 'running' || state === 'cancelled' ? 'processing' : state
}

function toDetectionRow (detection: StoredMarkerDetection, titles: ReadonlyMap<string, string>): JobRow {
  const { _id, title, season, state, progress, attempts, failure, logTail } = detection
  return {
    id: _id.toString(),
    job: 'markers',
    state: toJobState(state),
    progress,
    attempts,
    title: describeTitle(title, titles),
    season,
    episode: null,
    reason: failure?.text ?? null,
    logTail,
    createdAt: queuedAtOf(detection).toISOString(),
  }
}

/** Why a job failed or waits, and what to do about it. */
export function describeReason (
  { job, id, reason, state }: Pick<JobRow, 'job' | 'id' | 'reason'> & { readonly state: string },
): string | null {
  const step = STEP_KINDS.find((kind) => kind === job)
  const isRetryable = job === 'encoding' || job === 'markers' || step !== undefined
  if (state !== 'failed' || !isRetryable) return reason
  const command = `normflix jobs retry ${id}${step === undefined ? '' : ` --step ${step}`}`
  return `${reason === null ? '' : `${reason} `}It is not retried automatically. To retry it, run: ${command}`
}

export interface StreamFilter extends Limit {
  readonly email?: string
}

type StreamRow = StreamDescription & { readonly account: { readonly id: string, readonly email: string } }

const STREAM_COLUMNS: ReadonlyArray<Column<StreamRow>> = [
  ['ACCOUNT', ({ account }) => account.email],
  ['PROFILE', ({ profile }) => profile.name],
  ['TITLE', ({ title, season, episode }) => nameItem(title, season, episode)],
  ['STATE', ({ state }) => state],
  ['POSITION', ({ positionMs }) => formatDuration(positionMs)],
  ['DEVICE', ({ device }) => device],
  ['SINCE (UTC)', ({ since }) => formatTime(since)],
  ['STREAM', ({ id }) => id],
]

/**
 * Lists live streams, newest first.
 * @throws Error when no account has the email
 */
export async function listStreams ({ email, limit }: StreamFilter, now: Date): Promise<List<StreamRow>> {
  const account = email === undefined ? null : await findAccountByEmail(normaliseEmail(email))
  if (email !== undefined && account === null) throw new Error('There is no account with this email.')
  const filter = account === null
    ? { 'leases.expiresAt': mongoose.trusted({ $gt: now }) }
    : { _id: account._id }
  const stored = await AccountStreams.find(filter as never).lean<StoredStreams[]>()
  const live = stored.flatMap(({ _id, leases }) =>
    leases.filter((lease) => isLeaseLive(lease, now)).map((lease) => ({ account: _id, lease }))
  )
  live.sort((a, b) => b.lease.startedAt.getTime() - a.lease.startedAt.getTime())
  const listed = live.slice(0, limit + 1)
  const [accounts, titles] = await Promise.all([
    Account.find({ _id: mongoose.trusted({ $in: listed.map((one) => one.account) }) })
      .select('email profiles._id profiles.name').lean<StoredAccount[]>(),
    findTitleNames(listed.map(({ lease }) => lease.title)),
  ])
  const catalogue = {
    findTitle (id: string) {
      const title = titles.get(id)
      return title === undefined ? null : { title }
    },
  }
  const rows = listed.map(({ account: accountId, lease }) => {
    const owner = accounts.find(({ _id }) => _id.equals(accountId))
    return {
      ...describeStream({ catalogue }, owner?.profiles ?? [], lease),
      account: { id: accountId.toString(), email: owner?.email ?? 'Deleted account' },
    }
  })
  return toList(rows, STREAM_COLUMNS, limit)
}

async function findTitleNames (ids: readonly Types.ObjectId[]): Promise<Map<string, string>> {
  const titles = await Title.find({ _id: mongoose.trusted({ $in: ids }) }).select('title')
    .lean<Array<{ _id: Types.ObjectId, title: string }>>()
  return new Map(titles.map(({ _id, title }) => [_id.toString(), title]))
}

export function nameItem (title: Item['title'], season: number | null, episode: number | null): string | null {
  if (title === null) return null
  if (season === null) return title.title
  return episode === null ? `${title.title} S${season}` : `${title.title} S${season} E${episode}`
}
