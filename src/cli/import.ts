// normflix import: brings catalogue files in, with progress, a report of what was refused, and an end that can be gone on from.
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { recordCatalogueChange } from '../../models/change-log.js'
import type { Container } from '../container.js'
import { importCatalogue, NO_COUNTS, type ImportCounts, type RejectedLine } from '../transfer/import-catalogue.js'
import type { ImportDeps } from '../transfer/import-titles.js'
import { openSources, type ImportFormat, type ImportSource } from '../transfer/parsers/open-sources.js'
import { loadCheckpoint, clearCheckpoint, saveCheckpoint, importRunId } from '../transfer/import-checkpoint.js'
import { showImportProgress } from './import-progress.js'

export interface ImportCommandOptions {
  readonly dryRun?: boolean
  readonly replace?: boolean
  readonly format?: ImportFormat
  readonly report?: string
  readonly json?: boolean
  readonly fromStart?: boolean
  readonly minVotes?: number
  readonly includeAdult?: boolean
}

interface Summary extends Omit<ImportCounts, 'rejected'> {
  total: number
  refused: number
  seconds: number
  perSecond: number
  dryRun: boolean
  /** False when it was interrupted. */
  complete: boolean
}

/** Reports are to be read; all of it goes to a file. */
const REFUSALS_SHOWN = 10
const INTERRUPTED = 130

/** @returns the exit code: 0 when everything was taken, 1 when something was refused, 130 when it was interrupted */
export async function runImport (
  container: Container,
  files: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  const sources = await openSources(files, {
    format: options.format ?? null,
    imdb: { minVotes: options.minVotes ?? 0, includeAdult: options.includeAdult === true },
  })
  const report = await openReport(options.report ?? null)
  const ending = endOnSignals()
  const started = Date.now()
  const isDryRun = options.dryRun === true
  const run: Run = { report, signal: ending.signal, counts: { ...NO_COUNTS }, looked: 0 }
  try {
    for (const source of sources) {
      if (ending.signal.aborted) break
      await importSource(container, source, options, run)
    }
  } finally {
    ending.forget()
    await report.close()
    // Those who follow the catalogue hear of it once.
    if (!isDryRun && run.counts.created + run.counts.updated > 0) await recordCatalogueChange(null)
  }
  const seconds = (Date.now() - started) / 1_000
  const { counts, looked } = run
  const { rejected, ...written } = counts
  const total = written.created + written.updated + written.unchanged + rejected
  const summary: Summary = {
    total,
    ...written,
    refused: rejected,
    seconds,
    perSecond: Math.round(looked / Math.max(0.001, seconds)),
    dryRun: isDryRun,
    complete: !ending.signal.aborted,
  }
  console.log(options.json === true ? JSON.stringify(summary) : describe(summary, report.untold()))
  return summary.complete ? rejected > 0 ? 1 : 0 : INTERRUPTED
}

interface Run {
  readonly report: Report
  readonly signal: AbortSignal
  /** Of all sources, with what was done before an interruption. */
  readonly counts: ImportCounts
  /** Records that this very run dealt with. */
  looked: number
}

async function importSource (
  services: ImportDeps,
  source: ImportSource,
  options: ImportCommandOptions,
  run: Run,
): Promise<void> {
  const mode = options.replace === true ? 'replace' : 'merge'
  const isDryRun = options.dryRun === true
  const runId = source.identity === null || isDryRun ? null : importRunId(source.identity, mode)
  if (runId !== null && options.fromStart === true) await clearCheckpoint(runId)
  const reached = runId === null ? null : await loadCheckpoint(runId)
  const skip = reached?.processedRecords ?? 0
  if (reached !== null) {
    console.error(`${source.name}: goes on after ${skip.toLocaleString('en-US')} records (--from-start begins again).`)
  }
  const progress = showImportProgress(source.name, source.totalBytes, skip)
  let counts: Readonly<ImportCounts> = reached?.counts ?? NO_COUNTS
  let items = skip
  try {
    const { isComplete } = await importCatalogue(services, source.items(), {
      mode,
      isDryRun,
      signal: run.signal,
      skip,
      counts,
      async onBatch (batch) {
        ;({ counts, items } = batch)
        for (const line of batch.rejected) run.report.write(source.name, line)
        if (runId !== null) await saveCheckpoint(runId, items, counts, services.now())
        progress.update({ bytes: source.bytesRead(), items, refused: counts.rejected })
      },
    })
    if (runId !== null && isComplete) await clearCheckpoint(runId)
    if (!isComplete) console.error(runId === null ? 'Interrupted.' : 'Interrupted: the same command goes on from here.')
  } finally {
    progress.stop()
    for (const status of ['created', 'updated', 'unchanged', 'rejected'] as const) run.counts[status] += counts[status]
    run.looked += items - skip
  }
}

interface Report {
  write(file: string, line: RejectedLine): void
  /** How many were not shown. */
  untold(): number
  close(): Promise<void>
}

/** A JSON object a line; without a file the first few are shown. */
async function openReport (file: string | null): Promise<Report> {
  let shown = 0
  let written = 0
  const stream: WriteStream | null = file === null ? null : createWriteStream(file)
  if (stream !== null) await once(stream, 'open')
  return {
    write (source, { line, errors }) {
      const text = JSON.stringify({ file: source, line, errors })
      written++
      if (stream !== null) stream.write(`${text}\n`)
      else if (++shown <= REFUSALS_SHOWN) console.error(text)
    },
    untold: () => stream === null ? Math.max(0, written - REFUSALS_SHOWN) : 0,
    async close () {
      if (stream === null) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

/** The first signal ends the import after its batch, so that the same command goes on; a second one ends the process. */
function endOnSignals (): { readonly signal: AbortSignal, forget(): void } {
  const controller = new AbortController()
  const end = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', end).on('SIGTERM', end)
  return {
    signal: controller.signal,
    forget () {
      process.off('SIGINT', end).off('SIGTERM', end)
    },
  }
}

function describe (
  { total, created, updated, unchanged, refused, seconds, perSecond, dryRun, complete }: Summary,
  untold: number,
): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  const counts = `${number(created)} ${dryRun ? 'would be created' : 'created'}, ${number(updated)} ${
    dryRun ? 'would be updated' : 'updated'
  }, ${number(unchanged)} unchanged, ${number(refused)} refused`
  const rest = untold > 0 ? `\n${number(untold)} more were refused: --report FILE writes down all of them.` : ''
  return `${complete ? '' : 'So far: '}${number(total)} records: ${counts}. ${seconds.toFixed(1)} s, ${
    number(perSecond)
  }/s.${rest}`
}
