// What readers of catalogue files make of them, whatever their format: records in the order of the file, each as it would
// stand in a line of NDJSON, not yet validated.
import type { FieldError } from '../errors.js'

export interface SourceRecord {
  /** Where it begins, from 1. */
  readonly line: number
  /** A line of the import format, as somebody wrote it. */
  readonly body: unknown
  /** About how large it is, when it may be large. */
  readonly bytes?: number
}

/** A record that cannot even be read; those after it can. */
export interface UnreadableRecord {
  readonly line: number
  readonly errors: readonly FieldError[]
}

export type SourceItem = SourceRecord | UnreadableRecord

/** Reads one by one, so that a file of any size takes the same memory. The same file gives the same items in the same order. */
export type SourceItems = AsyncIterable<SourceItem>

/** A file that is not what it is said to be: nothing after this place can be read. */
export class UnreadableSourceError extends Error {
  constructor (readonly line: number, message: string) {
    super(message)
    this.name = 'UnreadableSourceError'
  }
}
