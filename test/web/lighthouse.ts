// Runs Lighthouse on a page in a Chromium that is open already.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Not a dependency: it is large, and only `npm run audit:web` needs it. npm downloads it when it runs. */
const LIGHTHOUSE = ['npm', 'exec', '--yes', '--', 'lighthouse@12.8.2']
/** One page, with the download of Lighthouse. A page takes about 20 s on an idle machine. */
const TIMEOUT_MS = 120_000
export const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const

interface LighthouseOptions {
  /** Port of Chromium for debuggers. */
  readonly port: number
  /** Command and arguments that run Lighthouse. */
  readonly command?: readonly string[]
  readonly timeoutMs?: number
}

interface Report {
  readonly finalDisplayedUrl: string
  readonly categories: Record<string, { readonly score: number | null }>
  readonly audits: Record<string, { readonly title: string, readonly score: number | null }>
}

export interface PageScores {
  /** From 0 to 100, in the order of CATEGORIES. */
  readonly scores: number[]
  /** Audits that are not perfect, worst first. */
  readonly findings: string[]
}

/**
 * Audits a page as a desktop computer would load it. Playwright pauses each new tab of its Chromium until it has set
 * it up: this process must stay free while Lighthouse runs, or Lighthouse waits forever.
 * @throws Error if Lighthouse fails or does not end in time, or if the page leads to another one
 */
export async function runLighthouse (url: string, options: LighthouseOptions): Promise<PageScores> {
  const { port, command = LIGHTHOUSE, timeoutMs = TIMEOUT_MS } = options
  const folder = await mkdtemp(path.join(tmpdir(), 'normflix-lighthouse-'))
  try {
    const report = path.join(folder, 'report.json')
    await runCommand([
      ...command,
      url,
      `--port=${port}`,
      '--output=json',
      `--output-path=${report}`,
      `--only-categories=${CATEGORIES.join(',')}`,
      '--preset=desktop',
      '--disable-storage-reset',
      '--quiet',
    ], timeoutMs)
    return readReport(JSON.parse(await readFile(report, 'utf8')) as Report, url)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readReport ({ categories, audits, finalDisplayedUrl }: Report, url: string): PageScores {
  // The log-in instead of a page would have scores too.
  if (toPath(finalDisplayedUrl) !== toPath(url)) throw new Error(`${url} led to ${finalDisplayedUrl}`)
  const toPercent = (score: number | null | undefined): number => Math.round(100 * (score ?? 0))
  const imperfect = Object.values(audits).filter(({ score }) => score !== null && score < 1)
  return {
    scores: CATEGORIES.map((name) => toPercent(categories[name]?.score)),
    findings: imperfect.sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
      .map(({ title, score }) => `${toPercent(score)} ${title}`),
  }
}

const toPath = (url: string): string => new URL(url).pathname.replace(/\/$/, '')

async function runCommand ([file = '', ...words]: readonly string[], timeoutMs: number): Promise<void> {
  // A group of its own, so that a timeout also ends the processes that npm starts.
  const child = spawn(file, words, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += String(chunk)
  })
  let hasTimedOut = false
  const timer = setTimeout(() => {
    hasTimedOut = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, timeoutMs)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearTimeout(timer))
  if (hasTimedOut) throw new Error(`Lighthouse did not end within ${timeoutMs / 1_000} s: ${errors}`)
  if (code !== 0) throw new Error(`Lighthouse failed: ${errors}`)
}
