// Owns the database of a test run until the run ends or sends a signal.
import { renameSync, writeFileSync } from 'node:fs'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import { isRunning, RECORD_FILE, removeDatabaseRecord, type DatabaseRecord } from './shared-database.js'

const POLL_INTERVAL_MS = 500

const runnerPid = Number(process.argv[2])
const server = await resolveDatabaseServer({ uri: null, dataDir: null, report: console.error })
const record: DatabaseRecord = { uri: server.uri, description: server.description, pid: process.pid }
// The rename is atomic: readers never see half a file.
writeFileSync(`${RECORD_FILE}.part`, JSON.stringify(record))
renameSync(`${RECORD_FILE}.part`, RECORD_FILE)

let isStopping = false
async function stop (): Promise<void> {
  if (isStopping) return
  isStopping = true
  removeDatabaseRecord()
  await server.stop()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    void stop()
  })
}
// A killed test run sends no signal.
setInterval(() => {
  if (!isRunning(runnerPid)) void stop()
}, POLL_INTERVAL_MS)
