// Probes a master and plans its renditions.
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import { DomainError } from '../../errors.js'
import { EncoderUnavailableError } from './encoder.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { planEncoding, type EncodingPlan } from './encoding-plan.js'
import { readMasterInfo } from './master-info.js'
import { ProgramStoppedError, type ProgramResult } from './run-program.js'

/**
 * Probes a master.
 * @throws EncodingFailedError
 */
export async function planMaster (
  { config, encoder, storage }: Pick<EncodingDeps, 'config' | 'encoder' | 'storage'>,
  { storageKey }: StoredEncodingJob,
  signal: AbortSignal,
): Promise<EncodingPlan> {
  try {
    const probed = await encoder.probe(await storage.locate(storageKey), signal)
    const result = readMasterInfo(requireSuccess(probed))
    if (!result.ok) {
      throw new EncodingFailedError(result.code, result.reason, { logTail: probed.logTail, isFinal: true })
    }
    return planEncoding(result.info, config.encoding.ladder)
  } catch (error) {
    if (error instanceof EncoderUnavailableError) throw new EncodingFailedError('encoder-unavailable', error.message)
    throw error
  }
}

/**
 * @param failedText why the attempt fails if the program does
 * @throws EncodingFailedError when ffmpeg or ffprobe failed
 */
export function requireSuccess (result: ProgramResult, failedText = 'ffmpeg could not encode the master.'): string {
  if (result.ok) return result.output
  const { code, logTail } = result
  if (/no space left on device/i.test(logTail)) throw diskFull()
  const text = code === 'stalled' ? 'ffmpeg made no progress for too long.' : failedText
  throw new EncodingFailedError(code === 'stalled' ? 'stalled' : 'encoding-failed', text, { logTail })
}

export function diskFull (): EncodingFailedError {
  return new EncodingFailedError(
    'disk-full',
    'The disk has too little space for the renditions. The job continues when there is more.',
  )
}

/**
 * ffmpeg cannot tell a damaged master from a storage that does not respond.
 * @returns the error, or `storage-unavailable` in place of one that an outage explains
 */
export async function explainByStorage (
  { storage }: Pick<EncodingDeps, 'storage'>,
  { storageKey }: Pick<StoredEncodingJob, 'storageKey'>,
  error: unknown,
): Promise<unknown> {
  if (error instanceof ProgramStoppedError) return error
  const outage = isOutage(error) ? error : await storage.stat(storageKey).then(() => null, (reason: unknown) => reason)
  return isOutage(outage) ? new EncodingFailedError(outage.code, outage.detail) : error
}

const isOutage = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.code === 'storage-unavailable'
