// Bringing a catalogue in: what a source tells is validated, put into batches, and written while the next batch is read.
// Memory holds two batches, whatever the size of the source; repeating an import changes nothing.
import type { ImportLine, LineKind, TitleLine } from '../schemas/import-line.js'
import type { FieldError } from '../errors.js'
import { keysOf } from './find-stored.js'
import { importCollection } from './import-collection.js'
import {
  importTitles,
  rejectedOutcome,
  type ImportDeps,
  type Outcome,
  type ParsedLine,
  type WriteOptions,
} from './import-titles.js'
import type { SourceItems } from './source.js'
import { validateLine, type ValidatedLine } from './validate-line.js'

export interface ImportCounts {
  created: number
  updated: number
  unchanged: number
  refused: number
}

export interface RejectedLine {
  readonly line: number
  readonly errors: readonly FieldError[]
}

/** What was done since the last time, and in all. */
export interface ImportProgress {
  /** Records of the source that are dealt with, those skipped included. */
  readonly items: number
  readonly counts: Readonly<ImportCounts>
  /** What is not as it was. */
  readonly changed: ReadonlyArray<{ readonly kind: LineKind, readonly id: string }>
  readonly refused: readonly RejectedLine[]
}

export interface ImportOptions extends WriteOptions {
  /** Records at the beginning that an interrupted import has dealt with. */
  readonly skip?: number
  /** What those came to. */
  readonly counts?: Readonly<ImportCounts>
  /** Ends the import after the batch that is being written. */
  readonly signal?: AbortSignal
  /** Told after each batch, when it is written. */
  onBatch?(progress: ImportProgress): Promise<void>
}

export interface ImportResult {
  readonly counts: Readonly<ImportCounts>
  readonly items: number
  /** False when it was ended by its signal. */
  readonly isComplete: boolean
}

const BATCH_LINES = 500
const BATCH_BYTES = 8 * 1024 ** 2

export const NO_COUNTS: Readonly<ImportCounts> = { created: 0, updated: 0, unchanged: 0, refused: 0 }

interface Batch {
  readonly lines: readonly ValidatedLine[]
}

/** @throws UnreadableSourceError when the source ends being readable; what it told before is written */
export async function importCatalogue (
  services: ImportDeps,
  source: SourceItems,
  options: ImportOptions,
): Promise<ImportResult> {
  const counts = { ...NO_COUNTS, ...options.counts }
  const { skip = 0, signal } = options
  let items = skip
  let writing: Promise<void> = Promise.resolve()

  async function write ({ lines }: Batch): Promise<void> {
    const outcomes = await writeBatch(services, lines, options)
    for (const { status } of outcomes) counts[status]++
    items += lines.length
    await options.onBatch?.({
      items,
      counts: { ...counts },
      changed: outcomes.flatMap((outcome) =>
        outcome.status === 'created' || outcome.status === 'updated' ? [outcome] : []
      ),
      refused: outcomes.flatMap((outcome) =>
        outcome.status === 'refused' ? [{ line: outcome.line, errors: outcome.errors }] : []
      ),
    })
  }

  try {
    for await (const batch of inBatches(source, skip, signal)) {
      await writing
      if (signal?.aborted === true) break
      writing = write(batch)
      // It is awaited with the next batch, or at the end.
      writing.catch(() => undefined)
    }
  } finally {
    await writing
  }
  return { counts, items, isComplete: signal?.aborted !== true }
}

/** Validated lines in their order; no two lines of a batch are about one title. */
async function* inBatches (source: SourceItems, skip: number, signal: AbortSignal | undefined): AsyncGenerator<Batch> {
  let lines: ValidatedLine[] = []
  let bytes = 0
  let keys = new Set<string>()
  let seen = 0
  let failure: unknown = null
  try {
    for await (const item of source) {
      if (signal?.aborted === true) return
      if (++seen <= skip) continue
      const line = validateLine(item)
      const ownKeys = 'body' in line ? keysOf(line.body) : []
      const size = 'bytes' in item ? item.bytes ?? 0 : 0
      if (
        lines.length > 0 &&
        (lines.length >= BATCH_LINES || bytes + size > BATCH_BYTES || ownKeys.some((key) => keys.has(key)))
      ) {
        yield { lines }
        lines = []
        bytes = 0
        keys = new Set()
      }
      lines.push(line)
      bytes += size
      for (const key of ownKeys) keys.add(key)
    }
  } catch (error) {
    failure = error
  }
  // What was read before a source broke is as good as the rest.
  if (lines.length > 0) yield { lines }
  if (failure !== null) throw failure
}

/** Collections come after the titles: they may be about them. */
async function writeBatch (
  services: ImportDeps,
  lines: readonly ValidatedLine[],
  options: WriteOptions,
): Promise<Outcome[]> {
  const told = lines.flatMap((line) => 'body' in line ? [line as ParsedLine<ImportLine>] : [])
  const outcomes = await importTitles(services, told.filter(isTitle), options)
  for (const one of told) {
    if (one.body.kind === 'collection') {
      outcomes.push(await importCollection(one as Parameters<typeof importCollection>[0], options))
    }
  }
  const unreadable = lines.flatMap((line) => 'errors' in line ? [rejectedOutcome(line.line, line.errors)] : [])
  return [...outcomes, ...unreadable].sort((a, b) => a.line - b.line)
}

function isTitle (told: ParsedLine<ImportLine>): told is ParsedLine<TitleLine> {
  return told.body.kind !== 'collection'
}
