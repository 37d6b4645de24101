// The masters of items: adds and removes them, and controls the jobs that encode them.
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import mongoose, { Types } from 'mongoose'
import { NOT_CLAIMED } from '../../../models/attempt.js'
import {
  EncodingJob,
  findEncodingJob,
  type EncodingState,
  type StoredEncodingJob,
} from '../../../models/encoding-job.js'
import { EncodingStep, type StepState } from '../../../models/encoding-step.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import type { CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { Config } from '../../config.js'
import { pageOf, type Page } from '../../domain/pages.js'
import type { StepKind } from '../../domain/vocabulary.js'
import { conflict, DomainError, fail, notFound } from '../../errors.js'
import { restartedFields } from '../attempts.js'
import type { MediaDeps } from '../deps.js'
import { ensureMedia, requireItem } from '../item-media.js'
import { removeChunks, removeJobObjects, removeSteps } from '../object-cleanup.js'
import type { ReceivedFile } from '../upload/media-files.js'
import { receiveUpload } from '../upload/receive-upload.js'
import { isEncodedInChunks } from './chunks/chunk-plan.js'
import type { Encoder } from './encoder.js'
import type { Encoding } from './encoding.js'
import { hasActiveRenditions, removePendingFiles } from './replace-masters.js'
import { readMasterInfo, type MasterInfo } from './master-info.js'
import { cancelSteps, listSteps, restartStep, resumeSteps } from './steps/step-state.js'

export interface MasterDeps extends MediaDeps {
  readonly config: Pick<Config, 'maxUploadBytes'>
  readonly encoder: Encoder
  readonly encoding: Encoding
}

/**
 * Receives a master of an item: streams it to storage, hashes and probes it, then queues its encoding. Returns the
 * existing job if the client repeats an upload.
 * @throws DomainError 400 `empty-upload`, 409 `encoder-unavailable`, `master-exists`, 413 `upload-too-large`,
 * 422 `unreadable-media`
 */
export async function addMaster (
  deps: MasterDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  source: Readable,
  edition: string | null,
): Promise<StoredEncodingJob> {
  const { storage, config, encoder } = deps
  await requireEncoder(encoder).catch((error: unknown) => {
    source.resume()
    throw error
  })
  const _id = new Types.ObjectId()
  const storageKey = `${item.id}/${_id.toString()}-${randomUUID()}`
  const { sizeBytes, sha256 } = await receiveUpload(source, storage, storageKey, config.maxUploadBytes, {
    isAnyFormat: true,
  })
  return await addReceivedMaster(deps, title, item, { id: _id, storageKey, sizeBytes, sha256 }, edition)
}

/** @throws DomainError 409 `encoder-unavailable` */
export async function requireEncoder (encoder: Encoder): Promise<void> {
  const status = await encoder.status()
  if (status.isAvailable) return
  throw conflict('encoder-unavailable', 'Encoding is off', `The service cannot encode masters: ${status.reason}`)
}

/**
 * Probes a received master and queues its encoding. The job gets the ID of the file. Returns the existing job, and
 * removes the file, if the item has the same master. A different one replaces the master of the edition.
 * @throws DomainError 404 `not-found`, 409 `master-exists`, 422 `unreadable-media`; the file is removed then
 */
export async function addReceivedMaster (
  deps: MasterDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  { id: _id, storageKey, sizeBytes, sha256 }: ReceivedFile,
  edition: string | null,
): Promise<StoredEncodingJob> {
  const { storage, encoding, now } = deps
  try {
    const masters = await findMasters(item.id, edition)
    const [newest] = masters
    if (newest?.sha256 === sha256) {
      await storage.remove(storageKey)
      return newest
    }
    const info = await readMaster(deps, storageKey)
    const replaces = await makeWay(deps, masters)
    const job = await createJob({
      _id,
      item: new Types.ObjectId(item.id),
      title: new Types.ObjectId(title.id),
      edition,
      replaces,
      storageKey,
      sizeBytes,
      sha256,
      isChunked: isEncodedInChunks(info),
      nextAttemptAt: now(),
      createdAt: now(),
    })
    await ensureMedia(title, item)
    await requireItem(deps, title, item)
    encoding.enqueue(_id.toString())
    return job
  } catch (error) {
    await EncodingJob.deleteOne({ _id })
    await storage.remove(storageKey)
    throw error
  }
}

/** Newest first: a master that replaces another one precedes it. */
async function findMasters (itemId: string, edition: string | null): Promise<StoredEncodingJob[]> {
  return await EncodingJob.find({ item: new Types.ObjectId(itemId), edition }).sort({ _id: -1 })
    .lean<StoredEncodingJob[]>()
}

/**
 * Removes masters that cannot be played yet, so that another one takes their place.
 * @returns the master whose renditions play until the new ones are complete; null for none
 */
async function makeWay (deps: MasterDeps, masters: readonly StoredEncodingJob[]): Promise<Types.ObjectId | null> {
  let replaced: Types.ObjectId | null = null
  for (const master of masters) {
    if (master.replaces !== null || !await hasActiveRenditions(master)) {
      await removeMaster(deps, master._id.toString())
      continue
    }
    replaced = master._id
    // What it lacks would be replaced at once.
    if (['waiting', 'running'].includes(master.state)) await cancelEncodingJob(deps, master._id.toString())
    else await cancelSteps(master._id)
  }
  return replaced
}

/** The unique index allows one master for each edition of an item, and one that replaces it. */
async function createJob (fields: Partial<StoredEncodingJob>): Promise<StoredEncodingJob> {
  try {
    return (await EncodingJob.create(fields)).toObject()
  } catch (error) {
    throw isDuplicateKey(error) ? masterExists() : error
  }
}

