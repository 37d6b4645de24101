// Where a benchmark takes place: a folder and a database of its own, both gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import mongoose from 'mongoose'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'
import type { Cleanup } from './cleanup.js'
import { step } from './command.js'
import { openDatabase, type Database } from './service.js'

export interface Setting {
  /** For files of the service, and of the benchmark. */
  readonly dataDir: string
  readonly database: Database
}

/** @param mongodbUri a MongoDB to measure on; null to start one */
export async function openSetting (cleanup: Cleanup, mongodbUri: string | null): Promise<Setting> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-bench-'))
  cleanup.add(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const database = await step('Database', async (progress) => await openDatabase(cleanup, mongodbUri, progress))
  return { dataDir, database }
}

/** Connects this process to a benchmark's database; one on somebody else's server is dropped in the end. */
export async function connectSetting (cleanup: Cleanup, { database }: Setting): Promise<void> {
  await connectDatabase(database.uri)
  cleanup.add(async () => {
    if (database.isGiven) await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
}
