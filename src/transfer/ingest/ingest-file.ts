// Ingests a planned file: copies it to the storage and adds it to its movie or episode.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { DomainError } from '../../errors.js'
import { addMaster } from '../../media/encoding/masters.js'
import { addSubtitle, removeSubtitle } from '../../media/sidecar/sidecar-files.js'
import { addMediaFile, removeMediaFile } from '../../media/upload/media-files.js'
import type { StoredAs } from './find-files.js'
import { readSubtitle, type IngestDeps, type PlannedFile } from './plan-ingest.js'
import { saveMediaSpan } from './save-media-span.js'

export type IngestResult = Omit<PlannedFile, 'status'> & {
  /** `failed`: the file was not ingested; `reason` says why. */
  readonly status: PlannedFile['status'] | 'ingested' | 'failed',
  /** What an ingested file became. */
  readonly storedAs?: StoredAs,
}

export interface IngestProgress {
  readonly signal: AbortSignal
  /** Receives the number of bytes that were copied so far. */
  onProgress(bytes: number): void
}

/**
 * Ingests a file whose status is `new`; others are returned as they are. Of an `unchanged` file with several episodes,
 * it states them if an interrupted ingest did not.
 * @throws errors of the database and the storage
 */
export async function ingestFile (
  deps: IngestDeps,
  planned: PlannedFile,
  { signal, onProgress }: IngestProgress,
): Promise<IngestResult> {
  const { file, status } = planned
  if (status !== 'new' && status !== 'unchanged') return planned
  const source = (): Readable => Readable.from(countBytes(file.path, signal, onProgress), { objectMode: false })
  try {
    if (status === 'unchanged') {
      if (planned.role !== 'subtitle') await saveMediaSpan(deps, planned)
      return planned
    }
    const storedAs = await storeFile(deps, planned, source)
    if (storedAs === null) return planned
    if (file.storedAs !== null && file.storedAs.id !== storedAs.id) await removeEarlierVersion(deps, file.storedAs)
    if (storedAs.role !== 'subtitle') await saveMediaSpan(deps, planned)
    return { ...planned, status: 'ingested', storedAs }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { ...planned, status: 'failed', reason: signal.aborted ? 'Interrupted.' : error.detail }
  }
}

/** @returns null for a file without an item */
async function storeFile (deps: IngestDeps, planned: PlannedFile, source: () => Readable): Promise<StoredAs | null> {
  const { target, role, recognised: { edition, language } } = planned
  if (target === null || role === null) return null
  const { title, item } = target
  if (role === 'subtitle') {
    const { subtitle } = await addSubtitle(deps, title, item, await readSubtitle(planned))
    return { role, id: subtitle._id.toString() }
  }
  if (role === 'master') {
    const job = await addMaster(deps, title, item, source(), edition)
    return { role, id: job._id.toString() }
  }
  const languages = language === null ? [] : [language]
  const media = await addMediaFile(deps, title, item, source(), { languages, subtitleLanguages: [], edition })
  return { role, id: media._id.toString() }
}

/** Encoding replaces masters itself. What people have removed since then is no error. */
async function removeEarlierVersion (deps: IngestDeps, { role, id }: StoredAs): Promise<void> {
  try {
    if (role === 'media') await removeMediaFile(deps, id)
    if (role === 'subtitle') await removeSubtitle(deps, id)
  } catch (error) {
    if (!(error instanceof DomainError) || error.status !== 404) throw error
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
