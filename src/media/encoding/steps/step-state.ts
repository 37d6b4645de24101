// The stored state of the steps of masters: claims, requests, and what their work needs.
import mongoose, { Types } from 'mongoose'
import { NOT_CLAIMED } from '../../../../models/attempt.js'
import type { StoredEncodingJob } from '../../../../models/encoding-job.js'
import { EncodingStep, stepId, type StoredEncodingStep } from '../../../../models/encoding-step.js'
import type { CatalogueItem, CatalogueTitle } from '../../../catalogue/store/catalogue.js'
import { STEP_KINDS, type StepKind } from '../../../domain/vocabulary.js'
import { createAttempts, restartedFields, type RunningAttempt } from '../../attempts.js'
import type { MediaDeps } from '../../deps.js'
import { ProgramStoppedError } from '../run-program.js'

const PENDING_STATES = ['waiting', 'running'] as const

export const stepAttempts = createAttempts<StoredEncodingStep>(EncodingStep, {
  dueStates: PENDING_STATES,
  isResumed: ({ state }) => state === 'running',
})

/** One attempt at a step. */
export interface StepWork {
  readonly running: RunningAttempt<StoredEncodingStep>
  readonly master: StoredEncodingJob
  /** Scratch folder. */
  readonly folder: string
  /** Aborts when the process stops, or the claim is lost. */
  readonly signal: AbortSignal
}

/** The movie or episode of a master. @throws ProgramStoppedError if it was deleted, and the step with it */
export function requireItemOf (
  { catalogue }: Pick<MediaDeps, 'catalogue'>,
  { item: itemId }: Pick<StoredEncodingJob, 'item'>,
): { readonly title: CatalogueTitle, readonly item: CatalogueItem } {
  const item = catalogue.findItem(itemId.toString())
  const title = catalogue.findTitle(item?.titleId ?? '')
  if (item === null || title === null) throw new ProgramStoppedError()
  return { title, item }
}

/** @throws ProgramStoppedError if another attempt may run: this one must store nothing */
export async function stopWithoutClaim (running: RunningAttempt<StoredEncodingStep>): Promise<void> {
  if (!await stepAttempts.hasClaim(running)) throw new ProgramStoppedError()
}

/** The steps of masters, in the order in which they run. */
export async function listSteps (jobIds: readonly Types.ObjectId[]): Promise<StoredEncodingStep[]> {
  if (jobIds.length === 0) return []
  const steps = await EncodingStep.find({ job: mongoose.trusted({ $in: jobIds }) } as never).lean<
    StoredEncodingStep[]
  >()
  return steps.sort(compareKinds)
}

export const compareKinds = (a: StoredEncodingStep, b: StoredEncodingStep): number =>
  STEP_KINDS.indexOf(a.kind) - STEP_KINDS.indexOf(b.kind)

/** Whether a step will be tried without a request. */
export async function isStepPending (jobId: Types.ObjectId, kind: StepKind): Promise<boolean> {
  const isPending = { _id: stepId(jobId, kind), state: mongoose.trusted({ $in: PENDING_STATES }) }
  return await EncodingStep.exists(isPending as never) !== null
}

/** Ends the steps of a master that another one replaces. Running attempts stop. */
export async function cancelSteps (jobId: Types.ObjectId): Promise<void> {
  const isPending = { job: jobId, state: mongoose.trusted({ $in: PENDING_STATES }) }
  const fields = { state: 'cancelled', progress: 0, claim: null, claimedUntil: NOT_CLAIMED }
  await EncodingStep.updateMany(isPending as never, { $set: fields })
}

/** Queues the cancelled steps of a master again: the one that was to replace it was discarded. */
export async function resumeSteps (jobId: Types.ObjectId, now: Date): Promise<void> {
  await EncodingStep.updateMany({ job: jobId, state: 'cancelled' }, { $set: restartedFields(now) })
}

/** Queues a step now; a running one is not changed. @returns false if the master has no such step */
export async function restartStep (jobId: Types.ObjectId, kind: StepKind, now: Date): Promise<boolean> {
  const _id = stepId(jobId, kind)
  const isEnded = { _id, state: mongoose.trusted({ $ne: 'running' }) }
  const { matchedCount } = await EncodingStep.updateOne(isEnded as never, { $set: restartedFields(now) })
  return matchedCount > 0 || await EncodingStep.exists({ _id }) !== null
}
