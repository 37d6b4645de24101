// Ingests a planned file: copies it to the storage and adds it to its movie or episode.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { DomainError } from '../../errors.js'
import { addMaster } from '../../media/encoding/masters.js'
import { addSubtitle } from '../../media/sidecar/sidecar-files.js'
import { addMediaFile } from '../../media/upload/media-files.js'
import { readSubtitle, type IngestDeps, type PlannedFile } from './plan-ingest.js'

export type IngestResult = Omit<PlannedFile, 'status'> & {
  /** `failed`: the file was not ingested; `reason` says why. */
  readonly status: PlannedFile['status'] | 'ingested' | 'failed',
}

export interface IngestProgress {
  readonly signal: AbortSignal
  /** Receives the number of bytes that were copied so far. */
  onProgress(bytes: number): void
}

/**
 * Ingests a file whose status is `new`; others are returned as they are.
 * @throws errors of the database and the storage
 */
export async function ingestFile (
  deps: IngestDeps,
  planned: PlannedFile,
  { signal, onProgress }: IngestProgress,
): Promise<IngestResult> {
  const { target, role, file, recognised: { edition, language } } = planned
  if (planned.status !== 'new' || target === null || role === null) return planned
  try {
    if (role === 'subtitle') {
      await addSubtitle(deps, target.title, target.item, await readSubtitle(planned))
      return { ...planned, status: 'ingested' }
    }
    const source = Readable.from(countBytes(file.path, signal, onProgress), { objectMode: false })
    if (role === 'master') await addMaster(deps, target.title, target.item, source, edition)
    else {
      const languages = language === null ? [] : [language]
      await addMediaFile(deps, target.title, target.item, source, { languages, subtitleLanguages: [], edition })
    }
    return { ...planned, status: 'ingested' }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { ...planned, status: 'failed', reason: signal.aborted ? 'Interrupted.' : error.detail }
  }
}

async function* countBytes (
  file: string,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1024 ** 2 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    onProgress(bytes)
    yield chunk
  }
}
