// Runs "normflix import": progress, checkpoints for resuming, and the end on a signal.
import { recordCatalogueChange } from '../../models/change-log.js'
import type { Container } from '../container.js'
import { importCatalogue, NO_COUNTS, type ImportCounts } from '../transfer/import-catalogue.js'
import { clearCheckpoint, importRunId, loadCheckpoint, saveCheckpoint } from '../transfer/import-checkpoint.js'
import type { ImportDeps } from '../transfer/import-titles.js'
import { parseColumnMapping } from '../transfer/parsers/column-mapping.js'
import { openSources, type ImportSource } from '../transfer/parsers/open-sources.js'
import type { ImportFormat } from '../transfer/parsers/source-items.js'
import { validateItems } from '../transfer/validate-line.js'
import { abortOnSignals, INTERRUPTED } from './abort-on-signals.js'
import { showImportProgress } from './import-progress.js'
import { describeImport, openLineReport, summariseImport, type LineReport } from './import-report.js'

export interface ImportCommandOptions {
  readonly dryRun?: boolean
  readonly replace?: boolean
  readonly format?: ImportFormat
  /** Entries of a column mapping, such as `Film:title`. */
  readonly map?: readonly string[]
  readonly report?: string
  readonly json?: boolean
  readonly fromStart?: boolean
  readonly minVotes?: number
  readonly includeAdult?: boolean
}

/** @returns the exit code: 0 without rejected lines, 1 with rejected lines, 130 after an interruption */
export async function runImport (
  container: Container,
  files: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  const sources = await openSources(files, {
    format: options.format ?? null,
    mapping: parseColumnMapping(options.map ?? []),
    imdb: { minVotes: options.minVotes ?? 0, includeAdult: options.includeAdult === true },
  })
  const report = await openLineReport(options.report ?? null)
  const { signal, unsubscribe } = abortOnSignals()
  const startedAt = Date.now()
  const isDryRun = options.dryRun === true
  const run: ImportRun = { report, signal, counts: { ...NO_COUNTS }, processed: 0 }
  try {
    for (const source of sources) {
      if (signal.aborted) break
      await importSource(container, source, options, run)
    }
  } finally {
    unsubscribe()
    await report.close()
    // One entry in the change feed for the whole import.
    if (!isDryRun && run.counts.created + run.counts.updated > 0) await recordCatalogueChange(null)
  }
  const { counts, processed } = run
  const isComplete = !signal.aborted
  const summary = summariseImport(counts, {
    processed,
    warnings: report.countWarnings(),
    elapsedMs: Date.now() - startedAt,
    isDryRun,
    isComplete,
  })
  console.log(options.json === true ? JSON.stringify(summary) : describeImport(summary, report.countOmitted()))
  if (!isComplete) return INTERRUPTED
  return counts.rejected > 0 ? 1 : 0
}

/** Totals over all sources. */
interface ImportRun {
  readonly report: LineReport
  readonly signal: AbortSignal
  /** With those that an interrupted import had written. */
  readonly counts: ImportCounts
  /** Records that this run has processed. */
  processed: number
}

async function importSource (
  deps: ImportDeps,
  source: ImportSource,
  options: ImportCommandOptions,
  run: ImportRun,
): Promise<void> {
  const mode = options.replace === true ? 'replace' : 'merge'
  const isDryRun = options.dryRun === true
  const runId = source.identity === null || isDryRun ? null : importRunId(source.identity, mode)
  if (runId !== null && options.fromStart === true) await clearCheckpoint(runId)
  const checkpoint = runId === null ? null : await loadCheckpoint(runId)
  const skip = checkpoint?.processedRecords ?? 0
  if (checkpoint !== null) {
    console.error(`${source.name}: resumes after ${skip.toLocaleString('en-US')} records (--from-start starts over).`)
  }
  const progress = showImportProgress(source.name, source.totalBytes, skip)
  let counts: Readonly<ImportCounts> = checkpoint?.counts ?? NO_COUNTS
  let items = skip
  try {
    const { isComplete } = await importCatalogue(deps, validateItems(source.items(), skip), {
      mode,
      isDryRun,
      signal: run.signal,
      skip,
      counts,
      async onBatch (batch) {
        ;({ counts, items } = batch)
        for (const line of batch.rejected) run.report.writeRejected(source.name, line)
        for (const warning of batch.warnings) run.report.writeWarning(source.name, warning)
        if (runId !== null) await saveCheckpoint(runId, items, counts, deps.now())
        progress.update({ bytes: source.bytesRead(), items, rejected: counts.rejected })
      },
    })
    if (runId !== null && isComplete) await clearCheckpoint(runId)
    if (!isComplete) console.error(runId === null ? 'Interrupted.' : 'Interrupted. The same command resumes from here.')
  } finally {
    progress.stop()
    for (const status of ['created', 'updated', 'unchanged', 'rejected'] as const) run.counts[status] += counts[status]
    run.processed += items - skip
  }
}
