// Runs "normflix ingest": plans, copies the files one after the other, and reports them.
import type { Container } from '../container.js'
import { findFiles, type FoundFile } from '../transfer/ingest/find-files.js'
import { ingestFile, type IngestResult } from '../transfer/ingest/ingest-file.js'
import { planIngest, type PlannedFile } from '../transfer/ingest/plan-ingest.js'
import { abortOnSignals, INTERRUPTED } from './abort-on-signals.js'
import { showCopyProgress } from './copy-progress.js'
import { formatCell, formatList, type Column } from './format-list.js'
import { watchFiles } from './watch-files.js'
import { recordCommand } from './with-container.js'

export interface IngestCommandOptions {
  readonly title?: string
  readonly match?: boolean
  readonly replace?: boolean
  readonly dryRun?: boolean
  readonly watch?: boolean
  readonly unchangedFor?: number
  readonly json?: boolean
}

/** A file as --json prints it. */
interface FileRow {
  readonly file: string
  readonly status: IngestResult['status']
  readonly as: PlannedFile['role']
  readonly titleId: string | null
  readonly itemId: string | null
  readonly item: string | null
  /** Numbers of the episodes in the file, as its name states them; empty for a movie. */
  readonly episodes: readonly number[]
  readonly edition: string | null
  readonly language: string | null
  readonly reason: string | null
}

const COLUMNS: ReadonlyArray<Column<FileRow>> = [
  ['STATUS', ({ status }) => status],
  ['AS', ({ as, language }) => as === 'subtitle' && language !== null ? `${as} ${language}` : as],
  ['MOVIE OR EPISODE', ({ item, edition }) => item === null || edition === null ? item : `${item} (${edition})`],
  ['FILE', ({ file }) => file],
  ['REASON', ({ reason }) => reason],
]

/** Statuses of files that the operator must look at. */
const NOT_INGESTED: ReadonlyArray<IngestResult['status']> = ['unmatched', 'ambiguous', 'rejected', 'failed']

/**
 * @returns the exit code: 0 when each media file is in the catalogue, or would be; 1 when one is not; 130 after an
 * interruption, which is how a watch ends.
 */
export async function runIngest (
  container: Container,
  paths: readonly string[],
  { title, replace = false, dryRun = false, watch = false, unchangedFor, json = false }: IngestCommandOptions,
): Promise<number> {
  const { signal, unsubscribe } = abortOnSignals()
  const options = { titleId: title ?? null, replacesMasters: replace, signal }
  const ingest = async (files: readonly FoundFile[], isDryRun: boolean): Promise<IngestResult[]> => {
    const planned = await planIngest(container, files, options)
    const results = isDryRun ? planned : await ingestAll(container, planned, signal)
    if (results.some(({ status }) => status === 'ingested')) await recordCommand(container, 'ingest')
    return results
  }
  try {
    if (watch) {
      await watchFiles({
        paths,
        signal,
        ...(unchangedFor === undefined ? {} : { unchangedMs: unchangedFor * 1_000 }),
        ingest: async (files) => await ingest(files, false),
        report: reportWatched(json),
      })
      return INTERRUPTED
    }
    const results = await ingest(await findFiles(paths), dryRun)
    report(results, json, dryRun)
    if (signal.aborted) return INTERRUPTED
    return results.some(({ status }) => NOT_INGESTED.includes(status)) ? 1 : 0
  } finally {
    unsubscribe()
  }
}

/** One line for each file: as JSON, or for people. Also says what prevents a scan. */
const reportWatched = (isJson: boolean) => (results: readonly IngestResult[], problem: string | null): void => {
  if (problem !== null) console.error(problem)
  for (const row of results.map(toRow)) {
    if (isJson) console.log(JSON.stringify(row))
    else if (row.status !== 'ignored') console.log(COLUMNS.map(([, cell]) => cell(row)).filter(Boolean).join('  '))
  }
}

async function ingestAll (
  container: Container,
  planned: readonly PlannedFile[],
  signal: AbortSignal,
): Promise<IngestResult[]> {
  const results: IngestResult[] = []
  for (const one of planned) {
    if (signal.aborted) break
    const progress = showCopyProgress(formatCell(one.file.path), one.file.sizeBytes)
    try {
      results.push(await ingestFile(container, one, { signal, onProgress: progress.update }))
    } finally {
      progress.stop()
    }
  }
  return results
}

function report (results: readonly IngestResult[], isJson: boolean, isDryRun: boolean): void {
  const rows = results.map(toRow)
  if (isJson) {
    console.log(JSON.stringify(rows, null, 2))
    return
  }
  const shown = rows.filter(({ status }) => status !== 'ignored')
  console.log(formatList(shown, COLUMNS))
  const counts = new Map<string, number>()
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1)
  console.log(`\n${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`)
  const hasMaster = rows.some(({ status, as }) => status === 'ingested' && as === 'master')
  if (hasMaster) console.log('The service encodes masters from now on: normflix jobs --watch shows the progress.')
  if (isDryRun) console.log('Nothing was changed.')
}

function toRow ({ file, status, role, target, recognised, reason }: IngestResult): FileRow {
  return {
    file: file.path,
    status,
    as: role,
    titleId: target?.title.id ?? null,
    itemId: target?.item.id ?? null,
    item: target === null ? null : nameItem(target),
    episodes: target?.title.kind === 'movie' ? [] : recognised.episodes,
    edition: recognised.edition,
    language: recognised.language,
    reason,
  }
}

function nameItem ({ title, item }: NonNullable<PlannedFile['target']>): string {
  return title.kind === 'movie' ? title.title : `${title.title} S${item.season} E${item.episode}`
}
