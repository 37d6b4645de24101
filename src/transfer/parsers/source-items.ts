// What the parsers of all formats yield: records in file order, shaped like a line of the import format, not validated.
import type { FieldError } from '../../errors.js'

export const IMPORT_FORMATS = ['ndjson', 'json', 'csv', 'imdb'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

export interface SourceRecord {
  /** Line on which the record starts, from 1; in a JSON array its index, from 1. */
  readonly line: number
  readonly body: unknown
  /** Approximate size in bytes, if the parser knows it. */
  readonly bytes?: number
}

/** A record that the parser cannot read; the parser continues with the next one. */
export interface UnreadableRecord {
  readonly line: number
  readonly errors: readonly FieldError[]
}

/** What the parser assumed or left out. A warning is no record: it does not count as an item. */
export interface SourceWarning {
  /** Line that it refers to. */
  readonly line: number
  readonly warnings: readonly FieldError[]
}

export type SourceItem = SourceRecord | UnreadableRecord | SourceWarning

/** A stream of items with bounded memory. The same file always yields the same items in the same order. */
export type SourceItems = AsyncIterable<SourceItem>

/** The source is not in the expected format: nothing after `line` can be read. */
export class UnreadableSourceError extends Error {
  constructor (readonly line: number, message: string) {
    super(message)
    this.name = 'UnreadableSourceError'
  }
}
