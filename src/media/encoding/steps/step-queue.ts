// The queue of the steps that follow the encoding of masters, one at a time.
import { findEncodingJob, type StoredEncodingJob } from '../../../../models/encoding-job.js'
import type { StoredEncodingStep } from '../../../../models/encoding-step.js'
import type { StepKind } from '../../../domain/vocabulary.js'
import { createAttemptQueue, runAttempt, type AttemptQueue } from '../../attempts.js'
import { removeSteps, removeUnusedImageKeys } from '../../object-cleanup.js'
import type { EncodingDeps } from '../encoding-deps.js'
import { saveError, TOO_MANY_CRASHES } from '../save-error.js'
import { createScratchFolder, removeScratchFolder } from '../scratch-folders.js'
import { keepOriginal } from './keep-original.js'
import { takePictures } from './master-pictures.js'
import { storeMasterSubtitles } from './master-subtitles.js'
import { makeThumbnails } from './master-thumbnails.js'
import { compareKinds, stepAttempts, type StepWork } from './step-state.js'

interface StepDescription {
  readonly run: (deps: EncodingDeps, work: StepWork) => Promise<void>
  /** Text of a failure that no person can act on. */
  readonly failed: string
}

const STEPS: Readonly<Record<StepKind, StepDescription>> = {
  subtitles: { run: storeMasterSubtitles, failed: 'The service could not extract the subtitles.' },
  thumbnails: { run: makeThumbnails, failed: 'The service could not make seek thumbnails.' },
  pictures: { run: takePictures, failed: 'The service could not take pictures.' },
  original: { run: keepOriginal, failed: 'The service could not keep the original video.' },
}

/**
 * Creates the queue. It runs beside the encoding of masters: steps take seconds to minutes, and do not wait for hours
 * of encoding.
 */
export function createStepQueue (deps: EncodingDeps, shutdown: AbortSignal): AttemptQueue {
  const { config, log, now } = deps

  async function run (step: StoredEncodingStep): Promise<void> {
    const master = await findEncodingJob(step.job)
    if (master === null) await removeSteps(deps, [step.job])
    // A crash was between the last step that was added and the end of the job.
    else if (master.state === 'done') await runStep(step, master)
  }

  async function runStep (step: StoredEncodingStep, master: StoredEncodingJob): Promise<void> {
    const description = STEPS[step.kind]
    await runAttempt<StoredEncodingStep>({
      attempts: stepAttempts,
      now,
      shutdown,
      tooManyCrashes: TOO_MANY_CRASHES,
      async run (running, signal) {
        const claimId = running.claimId.toString()
        const folder = await createScratchFolder(config.dataDir, claimId)
        try {
          await description.run(deps, { running, master, folder, signal })
        } finally {
          await removeScratchFolder(config.dataDir, claimId)
        }
        await stepAttempts.saveSuccess(running, { imageKeys: [] })
      },
      async saveError (running, error) {
        await saveError(deps, stepAttempts, running, master, error, description.failed)
      },
    }, step)
    await removeStepOfDeletedMaster(step)
  }

  /** Deleted during the attempt: what it stored after that belongs to nothing. */
  async function removeStepOfDeletedMaster (step: StoredEncodingStep): Promise<void> {
    if (await findEncodingJob(step.job) !== null) return
    await removeSteps(deps, [step.job])
    await removeUnusedImageKeys(deps, [step])
  }

  return createAttemptQueue<StoredEncodingStep>({
    listDue: async () => (await stepAttempts.listDue(now())).sort(compareDue),
    run,
    onError (error) {
      // The claim expires: the next run of the queue tries again.
      log.warn({ err: error }, 'a step of a master failed; it will be tried again')
    },
    shutdown,
  })
}

/** The copy of a large original takes minutes: the quick steps of other masters precede it. */
function compareDue (a: StoredEncodingStep, b: StoredEncodingStep): number {
  const isLong = ({ kind }: StoredEncodingStep): number => kind === 'original' ? 1 : 0
  return isLong(a) - isLong(b) || a.nextAttemptAt.getTime() - b.nextAttemptAt.getTime() || compareKinds(a, b)
}
