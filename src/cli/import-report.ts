// The output of "normflix import": rejected lines, and the summary at the end.
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { ImportCounts, RejectedLine } from '../transfer/import-catalogue.js'

/** Rejected lines on the console; a report file contains all of them. */
const MAX_PRINTED_LINES = 10

export interface RejectionReport {
  write(file: string, line: RejectedLine): void
  /** Number of rejected lines that were neither printed nor written. */
  countOmitted(): number
  close(): Promise<void>
}

/** Writes one JSON object per rejected line to a file; without a file, prints the first ones. */
export async function openRejectionReport (file: string | null): Promise<RejectionReport> {
  let count = 0
  const stream: WriteStream | null = file === null ? null : createWriteStream(file)
  if (stream !== null) await once(stream, 'open')
  return {
    write (source, { line, errors }) {
      const text = JSON.stringify({ file: source, line, errors })
      count++
      if (stream !== null) stream.write(`${text}\n`)
      else if (count <= MAX_PRINTED_LINES) console.error(text)
    },
    countOmitted: () => stream === null ? Math.max(0, count - MAX_PRINTED_LINES) : 0,
    async close () {
      if (stream === null) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

/** The output of `--json`. */
export interface ImportSummary {
  readonly total: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
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
  { processed, elapsedMs, isDryRun, isComplete }: {
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
  ].join(', ')
  const more = omitted > 0 ? `\n${format(omitted)} more were rejected: --report FILE writes all of them.` : ''
  const prefix = summary.complete ? '' : 'So far: '
  const rate = `${summary.seconds.toFixed(1)} s, ${format(summary.perSecond)}/s`
  return `${prefix}${format(summary.total)} records: ${counts}. ${rate}.${more}`
}
