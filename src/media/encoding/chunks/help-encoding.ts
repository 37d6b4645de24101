// A process without a job of its own encodes chunks of the masters that other processes encode.
import mongoose from 'mongoose'
import { EncodingJob, type StoredEncodingJob } from '../../../../models/encoding-job.js'
import type { EncodingDeps } from '../encoding-deps.js'
import type { EncodingPlan } from '../encoding-plan.js'
import { applyClock } from '../master-clock.js'
import { planMaster } from '../plan-master.js'
import { isDue, listChunks } from './chunk-state.js'
import { readChunkSettings } from './encode-in-chunks.js'
import { runChunk } from './run-chunk.js'

/**
 * Returns a function that encodes one chunk of any running job.
 * @returns whether there was one; the function throws what `runChunk` and the probe throw
 */
export function createChunkHelper (deps: EncodingDeps, signal: AbortSignal): () => Promise<boolean> {
  const { config, encoder, now } = deps
  let probed: { readonly jobId: string, readonly plan: EncodingPlan, readonly settings: string } | null = null

  async function planJob (job: StoredEncodingJob): Promise<{ readonly plan: EncodingPlan, readonly settings: string }> {
    const jobId = job._id.toString()
    if (probed?.jobId === jobId) return probed
    const plan = applyClock(await planMaster(deps, job, signal), job)
    probed = { jobId, plan, settings: await readChunkSettings(deps, plan) }
    return probed
  }

  return async () => {
    const hasChunks = { state: 'running', isChunked: true, chunkSettings: mongoose.trusted({ $ne: null }) }
    for (const job of await EncodingJob.find(hasChunks as never).sort({ _id: 1 }).lean<StoredEncodingJob[]>()) {
      const chunks = await listChunks(job._id)
      if (!chunks.some((chunk) => isDue(chunk, now()))) continue
      if (await encoder.videoEncoderProblem(config.encoding) !== null) return false
      const { plan, settings } = await planJob(job)
      if (settings !== job.chunkSettings) continue
      for (const chunk of chunks) {
        if (isDue(chunk, now()) && await runChunk(deps, chunk, { job, plan, signal })) return true
      }
    }
    return false
  }
}
