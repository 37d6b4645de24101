// Reads history files in a worker thread with limits on time, memory and the number of files that wait.
import { setImmediate } from 'node:timers/promises'
import { DomainError, unavailable } from '../../errors.js'
import { createLimitedWorker, FAILURE_REASONS } from '../../media/limited-worker.js'
import type { HistoryFileOutcome, HistoryFileTask } from './history-file-worker.js'
import { malformedFile, type ImportedPlay } from './imported-play.js'
import type { DateOrder } from './netflix-dates.js'
import type { NetflixOptions, NetflixRecord } from './netflix-file.js'
import { toNetflixPlay } from './netflix-plays.js'
import { toNormflixPlay, type ExportedPlay } from './normflix-file.js'

export interface HistoryFile {
  readonly plays: ImportedPlay[]
  /** The date order that was used; null for a file whose times are unambiguous. */
  readonly dateOrder: DateOrder | null
  readonly isDateOrderGuessed: boolean
}

export interface NetflixSource extends NetflixOptions {
  readonly bytes: Uint8Array
  /** Encoding that the request states; null: none. */
  readonly charset: string | null
}

export interface HistoryFileReader {
  /** @throws DomainError 400 `malformed-request`, `validation-failed`, 422 `import-too-long`, 503 `busy` */
  readNormflix(bytes: Uint8Array, now: Date): Promise<HistoryFile>
  /** @throws DomainError 422 `import-malformed`, `import-too-long`, `import-several-profiles`, 503 `busy` */
  readNetflix(source: NetflixSource, now: Date): Promise<HistoryFile>
  close(): Promise<void>
}

const TIME_LIMIT_MS = 20_000
const HEAP_LIMIT_MB = 512
/** Each waiting file is held in memory. */
const MAX_PENDING_FILES = 6

/** Creates a reader with one worker thread. */
export function createHistoryFileReader (): HistoryFileReader {
  const worker = createLimitedWorker<HistoryFileTask, HistoryFileOutcome>(
    new URL('./history-file-worker.js', import.meta.url),
    { timeLimitMs: TIME_LIMIT_MS, heapLimitMb: HEAP_LIMIT_MB },
  )
  let pending = 0

  async function run (task: HistoryFileTask): Promise<Extract<HistoryFileOutcome, { batches: unknown }>> {
    if (pending >= MAX_PENDING_FILES) throw unavailable('busy', 'Other files are being imported. Retry in a moment.', 5)
    pending++
    try {
      const result = await worker.run(task)
      if (!result.ok) {
        if (result.code === 'closed') throw unavailable('stopping', 'The server is shutting down. Send it again.', 1)
        throw malformedFile(null, FAILURE_REASONS[result.code])
      }
      if (!('problem' in result.value)) return result.value
      const { status, code, title, detail, extensions } = result.value.problem
      throw new DomainError(status, code, title, detail, extensions)
    } finally {
      pending--
    }
  }

  return {
    async readNormflix (bytes, now) {
      const { batches } = await run({ format: 'normflix', bytes })
      const plays = await parseBatches<ExportedPlay>(batches, (play, i) => toNormflixPlay(play, i + 1, now))
      return { plays, dateOrder: null, isDateOrderGuessed: false }
    },
    async readNetflix ({ bytes, charset, ...options }, now) {
      const outcome = await run({ format: 'netflix', bytes, options, charset, now })
      const plays = await parseBatches<NetflixRecord>(outcome.batches, (record) => toNetflixPlay(record, now))
      return { ...outcome, plays }
    },
    close: worker.close,
  }
}

/** Parses batch by batch, so that the event loop serves other requests in between. */
async function parseBatches<Entry> (
  batches: readonly string[],
  toPlay: (record: Entry, index: number) => ImportedPlay,
): Promise<ImportedPlay[]> {
  const plays: ImportedPlay[] = []
  for (const batch of batches) {
    for (const record of JSON.parse(batch) as Entry[]) plays.push(toPlay(record, plays.length))
    await setImmediate()
  }
  return plays
}
