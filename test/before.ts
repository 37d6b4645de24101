// Runs once before all test files: starts the database that they share.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isRunning, readDatabaseRecord, RECORD_FILE, removeDatabaseRecord } from './support/shared-database.js'

/** The fallback server is downloaded and installed on the first run. */
const START_TIMEOUT_MS = 5 * 60_000
const POLL_INTERVAL_MS = 50

async function startDatabase (): Promise<void> {
  mkdirSync(path.dirname(RECORD_FILE), { recursive: true })
  removeDatabaseRecord()
  const holder = spawn(process.execPath, [
    fileURLToPath(new URL('./support/hold-shared-database.js', import.meta.url)),
    String(process.ppid),
  ], { detached: true, stdio: ['ignore', 'ignore', 'inherit'] })
  holder.unref()
  const deadline = Date.now() + START_TIMEOUT_MS
  while (readDatabaseRecord() === null) {
    if (!isRunning(holder.pid ?? 0)) throw new Error('The database of the tests did not start.')
    if (Date.now() > deadline) throw new Error(`The database of the tests did not start in ${START_TIMEOUT_MS} ms.`)
    await wait(POLL_INTERVAL_MS)
  }
  console.log(`Database: ${readDatabaseRecord()?.description ?? ''}`)
}

if (process.env['NORMFLIX_TEST_MONGODB_URI'] === undefined) await startDatabase()
