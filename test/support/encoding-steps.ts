// Stores steps of masters in a state, without running them.
import { Types } from 'mongoose'
import { findEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, stepId, type StoredEncodingStep } from '../../models/encoding-step.js'
import type { StepKind } from '../../src/domain/vocabulary.js'
import { fail } from '../../src/errors.js'

const HOUR_MS = 3_600_000

/** Adds a step of an encoding job; no process claims it within the next hour. */
export async function addEncodingStep (
  jobId: string,
  kind: StepKind,
  fields: Partial<StoredEncodingStep> = {},
): Promise<void> {
  const { item, title } = await findEncodingJob(jobId) ?? fail(new Error('no such job'))
  const job = new Types.ObjectId(jobId)
  const inAnHour = new Date(Date.now() + HOUR_MS)
  await EncodingStep.create({
    _id: stepId(job, kind),
    job,
    kind,
    item,
    title,
    durationMs: 60_000,
    nextAttemptAt: inAnHour,
    claimedUntil: inAnHour,
    createdAt: new Date(),
    ...fields,
  })
}
