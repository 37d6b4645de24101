// Probing uploaded files in a worker thread with limits on time and memory: a hostile file costs one thread, not the service.
import { Piscina } from 'piscina'
import type { MediaFacts } from './probe-worker.js'

export type { MediaFacts } from './probe-worker.js'

export type ProbeResult = { readonly ok: true, readonly facts: MediaFacts } | { readonly ok: false, readonly reason: string }

export interface MediaProber {
  /** @param path a file on this machine */
  probe (path: string, sizeBytes: number): Promise<ProbeResult>
  close (): Promise<void>
}

const TIME_LIMIT_MS = 30_000
const HEAP_LIMIT_MB = 512

export function createMediaProber (timeLimitMs = TIME_LIMIT_MS): MediaProber {
  const pool = new Piscina<{ path: string, sizeBytes: number }, MediaFacts>({
    filename: new URL('./probe-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  })
  return {
    async probe (path, sizeBytes) {
      try {
        return { ok: true, facts: await pool.run({ path, sizeBytes }, { signal: AbortSignal.timeout(timeLimitMs) }) }
      } catch (error) {
        return { ok: false, reason: reasonOf(error) }
      }
    },
    close: async () => { await pool.destroy() },
  }
}

function reasonOf (error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read'
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'reading it took too long'
  return error.message.includes('unsupported or unrecognizable format') ? 'it is not a media file of a known kind' : 'it is damaged or incomplete'
}
