// Encodes a claimed master in chunks: encodes those that no other process encodes, waits for the others, and joins each
// pass when it is complete. Finished chunks stay for the next attempt.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AUDIO_PASS,
  chunkKeys,
  EncodingChunk,
  type StoredEncodingChunk,
} from '../../../../models/encoding-chunk.js'
import type { SizedRung } from '../../../domain/encoding-ladder.js'
import { removeChunks, removeObjects } from '../../object-cleanup.js'
import { EncodingFailedError, type EncodingDeps } from '../encoding-deps.js'
import { ENCODING_SHARE, isLowestFirst, passCost, splitIntoPasses, type EncodingPlan } from '../encoding-plan.js'
import { saveChunkSettings, type RunningJob } from '../job-state.js'
import { ProgramStoppedError } from '../run-program.js'
import { chunkSettings } from './chunk-plan.js'
import { addChunks, isDue, listChunks, readLogTail, rejectChunk, type ChunkPass } from './chunk-state.js'
import { findIncompleteChunk, joinChunks } from './join-chunks.js'
import { runChunk } from './run-chunk.js'

const POLL_INTERVAL_MS = 1_000
/** Share of the audio in the progress. */
const AUDIO_SHARE = 0.02

export interface ChunkedWork {
  /** Of all rungs of the master. */
  readonly plan: EncodingPlan
  /** Those that have no media file yet. */
  readonly rungs: readonly SizedRung[]
  readonly folder: string
  readonly signal: AbortSignal
}

