// One embedded server a data folder: the record of the one that runs, the lock on starting and stopping it, and the end
// of one whose process was killed.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import lockfile from 'proper-lockfile'

/** What `database.json` holds while a server runs. */
export interface ServerRecord {
  readonly uri: string
  /** The process that started the server and will stop it. */
  readonly pid: number
  /** The server's own process; null where it is not known. */
  readonly databasePid: number | null
  /** What the server calls this run of itself: another server on the same port answers something else. */
  readonly runId: string | null
}

const ASK_TIMEOUT_MS = 3_000
const ORPHAN_ENDS_WITHIN_MS = 10_000
const POLL_MS = 100
/** A lock whose holder was killed is taken over after this long. */
const LOCK_STALE_MS = 10_000

/** @returns the server's id of its own run, or null when none answers */
export async function askRunId (uri: string): Promise<string | null> {
  // The driver goes on trying to reach a port where nobody listens, until its time is up.
  if (!await isListening(uri)) return null
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: ASK_TIMEOUT_MS })
  try {
    const hello = await client.db('admin').command({ hello: 1 }, { timeoutMS: ASK_TIMEOUT_MS })
    return String(hello['topologyVersion']?.processId)
  } catch {
    return null
  } finally {
    await client.close()
  }
}

async function isListening (uri: string): Promise<boolean> {
  const { hostname, port } = new URL(uri)
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: ASK_TIMEOUT_MS })
    for (const event of ['connect', 'error', 'timeout'] as const) {
      socket.once(event, () => {
        socket.destroy()
        resolve(event === 'connect')
      })
    }
  })
}

/**
 * Finds the embedded server that a living process runs for this folder; null when there is none.
 * A server whose process was killed is ended first: nobody would stop it, and it holds the folder's files.
 */
export async function findRecorded (dataDir: string): Promise<ServerRecord | null> {
  const record = await readRecord(dataDir)
  if (record === null) return null
  const answers = await askRunId(record.uri) === record.runId
  if (answers && isAlive(record.pid)) return record
  if (typeof record.databasePid !== 'number') return null
  if (answers) process.kill(record.databasePid, 'SIGTERM')
  for (let waitedMs = 0; isAlive(record.databasePid) && waitedMs < ORPHAN_ENDS_WITHIN_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS)
  }
  return null
}

/** Only the record's own user may read it: the connection string is in it. */
export async function writeRecord (dataDir: string, record: ServerRecord): Promise<void> {
  await writeFile(recordOf(dataDir), JSON.stringify(record, null, 2), { mode: 0o600 })
}

export async function removeRecord (dataDir: string): Promise<void> {
  await rm(recordOf(dataDir), { force: true })
}

/**
 * Runs work while nobody else starts or stops this folder's server.
 * @param waitMs how long to wait for another who does
 * @throws Error when the other one took longer
 */
export async function withStartLock<T> (
  dataDir: string,
  waitMs: number,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dataDir, { recursive: true })
  const lockfilePath = path.join(dataDir, 'database.lock')
  // A lock that was taken over is nothing to fall over for: the data's own lock still admits one server.
  const options = { lockfilePath, stale: LOCK_STALE_MS, onCompromised: () => undefined }
  const release = await lockfile.lock(dataDir, options).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    onWait()
    return await lockfile.lock(dataDir, {
      ...options,
      retries: { retries: Math.ceil(waitMs / POLL_MS), factor: 1, minTimeout: POLL_MS, maxTimeout: POLL_MS },
    })
  })
  try {
    return await work()
  } finally {
    // It is gone already when somebody took it over.
    await release().catch(() => undefined)
  }
}

function recordOf (dataDir: string): string {
  return path.join(dataDir, 'database.json')
}

/** A record that is missing, or was cut short by a crash, is none. */
async function readRecord (dataDir: string): Promise<ServerRecord | null> {
  try {
    return JSON.parse(await readFile(recordOf(dataDir), 'utf8')) as ServerRecord
  } catch {
    return null
  }
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
