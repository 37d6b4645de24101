// Finds the database of a test run. A separate process owns it and writes its URI to a file.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

export const RECORD_FILE = path.resolve('.cache', 'test-database.json')

export interface DatabaseRecord {
  readonly uri: string
  readonly description: string
  /** ID of the process that owns the database. */
  readonly pid: number
}

/** Reads the record of the current run; null without one. */
export function readDatabaseRecord (): DatabaseRecord | null {
  try {
    const record = JSON.parse(readFileSync(RECORD_FILE, 'utf8')) as DatabaseRecord
    return isRunning(record.pid) ? record : null
  } catch {
    return null
  }
}

export function removeDatabaseRecord (): void {
  rmSync(RECORD_FILE, { force: true })
}

export function isRunning (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
