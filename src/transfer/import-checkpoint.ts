// Going on with an import that was interrupted: how far it has come is kept in the database that it writes to.
import { createHash } from 'node:crypto'
import { ImportRun, type StoredImportRun } from '../../models/import-run.js'
import type { EditMode } from '../editing/stored-title.js'
import type { ImportCounts } from './import-catalogue.js'

export type ImportCheckpoint = Pick<StoredImportRun, 'items' | 'counts'>

/** @param identity of the source, and whatever else makes it another import */
export const runIdOf = (identity: string, mode: EditMode): string =>
  createHash('sha256').update(`${mode} ${identity}`).digest('hex')

export async function loadCheckpoint (runId: string): Promise<ImportCheckpoint | null> {
  return await ImportRun.findById(runId, { items: 1, counts: 1 }).lean<StoredImportRun>()
}

/** Written after what it tells of: an interruption between the two repeats a batch, which changes nothing. */
export async function saveCheckpoint (
  runId: string,
  items: number,
  counts: Readonly<ImportCounts>,
  now: Date,
): Promise<void> {
  await ImportRun.updateOne({ _id: runId }, { $set: { items, counts, updatedAt: now } }, { upsert: true })
}

export async function clearCheckpoint (runId: string): Promise<void> {
  await ImportRun.deleteOne({ _id: runId })
}
