// Local storage keeps files open for a moment between the ranges that clients read.
import { setTimeout as sleep } from 'node:timers/promises'
import { KEEP_OPEN_MS } from '../../src/storage/open-files.js'

/** Resolves when changes of another process to files that were read are noticed. */
export async function untilFilesOpenAgain (): Promise<void> {
  await sleep(KEEP_OPEN_MS + 200)
}
