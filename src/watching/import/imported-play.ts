// One thing watched as a file tells it, whatever the file; and what is wrong with files that cannot be taken.
import { DomainError } from '../../errors.js'
import type { ItemTiming, PlayProgress } from '../../domain/progress.js'
import type { WantedItem } from './match-title.js'

/** More are refused, so that an import ends within a request. */
export const MAX_IMPORTED_PLAYS = 50_000

/** Why something is as it is: for programs, and in words. */
export interface ReportReason {
  readonly code: string
  readonly text: string
}

export interface ImportedPlay {
  /** Where it stands: the line of a CSV file, the place among the plays of a JSON file; from 1. */
  readonly line: number
  /** How the file calls it. */
  readonly text: string
  /** Why it is left out; null when it is not. */
  readonly skip: ReportReason | null
  /** The play it says that it was; only ever looked for among the profile's own. */
  readonly playId: string | null
  /** What tells it from other views of the same item; the id of its row is made of it. */
  readonly moment: string
  /** Its time lay ahead and was set back to now, so that it is another one each time. */
  readonly isSetBack: boolean
  wanted(): WantedItem
  factsFor(timing: ItemTiming): PlayProgress
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
    `A file holds up to ${
      MAX_IMPORTED_PLAYS.toLocaleString('en')
    } plays. Split it and import the parts one after another.`,
  )
