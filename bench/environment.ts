// The environment of a benchmark: a temporary folder and a database, both removed at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import mongoose from 'mongoose'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'
import type { Cleanup } from './cleanup.js'
import { runStep } from './command.js'
import { openDatabase, type Database } from './service.js'

export interface Environment {
  /** For files of the service and of the benchmark. */
  readonly dataDir: string
  readonly database: Database
}

/** A folder that is removed at the end. */
export function createTemporaryFolder (cleanup: Cleanup): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-bench-'))
  cleanup.add(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** @param mongodbUri an existing MongoDB server; null to start one */
export async function openEnvironment (cleanup: Cleanup, mongodbUri: string | null): Promise<Environment> {
  const dataDir = createTemporaryFolder(cleanup)
  const database = await runStep(
    'Start the database',
    async (progress) => await openDatabase(cleanup, mongodbUri, progress),
  )
  return { dataDir, database }
}

/** Connects this process to the database. The clean-up drops a database on an existing server. */
export async function connectToDatabase (cleanup: Cleanup, database: Database): Promise<void> {
  await connectDatabase(database.uri)
  cleanup.add(async () => {
    if (database.isExternal) await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
}