/** @throws EncodingFailedError when a chunk failed in each of its attempts; ProgramStoppedError after an abort */
export async function encodeInChunks (deps: EncodingDeps, running: RunningJob, work: ChunkedWork): Promise<void> {
  const { now } = deps
  const { job } = running
  const { plan, rungs, signal } = work
  const all = numberPasses(plan, deps)
  const missing = all.filter((pass) => pass.plan.rungs.some((rung) => rungs.includes(rung)))
  await prepareChunks(deps, running, plan, missing)
  while (missing[0] !== undefined) {
    if (signal.aborted) throw new ProgramStoppedError()
    const chunks = await listChunks(job._id)
    await assertNoneFailed(chunks)
    running.progress = progressOf(all, missing, chunks)
    if (isComplete(missing[0], chunks)) {
      if (await joinPass(deps, running, work, missing[0], chunks)) missing.shift()
      continue
    }
    const hasEncoded = await encodeNext(deps, running, work, all, chunks)
    if (!hasEncoded && !chunks.some((chunk) => isDue(chunk, now()))) {
      await sleep(POLL_INTERVAL_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  await removeChunks(deps, [job._id])
}

function numberPasses (plan: EncodingPlan, { config: { encoding } }: EncodingDeps): ChunkPass[] {
  return splitIntoPasses(plan, encoding).map((passPlan, i) => ({
    pass: AUDIO_PASS + 1 + i,
    plan: passPlan,
  }))
}

/** Identifies what this process would encode. */
export async function readChunkSettings (
  { config: { encoding }, encoder }: EncodingDeps,
  plan: EncodingPlan,
): Promise<string> {
  const status = await encoder.status()
  const { encoder: videoEncoder, loudness } = encoding
  const version = status.isAvailable ? status.version : ''
  return chunkSettings(plan, [
    version,
    videoEncoder,
    loudness,
    isLowestFirst(plan, encoding) ? 'lowest first' : 'all at once',
  ])
}

/** Chunks that were encoded with other settings cannot be joined with new ones. */
async function prepareChunks (
  deps: EncodingDeps,
  running: RunningJob,
  plan: EncodingPlan,
  missing: readonly ChunkPass[],
): Promise<void> {
  const { job } = running
  const settings = await readChunkSettings(deps, plan)
  if (job.chunkSettings !== settings) await removeChunks(deps, [job._id])
  if (!await saveChunkSettings(running, settings)) throw new ProgramStoppedError()
  if (missing.length > 0) await addChunks(job, plan, missing, settings, deps.now())
}

async function assertNoneFailed (chunks: readonly StoredEncodingChunk[]): Promise<void> {
  const failed = chunks.find(({ state }) => state === 'failed')
  if (failed === undefined) return
  const { code, text } = failed.failure ?? { code: 'encoding-failed', text: 'A part of the master cannot be encoded.' }
  throw new EncodingFailedError(code, text, { logTail: await readLogTail(failed._id), isFinal: true })
}

const ofPass = (pass: number, chunks: readonly StoredEncodingChunk[]): StoredEncodingChunk[] =>
  chunks.filter((chunk) => chunk.pass === pass)

function isComplete ({ pass }: ChunkPass, chunks: readonly StoredEncodingChunk[]): boolean {
  return [...ofPass(AUDIO_PASS, chunks), ...ofPass(pass, chunks)].every(({ state }) => state === 'done')
}

/** @returns false if a chunk has to be encoded again */
async function joinPass (
  deps: EncodingDeps,
  running: RunningJob,
  { plan, rungs, folder, signal }: ChunkedWork,
  { pass, plan: passPlan }: ChunkPass,
  all: readonly StoredEncodingChunk[],
): Promise<boolean> {
  const chunks = ofPass(pass, all)
  const incomplete = findIncompleteChunk(plan, chunks)
  if (incomplete !== null) {
    await rejectChunk(incomplete, 'A part of the master could not be read to its end.', deps.now())
    return false
  }
  const [audio = null] = ofPass(AUDIO_PASS, all)
  const missing = passPlan.rungs.filter((rung) => rungs.includes(rung))
  await joinChunks(deps, running, { plan, rungs: missing, chunks, audio, folder, signal })
  // The objects first: an interruption leaves documents, which the end of the job removes.
  await removeObjects(deps, chunks.flatMap(chunkKeys))
  await EncodingChunk.deleteMany({ job: running.job._id, pass })
  return true
}

/** Encodes the first chunk that no other process has claimed. @returns whether there was one */
async function encodeNext (
  deps: EncodingDeps,
  running: RunningJob,
  { plan, signal }: ChunkedWork,
  passes: readonly ChunkPass[],
  chunks: readonly StoredEncodingChunk[],
): Promise<boolean> {
  const before = running.progress
  for (const chunk of chunks) {
    if (!isDue(chunk, deps.now())) continue
    const share = shareOf(passes, chunk, ofPass(chunk.pass, chunks).length)
    const onProgress = (progress: number): void => {
      running.progress = before + progress * share
    }
    if (await runChunk(deps, chunk, { job: running.job, plan, signal, onProgress })) return true
  }
  return false
}

/** Share of a chunk in the progress of the job. @param count chunks of its pass */
function shareOf (passes: readonly ChunkPass[], { pass }: { readonly pass: number }, count: number): number {
  if (pass === AUDIO_PASS) return AUDIO_SHARE * ENCODING_SHARE
  const totalCost = passes.reduce((sum, { plan }) => sum + passCost(plan), 0)
  const cost = passes.filter((one) => one.pass === pass).reduce((sum, { plan }) => sum + passCost(plan), 0)
  return cost / totalCost / count * (1 - AUDIO_SHARE) * ENCODING_SHARE
}

/** Finished and running chunks of all processes. Passes that are joined count as complete. */
function progressOf (
  passes: readonly ChunkPass[],
  missing: readonly ChunkPass[],
  chunks: readonly StoredEncodingChunk[],
): number {
  const remaining = chunks.filter(({ pass }) => pass === AUDIO_PASS || missing.some((one) => one.pass === pass))
  const progress = remaining.reduce((sum, chunk) => {
    const share = shareOf(passes, chunk, ofPass(chunk.pass, chunks).length)
    return sum - share * (1 - chunk.progress)
  }, ENCODING_SHARE)
  // Rounding errors of the sum.
  return Math.max(0, progress)
}
