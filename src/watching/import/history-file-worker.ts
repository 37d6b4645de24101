// Worker thread that parses history files: a file that would take long, or much memory, does not affect requests.
import { DomainError } from '../../errors.js'
import { splitIntoBatches } from '../../domain/arrays.js'
import { decodeText } from '../../media/sidecar/text-encoding.js'
import { malformedFile } from './imported-play.js'
import type { DateOrder } from './netflix-dates.js'
import { readNetflixFile, type NetflixOptions } from './netflix-file.js'
import { readNormflixFile } from './normflix-file.js'

export type HistoryFileTask =
  | { readonly format: 'normflix', readonly bytes: Uint8Array }
  | {
    readonly format: 'netflix',
    readonly bytes: Uint8Array,
    readonly options: NetflixOptions,
    /** Encoding that the request states; null: none. */
    readonly charset: string | null,
    readonly now: Date,
  }

type Problem = Pick<DomainError, 'status' | 'code' | 'title' | 'detail' | 'extensions'>

export type HistoryFileOutcome =
  | {
    /** JSON arrays of records: texts are cheap to pass between threads, and are parsed one by one. */
    readonly batches: readonly string[],
    readonly dateOrder: DateOrder | null,
    readonly isDateOrderGuessed: boolean,
  }
  | { readonly problem: Problem }

const BATCH_SIZE = 250

/** Entry point of the worker. */
export default function read (task: HistoryFileTask): HistoryFileOutcome {
  try {
    const bytes = Buffer.from(task.bytes.buffer, task.bytes.byteOffset, task.bytes.byteLength)
    if (task.format === 'normflix') {
      return { batches: toBatches(readNormflixFile(bytes)), dateOrder: null, isDateOrderGuessed: false }
    }
    const charset = task.charset ?? findUtf16(bytes)
    const text = decodeText({ bytes, language: 'en', charset })
    if (text === null) throw malformedFile(null, 'The charset of the content type is unknown.')
    const { records, dateOrder, isDateOrderGuessed } = readNetflixFile(text, task.options, task.now)
    return { batches: toBatches(records), dateOrder, isDateOrderGuessed }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { status, code, title, detail, extensions } = error
    return { problem: { status, code, title, detail, extensions } }
  }
}

/** Detects UTF-16 without a byte order mark, whose zero bytes are also valid UTF-8. The header of a file is ASCII. */
function findUtf16 (bytes: Buffer): string | null {
  const [first, second] = bytes
  return first === 0 && second !== 0 ? 'utf-16be' : first !== 0 && second === 0 ? 'utf-16le' : null
}

function toBatches (records: readonly unknown[]): string[] {
  return [...splitIntoBatches([...records], BATCH_SIZE)].map((batch) => JSON.stringify(batch))
}
