// Scratch folders of encoding attempts, below DATA_DIR. An attempt has a folder of its own, which it removes at its
// end; the folders of crashed processes are removed by the next run of the job.
import { mkdir, readdir, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { framesPerSecond } from '../../domain/encoding-ladder.js'
import type { EncodingPlan } from './encoding-plan.js'

/** Largest bit rate of AC-3; E-AC-3 of discs has up to 1.7 Mbit/s. */
const SURROUND_KBPS = 1_700
/** Of AAC with its container, kbit/s for each track. */
const AUDIO_KBPS = 176
/** Left free for the database and for uploads. */
const RESERVED_BYTES = 512 * 1024 ** 2
/** A container needs about this much for each frame. */
const FRAME_OVERHEAD_BYTES = 24

/** Folder of an attempt. */
export function scratchFolder (dataDir: string, claimId: string): string {
  return path.join(scratchRoot(dataDir), claimId)
}

const scratchRoot = (dataDir: string): string => path.join(dataDir, 'encoding')

export async function createScratchFolder (dataDir: string, claimId: string): Promise<string> {
  const folder = scratchFolder(dataDir, claimId)
  await mkdir(folder, { recursive: true })
  return folder
}

export async function removeScratchFolder (dataDir: string, claimId: string): Promise<void> {
  await rm(scratchFolder(dataDir, claimId), { recursive: true, force: true })
}

/**
 * Removes the folders of attempts that have ended.
 * @param findRunning which of some attempts are running; called after the folders are listed, because a claim precedes
 * its folder
 */
export async function removeAbandonedFolders (
  dataDir: string,
  findRunning: (claimIds: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const names = await readdir(scratchRoot(dataDir)).catch((): string[] => [])
  if (names.length === 0) return
  const running = new Set(await findRunning(names))
  for (const name of names) if (!running.has(name)) await removeScratchFolder(dataDir, name)
}

/** Largest size of the outputs of a plan, bytes. */
export function maxOutputBytes ({ rungs, audio, surround, durationMs, frameRate }: EncodingPlan): number {
  const seconds = durationMs / 1_000
  const kbps = rungs.reduce(
    (sum, { maxKbps }) => sum + maxKbps + AUDIO_KBPS * audio.length,
    surround.length * SURROUND_KBPS,
  )
  return Math.ceil(seconds * (kbps * 125 + rungs.length * framesPerSecond(frameRate) * FRAME_OVERHEAD_BYTES))
}

/** Whether the disk of a folder has room for the outputs of a plan. */
export async function hasRoomFor (folder: string, plan: EncodingPlan): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize >= maxOutputBytes(plan) + RESERVED_BYTES
}
