// What an import shows while it works: a bar with rate and time left where somebody watches, else a line now and then.
import { SingleBar } from 'cli-progress'

export interface ImportProgressView {
  update(state: { readonly bytes: number, readonly items: number, readonly refused: number }): void
  stop(): void
}

const LINE_EACH_MS = 10_000
const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/**
 * @param totalBytes null when nobody knows
 * @param skipped records that are not counted in the rate
 */
export function showImportProgress (name: string, totalBytes: number | null, skipped: number): ImportProgressView {
  const started = Date.now()
  const rateOf = (items: number): number =>
    Math.max(0, items - skipped) / Math.max(0.001, (Date.now() - started) / 1_000)
  const describe = (items: number, refused: number): string =>
    `${whole(items)} records, ${whole(rateOf(items))}/s${refused > 0 ? `, ${whole(refused)} refused` : ''}`
  if (!process.stderr.isTTY) return lines(name, totalBytes, describe)

  const bar = new SingleBar({
    stream: process.stderr,
    format: totalBytes === null ? `${name}  {told}` : `${name}  {bar} {percentage}%  {told}, {eta_formatted} left`,
    hideCursor: true,
    etaBuffer: 50,
    barsize: 24,
    gracefulExit: false,
  })
  bar.start(totalBytes ?? 0, 0, { told: describe(skipped, 0) })
  return {
    update ({ bytes, items, refused }) {
      bar.update(Math.min(bytes, totalBytes ?? 0), { told: describe(items, refused) })
    },
    stop () {
      bar.stop()
    },
  }
}

function lines (
  name: string,
  totalBytes: number | null,
  describe: (items: number, refused: number) => string,
): ImportProgressView {
  let last = Date.now()
  return {
    update ({ bytes, items, refused }) {
      if (Date.now() - last < LINE_EACH_MS) return
      last = Date.now()
      const share = totalBytes === null || totalBytes === 0 ? '' : `${Math.floor(100 * bytes / totalBytes)}%, `
      console.error(`${name}: ${share}${describe(items, refused)}`)
    },
    stop () {/* Nothing stays open. */},
  }
}
