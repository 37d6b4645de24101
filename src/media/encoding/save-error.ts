// Saves why an attempt at a master or at one of its steps failed, or what it waits for.
import type { StoredWork } from '../../../models/attempt.js'
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import { DomainError, isStorageFull } from '../../errors.js'
import type { Attempts, RunningAttempt } from '../attempts.js'
import { EncoderUnavailableError } from './encoder.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { diskFull, explainByStorage } from './plan-master.js'

/** Work that waits for disk space, for ffmpeg or for the storage is tried this often, and any number of times. */
const BLOCKED_RETRY_MS = 5 * 60_000
/** Reasons that lie in the service, not in the master: the attempt does not count. */
const BLOCKED = ['disk-full', 'encoder-unavailable', 'storage-unavailable']

/** Failure of a master or a step whose attempts crashed too often. */
export const TOO_MANY_CRASHES = { code: 'encoding-failed', text: 'Each attempt ended with a crash.' }

/** @param unexplained text of an error that no person can act on; its cause is logged */
export async function saveError<Work extends StoredWork> (
  deps: EncodingDeps,
  attempts: Attempts<Work>,
  running: RunningAttempt<Work>,
  master: Pick<StoredEncodingJob, 'storageKey'>,
  thrown: unknown,
  unexplained: string,
): Promise<void> {
  const { log, now } = deps
  const error = toEncodingError(await explainByStorage(deps, master, thrown))
  if (error === null) log.warn({ err: thrown }, unexplained)
  const { code, message: text, options } = error ?? { code: 'encoding-failed', message: unexplained, options: {} }
  const failure = { code, text }
  if (BLOCKED.includes(code)) await attempts.saveWait(running, { failure, delayMs: BLOCKED_RETRY_MS }, now())
  else await attempts.saveFailure(running, { failure, ...options }, now())
}

/** @returns null for an error that does not say what to do */
function toEncodingError (error: unknown): EncodingFailedError | null {
  if (error instanceof EncodingFailedError) return error
  if (isStorageFull(error)) return diskFull()
  if (error instanceof EncoderUnavailableError) return new EncodingFailedError('encoder-unavailable', error.message)
  return error instanceof DomainError ? new EncodingFailedError(error.code, error.detail) : null
}
