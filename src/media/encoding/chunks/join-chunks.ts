// Joins the chunks of a pass into renditions, without encoding them again, and publishes these.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { chunkKey, type StoredEncodingChunk } from '../../../../models/encoding-chunk.js'
import type { SizedRung } from '../../../domain/encoding-ladder.js'
import type { EncodingDeps } from '../encoding-deps.js'
import { withRungs, type EncodingPlan } from '../encoding-plan.js'
import type { RunningJob } from '../job-state.js'
import { diskFull, requireSuccess } from '../plan-master.js'
import { publishRungs } from '../publish-renditions.js'
import { hasRoomFor } from '../scratch-folders.js'
import { chunkList, chunkListName, joinArguments } from './chunk-arguments.js'
import { planChunks } from './chunk-plan.js'

export interface JoinWork {
  /** Of all rungs of the master. */
  readonly plan: EncodingPlan
  /** Those of the pass that have no media file yet. */
  readonly rungs: readonly SizedRung[]
  /** Of the pass, by number. All are done. */
  readonly chunks: readonly StoredEncodingChunk[]
  /** Null: the master has no tracks besides the video. */
  readonly audio: StoredEncodingChunk | null
  readonly folder: string
  readonly signal: AbortSignal
}

/** Joins and publishes one rendition after the other, lowest first. */
export async function joinChunks (deps: EncodingDeps, running: RunningJob, work: JoinWork): Promise<void> {
  const { encoder, storage } = deps
  const { chunks, audio, folder, signal } = work
  const ranges = planChunks(work.plan)
  for (const rung of work.rungs.toReversed()) {
    const plan = withRungs(work.plan, [rung])
    if (!await hasRoomFor(folder, plan)) throw diskFull()
    const located = await Promise.all(
      chunks.filter(({ frames }) => frames > 0).map(async (chunk) => ({
        startFrame: ranges[chunk.number]?.startFrame ?? 0,
        endFrame: ranges[chunk.number]?.endFrame ?? null,
        location: await storage.locate(chunkKey(chunk, rung.height)),
      })),
    )
    await writeFile(path.join(folder, chunkListName(rung)), chunkList(plan, located))
    const args = joinArguments(plan, rung, audio === null ? null : await storage.locate(chunkKey(audio, null)))
    const result = await encoder.encode(args, { folder, durationMs: plan.durationMs, signal })
    requireSuccess(result)
    await publishRungs(deps, running, plan, { folder, logTail: result.logTail }, signal)
  }
}

/**
 * Finds a chunk that ends too early although the video continues: the master could not be read to its end. At the end
 * of the video, chunks may be short or empty.
 */
export function findIncompleteChunk (
  plan: EncodingPlan,
  chunks: readonly StoredEncodingChunk[],
): StoredEncodingChunk | null {
  const last = chunks.findLastIndex(({ frames }) => frames > 0)
  const ranges = planChunks(plan)
  return chunks.slice(0, Math.max(0, last)).find(({ number, frames }) => {
    const { startFrame = 0, endFrame = null } = ranges[number] ?? {}
    return endFrame !== null && frames < endFrame - startFrame
  }) ?? null
}
