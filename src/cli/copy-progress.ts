// Progress of a copied file on standard error: a bar on a terminal, else a line every 10 s.
import { SingleBar } from 'cli-progress'

export interface CopyProgressView {
  update(bytes: number): void
  stop(): void
}

const LINE_INTERVAL_MS = 10_000

export function showCopyProgress (name: string, totalBytes: number): CopyProgressView {
  return process.stderr.isTTY ? createBar(name, totalBytes) : createLines(name, totalBytes)
}

function createBar (name: string, totalBytes: number): CopyProgressView {
  const bar = new SingleBar({
    stream: process.stderr,
    format: `{bar} {percentage}%  ${name}, {eta_formatted} left`,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    gracefulExit: false,
  })
  bar.start(totalBytes, 0)
  return {
    update (bytes) {
      bar.update(bytes)
    },
    stop () {
      bar.stop()
    },
  }
}

function createLines (name: string, totalBytes: number): CopyProgressView {
  let lastLineAt = Date.now()
  return {
    update (bytes) {
      if (Date.now() - lastLineAt < LINE_INTERVAL_MS) return
      lastLineAt = Date.now()
      console.error(`${name}: ${Math.floor(100 * bytes / Math.max(1, totalBytes))}%`)
    },
    stop () {/* Nothing to close. */},
  }
}
