// Probing uploaded files in a worker thread with limits on time and memory: a hostile file costs one thread, not the service.
import { Piscina } from 'piscina'
import { HEAD_BYTES, sniffContainer } from '../upload/container-magic.js'
import { DomainError, storageUnavailable } from '../../errors.js'
import type { MediaInfo, ProbeOutcome, ProbeRejection, ProbeTask } from './probe-worker.js'
import { openReader } from './range-reader.js'

export type { MediaInfo } from './probe-worker.js'

export type ProbeFailure = ProbeRejection | 'damaged' | 'time-limit' | 'memory-limit' | 'closed'

/** `reason` finishes the sentence "The file was received, but …". */
export type ProbeResult =
  | { readonly ok: true, readonly facts: MediaInfo }
  | { readonly ok: false, readonly code: ProbeFailure, readonly reason: string }

export interface MediaProber {
  /**
   * Never rejects for what is in the file.
   * @param location a file on this machine, or an address that answers ranges
   * @throws DomainError 503 `storage-unavailable` when the address does not answer
   */
  probe(location: string | URL, sizeBytes: number): Promise<ProbeResult>
  close(): Promise<void>
}

const TIME_LIMIT_MS = 30_000
const HEAP_LIMIT_MB = 512

const REASONS: Readonly<Record<ProbeFailure, string>> = {
  'unknown-kind': 'it is not a media file of a known kind',
  'no-picture': 'it has no video track',
  'unknown-codec': 'its video codec is not known',
  damaged: 'it is damaged or incomplete',
  'time-limit': 'reading it took too long',
  'memory-limit': 'reading it took too much memory',
  closed: 'the service is stopping',
}

/**
 * Probes one file after another.
 * @param timeLimitMs for each file, from the moment its turn comes
 */
export function createMediaProber (timeLimitMs = TIME_LIMIT_MS, heapLimitMb = HEAP_LIMIT_MB): MediaProber {
  const pool = new Piscina<ProbeTask, ProbeOutcome>({
    filename: new URL('./probe-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  })
  // What a file breaks after its answer concerns nobody; without a listener it would end the process.
  pool.on('error', () => {})
  let isClosed = false
  let turn: Promise<unknown> = Promise.resolve()

  async function run (task: ProbeTask): Promise<ProbeResult> {
    if (isClosed) return failed('closed')
    const signal = AbortSignal.timeout(timeLimitMs)
    try {
      const outcome = await pool.run(task, { signal })
      if ('isAway' in outcome) throw storageUnavailable()
      return 'facts' in outcome ? { ok: true, facts: outcome.facts } : failed(outcome.refusal)
    } catch (error) {
      if (error instanceof DomainError) throw error
      if (isClosed) return failed('closed')
      if (signal.aborted) return failed('time-limit')
      return failed(
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'memory-limit'
          : 'damaged',
      )
    }
  }

  return {
    async probe (location, sizeBytes) {
      if (sniffContainer(await readHead(location, sizeBytes)) === null) return failed('unknown-kind')
      const mine = turn.then(async () =>
        await run({ location: location.toString(), isUrl: location instanceof URL, sizeBytes })
      )
      turn = mine.catch(() => undefined)
      return await mine
    },
    async close () {
      isClosed = true
      await pool.destroy()
    },
  }
}

function failed (code: ProbeFailure): ProbeResult {
  return { ok: false, code, reason: REASONS[code] }
}

async function readHead (location: string | URL, sizeBytes: number): Promise<Buffer> {
  const reader = await openReader(location, sizeBytes)
  try {
    return Buffer.from(await reader.read(0, Math.min(HEAD_BYTES, await reader.sizeBytes())))
  } finally {
    await reader.close()
  }
}
