// The database of a test run: a process of its own holds it, and a file tells the tests its URI.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

export const RECORD_FILE = path.resolve('.cache', 'test-database.json')

export interface DatabaseRecord {
  readonly uri: string
  readonly description: string
  /** Process that holds the database. */
  readonly pid: number
}

/** Reads the record of the database of this run; null without a run. */
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
