// Stores the progress of an import in the target database, so that an interrupted import can resume.
import { createHash } from 'node:crypto'
import { ImportCheckpoint, type StoredImportCheckpoint } from '../../models/import-checkpoint.js'
import type { EditMode } from '../editing/stored-title.js'
import type { ImportCounts } from './import-catalogue.js'

/** What an interrupted import resumes from. */
export interface ImportProgress {
  readonly processedRecords: number
  readonly counts: Readonly<ImportCounts>
}

/** Identifies an import by its source and mode. @param identity see `ImportSource` */
export const importRunId = (identity: string, mode: EditMode): string =>
  createHash('sha256').update(`${mode} ${identity}`).digest('hex')

export async function loadCheckpoint (runId: string): Promise<ImportProgress | null> {
  const stored = await ImportCheckpoint.findById(runId).lean<StoredImportCheckpoint>()
  if (stored === null) return null
  const { refused: rejected, ...counts } = stored.counts
  return { processedRecords: stored.processedRecords, counts: { ...counts, rejected } }
}

/** Call this after the batch is written: an interruption in between repeats the batch, which changes nothing. */
export async function saveCheckpoint (
  runId: string,
  processedRecords: number,
  { rejected: refused, ...counts }: Readonly<ImportCounts>,
  now: Date,
): Promise<void> {
  const fields = { processedRecords, counts: { ...counts, refused }, updatedAt: now }
  await ImportCheckpoint.updateOne({ _id: runId }, { $set: fields }, { upsert: true })
}

export async function clearCheckpoint (runId: string): Promise<void> {
  await ImportCheckpoint.deleteOne({ _id: runId })
}
