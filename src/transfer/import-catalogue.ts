// Imports a catalogue: validates the records of a source, groups them into batches, and writes a batch while it reads
// the next one. Memory holds two batches, whatever the size of the source. Repeating an import changes nothing.
import type { FieldError } from '../errors.js'
import type { ImportLine, LineKind, TitleLine } from '../schemas/import-line.js'
import { importCollection } from './import-collection.js'
import {
  importTitles,
  rejectLine,
  type ImportDeps,
  type LineOutcome,
  type ParsedLine,
  type WriteOptions,
} from './import-titles.js'
import { matchKeys } from './match-titles.js'
import type { SourceWarning } from './parsers/source-items.js'
import type { ValidatedLine } from './validate-line.js'

export interface ImportCounts {
  created: number
  updated: number
  unchanged: number
  rejected: number
}

export interface RejectedLine {
  readonly line: number
  readonly errors: readonly FieldError[]
}

/** The result of one batch, and the totals so far. */
export interface BatchResult {
  /** Number of source records processed so far, skipped ones included. */
  readonly items: number
  /** Totals so far. */
  readonly counts: Readonly<ImportCounts>
  /** Titles and collections that this batch created or updated. */
  readonly changed: ReadonlyArray<{ readonly kind: LineKind, readonly id: string }>
  readonly rejected: readonly RejectedLine[]
  /** What was assumed or left out in these records, or before them. */
  readonly warnings: readonly SourceWarning[]
}

export interface ImportOptions extends WriteOptions {
  /** Number of leading records that an interrupted import has processed. */
  readonly skip?: number
  /** The totals of those records. */
  readonly counts?: Readonly<ImportCounts>
  /** Stops the import after the current batch. */
  readonly signal?: AbortSignal
  /** Runs after each batch is written; the next batch is written when it resolves. */
  onBatch?(result: BatchResult): Promise<void>
}

export interface ImportResult {
  readonly counts: Readonly<ImportCounts>
  readonly items: number
  /** False when the signal stopped the import. */
  readonly isComplete: boolean
}

const BATCH_SIZE = 500
const MAX_BATCH_BYTES = 8 * 1024 ** 2

export const NO_COUNTS: Readonly<ImportCounts> = { created: 0, updated: 0, unchanged: 0, rejected: 0 }

/** Validated lines, in the order of the source; warnings do not count as records. */
export type ValidatedLines = AsyncIterable<ValidatedLine>

type ValidatedRecord = Exclude<ValidatedLine, SourceWarning>

interface Batch {
  readonly lines: ValidatedRecord[]
  readonly warnings: SourceWarning[]
}

/**
 * Imports all records of a source.
 * @throws UnreadableSourceError when the source becomes unreadable; the records before that point are written
 */
export async function importCatalogue (
  deps: ImportDeps,
  source: ValidatedLines,
  options: ImportOptions,
): Promise<ImportResult> {
  const counts = { ...NO_COUNTS, ...options.counts }
  const { skip = 0, signal } = options
  let items = skip
  let pendingWrite: Promise<void> = Promise.resolve()

  async function write ({ lines, warnings }: Batch): Promise<void> {
    const outcomes = await writeBatch(deps, lines, options)
    for (const { status } of outcomes) counts[status]++
    items += lines.length
    await options.onBatch?.({
      items,
      counts: { ...counts },
      changed: outcomes.flatMap((outcome) =>
        outcome.status === 'created' || outcome.status === 'updated' ? [outcome] : []
      ),
      rejected: outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [{ line: outcome.line, errors: outcome.errors }] : []
      ),
      warnings,
    })
  }

  try {
    for await (const batch of splitIntoBatches(source, skip, signal)) {
      await pendingWrite
      if (signal?.aborted === true) break
      pendingWrite = write(batch)
      // The rejection is handled with the next batch or at the end.
      pendingWrite.catch(() => undefined)
    }
  } finally {
    await pendingWrite
  }
  return { counts, items, isComplete: signal?.aborted !== true }
}

/** Yields lines in source order. A batch never contains two lines about the same title. */
async function* splitIntoBatches (
  source: ValidatedLines,
  skip: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  let batch: Batch = { lines: [], warnings: [] }
  let batchBytes = 0
  let batchKeys = new Set<string>()
  let itemsRead = 0
  let failure: unknown = null
  try {
    for await (const line of source) {
      if (signal?.aborted === true) return
      if ('warnings' in line) {
        batch.warnings.push(line)
        continue
      }
      if (++itemsRead <= skip) continue
      const keys = 'body' in line ? matchKeys(line.body) : []
      const bytes = 'bytes' in line ? line.bytes ?? 0 : 0
      const isBatchFull = batch.lines.length >= BATCH_SIZE || batchBytes + bytes > MAX_BATCH_BYTES
      if (batch.lines.length > 0 && (isBatchFull || keys.some((key) => batchKeys.has(key)))) {
        yield batch
        batch = { lines: [], warnings: [] }
        batchBytes = 0
        batchKeys = new Set()
      }
      batch.lines.push(line)
      batchBytes += bytes
      for (const key of keys) batchKeys.add(key)
    }
  } catch (error) {
    failure = error
  }
  // The lines that were read before the source failed are valid.
  if (batch.lines.length + batch.warnings.length > 0) yield batch
  if (failure !== null) throw failure
}

/** Writes titles before collections: a collection may contain titles of the same batch. */
async function writeBatch (
  deps: ImportDeps,
  lines: readonly ValidatedLine[],
  options: WriteOptions,
): Promise<LineOutcome[]> {
  const parsed = lines.flatMap((line) => 'body' in line ? [line as ParsedLine<ImportLine>] : [])
  const outcomes = await importTitles(deps, parsed.filter(isTitleLine), options)
  for (const line of parsed) {
    if (line.body.kind === 'collection') {
      outcomes.push(await importCollection(line as Parameters<typeof importCollection>[0], options))
    }
  }
  const invalid = lines.flatMap((line) => 'errors' in line ? [rejectLine(line.line, line.errors)] : [])
  return [...outcomes, ...invalid].sort((a, b) => a.line - b.line)
}

function isTitleLine (parsed: ParsedLine<ImportLine>): parsed is ParsedLine<TitleLine> {
  return parsed.body.kind !== 'collection'
}
