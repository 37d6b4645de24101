// Buffers for reading files, used again and again. A new one for each read would be external memory of V8, which starts
// a full garbage collection after a few of them.

/** Fewer and larger reads cost less CPU time. A response holds one such buffer. */
export const POOLED_CHUNK_BYTES = 1024 ** 2
/** More responses at a time allocate buffers of their own. */
const MAX_FREE_BUFFERS = 128
/** Unused buffers are freed after this time. */
export const FREE_AFTER_MS = 10_000

/** Buffers of `POOLED_CHUNK_BYTES` that are not in use. */
export interface FreeBuffers {
  take(): Buffer
  /** Gives a buffer back, when nothing reads it any more. Without this call it is garbage. */
  give(buffer: Buffer): void
}

export function createFreeBuffers (): FreeBuffers {
  const buffers: Buffer[] = []
  /** The smallest number of free buffers since the timer started: as many were not needed in this time. */
  let unused = 0
  let timer: NodeJS.Timeout | null = null

  function freeUnused (): void {
    buffers.splice(0, unused)
    unused = buffers.length
    timer = buffers.length === 0 ? null : startTimer()
  }

  const startTimer = (): NodeJS.Timeout => setTimeout(freeUnused, FREE_AFTER_MS).unref()

  return {
    take () {
      const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(POOLED_CHUNK_BYTES)
      unused = Math.min(unused, buffers.length)
      return buffer
    },
    give (buffer) {
      if (buffers.length >= MAX_FREE_BUFFERS) return
      buffers.push(buffer)
      timer ??= startTimer()
    },
  }
}
