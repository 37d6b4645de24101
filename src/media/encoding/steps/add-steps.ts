// Adds the steps that follow the encoding of a master.
import mongoose from 'mongoose'
import { EncodingStep, stepId } from '../../../../models/encoding-step.js'
import { upsertOnce } from '../../../../models/upsert.js'
import type { StepKind } from '../../../domain/vocabulary.js'
import { restartedFields } from '../../attempts.js'
import type { EncodingPlan } from '../encoding-plan.js'
import { jobAttempts, type RunningJob } from '../job-state.js'
import { ProgramStoppedError } from '../run-program.js'
import { isOriginalKept } from './keep-original.js'

/**
 * Adds the steps of a master that is encoded, before its job is done: a crash in between loses none. Can be repeated.
 * @throws ProgramStoppedError if the claim was lost
 */
export async function addSteps (running: RunningJob, plan: EncodingPlan, now: Date): Promise<void> {
  const { job } = running
  if (!await jobAttempts.hasClaim(running)) throw new ProgramStoppedError()
  const kinds: StepKind[] = [
    ...(plan.subtitles.length === 0 && job.hasCaptions !== true ? [] : ['subtitles' as const]),
    ...['thumbnails' as const, 'pictures' as const],
    ...(isOriginalKept(plan, job) ? ['original' as const] : []),
  ]
  const isOther = { job: job._id, kind: mongoose.trusted({ $nin: kinds }) }
  await EncodingStep.deleteMany(isOther as never)
  for (const kind of kinds) {
    const { item, title, replaces } = job
    const fields = { ...restartedFields(now), job: job._id, kind, item, title, replaces, durationMs: plan.durationMs }
    await upsertOnce(async () =>
      await EncodingStep.updateOne({ _id: stepId(job._id, kind) }, {
        $set: fields,
        $setOnInsert: { imageKeys: [], createdAt: now },
      }, { upsert: true })
    )
  }
}
