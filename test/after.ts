// Runs once after all test files: stops the database that they shared.
import { setTimeout as wait } from 'node:timers/promises'
import { isRunning, readDatabaseRecord } from './support/shared-database.js'

const POLL_INTERVAL_MS = 50

const record = readDatabaseRecord()
if (record !== null) {
  process.kill(record.pid, 'SIGTERM')
  while (isRunning(record.pid)) await wait(POLL_INTERVAL_MS)
}