function masterExists (): DomainError {
  return conflict(
    'master-exists',
    'Master exists',
    'Another upload replaced the master of this edition at the same time. Upload the file again.',
  )
}

/** @throws DomainError 422 `unreadable-media` */
async function readMaster ({ encoder, storage }: MasterDeps, storageKey: string): Promise<MasterInfo> {
  const probed = await encoder.probe(await storage.locate(storageKey))
  const result = readMasterInfo(probed.ok ? probed.output : '')
  if (result.ok) return result.info
  throw new DomainError(422, 'unreadable-media', 'Unreadable media file', `${result.reason} Nothing was stored.`)
}

/** @throws DomainError 404 `not-found` */
export async function requireEncodingJob (id: string): Promise<StoredEncodingJob> {
  return await findEncodingJob(id) ?? fail(notFound('encoding job'))
}

/** States of the steps of few masters. */
type UnfinishedStepState = Exclude<StepState, 'done' | 'cancelled'>

/**
 * Lists one page of jobs, newest first. With `stepState`, those that have a step in this state.
 * @param after ID of the last job on the previous page
 */
export async function listEncodingJobs (
  filter: { readonly state?: EncodingState, readonly stepState?: UnfinishedStepState, readonly itemId?: string },
  after: string | null,
  limit: number,
): Promise<Page<StoredEncodingJob, string>> {
  const { stepState } = filter
  const withStep = stepState === undefined ? null : await EncodingStep.distinct('job', { state: stepState })
  const jobs = await EncodingJob.find({
    ...(withStep === null ? {} : { $and: [{ _id: mongoose.trusted({ $in: withStep }) }] }),
    ...(filter.state === undefined ? {} : { state: filter.state }),
    ...(filter.itemId === undefined ? {} : { item: new Types.ObjectId(filter.itemId) }),
    ...(after === null ? {} : { _id: mongoose.trusted({ $lt: new Types.ObjectId(after) }) }),
  } as never).sort({ _id: -1 }).limit(limit + 1).lean<StoredEncodingJob[]>()
  return pageOf(jobs, limit, ({ _id }) => _id.toString())
}

/**
 * Queues a failed or cancelled job again.
 * @throws DomainError 404 `not-found`, 409 `encoding-job-state`
 */
export async function retryEncodingJob ({ encoding, now }: MasterDeps, id: string): Promise<StoredEncodingJob> {
  const job = await requireEncodingJob(id)
  if (job.state === 'running') return job
  if (job.state === 'done') throw encodingDone((await listSteps([job._id])).map(({ kind }) => kind))
  await changeState(id, ['failed', 'cancelled', 'waiting'], restartedFields(now()))
  encoding.enqueue(id)
  return await requireEncodingJob(id)
}

function encodingDone (kinds: readonly StepKind[]): DomainError {
  const steps = kinds.length === 0 ? '' : ` Only its steps can be repeated, one by one: ${kinds.join(', ')}.`
  return conflict('encoding-job-state', 'Wrong state', `The encoding job is done.${steps}`, { state: 'done' })
}

/**
 * Queues a step of a master again. A running one is not changed.
 * @throws DomainError 404 `not-found`, 409 `encoding-job-state` if another master replaces this one
 */
export async function retryEncodingStep (
  { encoding, now }: MasterDeps,
  id: string,
  kind: StepKind,
): Promise<StoredEncodingJob> {
  const job = await requireEncodingJob(id)
  const { _id, item, edition, state } = job
  if (await EncodingJob.exists({ item, edition, replaces: _id }) !== null) {
    throw conflict('encoding-job-state', 'Wrong state', 'Another master replaces this one.', { state })
  }
  if (!await restartStep(_id, kind, now())) throw notFound('encoding step')
  encoding.startSteps()
  return job
}

/**
 * Cancels a job. Renditions that are media files already stay.
 * @throws DomainError 404 `not-found`, 409 `encoding-job-state`
 */
export async function cancelEncodingJob (deps: MasterDeps, id: string): Promise<StoredEncodingJob> {
  // Without its claim a running attempt stops.
  await changeState(id, ['waiting', 'running', 'cancelled'], {
    state: 'cancelled',
    progress: 0,
    claim: null,
    claimedUntil: NOT_CLAIMED,
  })
  await removeChunks(deps, [new Types.ObjectId(id)])
  await removeSteps(deps, [new Types.ObjectId(id)])
  return await requireEncodingJob(id)
}

async function changeState (id: string, from: readonly EncodingState[], fields: object): Promise<void> {
  const isInState = { _id: id, state: mongoose.trusted({ $in: from }) }
  const { matchedCount } = await EncodingJob.updateOne(isInState as never, { $set: fields })
  if (matchedCount > 0) return
  const { state } = await requireEncodingJob(id)
  throw conflict('encoding-job-state', 'Wrong state', `The encoding job is ${state}.`, { state })
}

/**
 * Deletes a master with its job, which stops. Renditions that are media files already stay, unless they were to replace
 * those of another master.
 * @throws DomainError 404 `not-found`
 */
export async function removeMaster (deps: MasterDeps, id: string): Promise<void> {
  const job = await EncodingJob.findOneAndDelete({ _id: id }).lean<StoredEncodingJob>()
  if (job === null) throw notFound('encoding job')
  await removePendingFiles(deps, job)
  await removeJobObjects(deps, [job])
  if (job.replaces === null) return
  await resumeSteps(job.replaces, deps.now())
  deps.encoding.startSteps()
}
