// Progress of an import on standard error: a bar with rate and remaining time on a terminal, else a line every 10 s.
import { SingleBar } from 'cli-progress'

export interface ImportProgressView {
  update(state: { readonly bytes: number, readonly items: number, readonly rejected: number }): void
  stop(): void
}

type DescribeCounts = (items: number, rejected: number) => string

const LINE_INTERVAL_MS = 10_000
const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US')

/**
 * @param totalBytes null when the size is unknown
 * @param skipped records that do not count for the rate
 */
export function showImportProgress (name: string, totalBytes: number | null, skipped: number): ImportProgressView {
  const startedAt = Date.now()
  const describeCounts: DescribeCounts = (items, rejected) => {
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1_000)
    const rate = formatCount(Math.max(0, items - skipped) / seconds)
    return `${formatCount(items)} records, ${rate}/s${rejected > 0 ? `, ${formatCount(rejected)} rejected` : ''}`
  }
  return process.stderr.isTTY
    ? createBar(name, totalBytes, describeCounts, skipped)
    : createLines(name, totalBytes, describeCounts)
}

function createBar (
  name: string,
  totalBytes: number | null,
  describeCounts: DescribeCounts,
  skipped: number,
): ImportProgressView {
  const bar = new SingleBar({
    stream: process.stderr,
    format: totalBytes === null ? `${name}  {counts}` : `${name}  {bar} {percentage}%  {counts}, {eta_formatted} left`,
    hideCursor: true,
    etaBuffer: 50,
    barsize: 24,
    gracefulExit: false,
  })
  bar.start(totalBytes ?? 0, 0, { counts: describeCounts(skipped, 0) })
  return {
    update ({ bytes, items, rejected }) {
      bar.update(Math.min(bytes, totalBytes ?? 0), { counts: describeCounts(items, rejected) })
    },
    stop () {
      bar.stop()
    },
  }
}

function createLines (name: string, totalBytes: number | null, describeCounts: DescribeCounts): ImportProgressView {
  let lastLineAt = Date.now()
  return {
    update ({ bytes, items, rejected }) {
      if (Date.now() - lastLineAt < LINE_INTERVAL_MS) return
      lastLineAt = Date.now()
      const share = totalBytes === null || totalBytes === 0 ? '' : `${Math.floor(100 * bytes / totalBytes)}%, `
      console.error(`${name}: ${share}${describeCounts(items, rejected)}`)
    },
    stop () {/* Nothing to close. */},
  }
}
