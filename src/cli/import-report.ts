// The output of "normflix import": rejected lines and warnings, and the summary at the end.
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { FieldError } from '../errors.js'
import type { ImportCounts, RejectedLine } from '../transfer/import-catalogue.js'
import type { SourceWarning } from '../transfer/parsers/source-items.js'

/** Rejected lines, and warnings, on the console; a report file contains all of them. */
const MAX_PRINTED_LINES = 10

export interface LineReport {
  writeRejected(file: string, line: RejectedLine): void
  /** What was assumed or left out. The line is imported. */
  writeWarning(file: string, warning: SourceWarning): void
  countWarnings(): number
  /** Number of rejected lines and warnings that were neither printed nor written. */
  countOmitted(): number
  close(): Promise<void>
}

/** Writes one JSON object per rejected line or warning to a file; without a file, prints the first ones as text. */
export async function openLineReport (file: string | null): Promise<LineReport> {
  const counts = { errors: 0, warnings: 0 }
  const stream: WriteStream | null = file === null ? null : createWriteStream(file)
  if (stream !== null) await once(stream, 'open')

  function write (kind: keyof typeof counts, source: string, line: number, fields: readonly FieldError[]): void {
    if (stream !== null) stream.write(`${JSON.stringify({ file: source, line, [kind]: fields })}\n`)
    else if (counts[kind] < MAX_PRINTED_LINES) {
      for (const field of fields) console.error(describeField(source, line, kind, field))
    }
    counts[kind]++
  }

  return {
    writeRejected: (source, { line, errors }) => {
      write('errors', source, line, errors)
    },
    writeWarning: (source, { line, warnings }) => {
      write('warnings', source, line, warnings)
    },
    countWarnings: () => counts.warnings,
    countOmitted: () =>
      stream === null
        ? Object.values(counts).reduce((sum, count) => sum + Math.max(0, count - MAX_PRINTED_LINES), 0)
        : 0,
    async close () {
      if (stream === null) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

/** Such as `movies.ndjson, line 2: year must be integer, not "soon"`. */
function describeField (
  file: string,
  line: number,
  kind: 'errors' | 'warnings',
  { pointer, message, value }: FieldError,
): string {
  const place = line === 0 ? file : `${file}, line ${line}`
  const field = pointer === '' ? '' : `${pointer.slice(1)} `
  const rejected = value === undefined ? '' : `, not ${value}`
  return `${place}: ${kind === 'warnings' ? 'warning: ' : ''}${field}${message}${rejected}`
}

/** The output of `--json`. */
export interface ImportSummary {
  readonly total: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
  /** Lines that were imported with an assumption. */
  readonly warnings: number
  readonly seconds: number
  readonly perSecond: number
  readonly dryRun: boolean
  /** False when the import was interrupted. */
  readonly complete: boolean
}

/**
 * @param counts of all files, with those that an interrupted import had written
 * @param processed records that this run has processed
 */
export function summariseImport (
  { created, updated, unchanged, rejected }: ImportCounts,
  { processed, warnings, elapsedMs, isDryRun, isComplete }: {
    readonly warnings: number,
    readonly processed: number,
    readonly elapsedMs: number,
    readonly isDryRun: boolean,
    readonly isComplete: boolean,
  },
): ImportSummary {
  const seconds = elapsedMs / 1_000
  return {
    total: created + updated + unchanged + rejected,
    created,
    updated,
    unchanged,
    refused: rejected,
    warnings,
    seconds,
    perSecond: Math.round(processed / Math.max(0.001, seconds)),
    dryRun: isDryRun,
    complete: isComplete,
  }
}

export function describeImport (summary: ImportSummary, omitted: number): string {
  const format = (value: number): string => value.toLocaleString('en-US')
  const verb = summary.dryRun ? 'would be ' : ''
  const counts = [
    `${format(summary.created)} ${verb}created`,
    `${format(summary.updated)} ${verb}updated`,
    `${format(summary.unchanged)} unchanged`,
    `${format(summary.refused)} rejected`,
    ...(summary.warnings === 0 ? [] : [`${format(summary.warnings)} with warnings`]),
  ].join(', ')
  const more = omitted > 0 ? `\n${format(omitted)} more lines are not shown: --report FILE writes all of them.` : ''
  const prefix = summary.complete ? '' : 'So far: '
  const rate = `${summary.seconds.toFixed(1)} s, ${format(summary.perSecond)}/s`
  return `${prefix}${format(summary.total)} records: ${counts}. ${rate}.${more}`
}
