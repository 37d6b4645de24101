// Steps of masters that do not exist: an interrupted deletion leaves them behind.
import { EncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import { removeSteps } from '../media/object-cleanup.js'
import type { Check } from './findings.js'

type StepOfMaster = Pick<StoredEncodingStep, 'job' | 'kind'>

export const encodingSteps: Check = {
  name: 'encoding-steps',
  objects: 'steps of masters',
  async *find (deps, countChecked) {
    const cursor = EncodingStep.find().select('job kind').lean<StepOfMaster[]>().cursor()
    for await (const { job, kind } of cursor as AsyncIterable<StepOfMaster>) {
      countChecked()
      // IDs are never reused: a master that is missing was deleted.
      if (await EncodingJob.exists({ _id: job }) !== null) continue
      yield {
        subject: `step ${kind} of master ${job.toString()}`,
        problem: 'the master does not exist',
        fix: async () => {
          await removeSteps(deps, [job])
        },
      }
    }
  },
}
