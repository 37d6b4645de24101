// A play read from an import file, independent of the format, and the errors of files that cannot be imported.
import { DomainError } from '../../errors.js'
import type { ItemTiming, PlayProgress } from '../../domain/progress.js'
import type { WantedItem } from './match-title.js'

/** Bounds the duration of an import, which runs within one request. */
export const MAX_IMPORTED_PLAYS = 50_000

/** Why a play got its status: a stable code and a sentence. */
export interface ImportReason {
  readonly code: string
  readonly text: string
}

export interface ImportedPlay {
  /** Line of a CSV file, or index in the plays of a JSON file; from 1. */
  readonly line: number
  /** The title as the file writes it. */
  readonly text: string
  /** Why the play is skipped; null when it is imported. */
  readonly skip: ImportReason | null
  /** The ID of the exported play; matched only with plays of the importing profile. */
  readonly playId: string | null
  /** Distinguishes plays of the same item; the ID of the stored play is derived from it. */
  readonly momentKey: string
  /** The file states a time in the future, which is replaced by the time of the import. */
  readonly isTimeClamped: boolean
  toWantedItem(): WantedItem
  toProgress(timing: ItemTiming): PlayProgress
}

export const malformedFile = (line: number | null, detail: string): DomainError =>
  new DomainError(
    422,
    'import-malformed',
    'The file cannot be imported',
    line === null ? detail : `Line ${line}: ${detail}`,
    line === null ? {} : { line },
  )

export const tooManyPlays = (): DomainError =>
  new DomainError(
    422,
    'import-too-long',
    'The file cannot be imported',
    `The limit is ${MAX_IMPORTED_PLAYS.toLocaleString('en')} plays per file. Split the file and import each part.`,
  )
