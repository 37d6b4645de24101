// One embedded server per data folder: the record of the running server, the lock for starting and stopping it, and the
// end of a server whose holder was killed. For development: production connects to MONGODB_URI.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'

/** Content of `database.json` in the data folder while a server runs. */
export interface ServerRecord {
  readonly uri: string
  /** Process that started the server, counts its users and stops it. */
  readonly pid: number
  /** Process of the server; null if unknown. */
  readonly databasePid: number | null
  /** ID that the server generates at its start: another server on the same port has another one. */
  readonly runId: string | null
  /** Port of 127.0.0.1 on which users join the holder, and what it sends to them. */
  readonly port: number
  readonly token: string
}

const CONNECT_TIMEOUT_MS = 3_000
const ORPHAN_EXIT_TIMEOUT_MS = 10_000
const POLL_INTERVAL_MS = 100
/** Age at which the lock of a killed process expires. */
const LOCK_STALE_MS = 10_000

/** Returns the ID that the server generated at its start; null if no server responds. */
export async function readRunId (uri: string): Promise<string | null> {
  // The driver would retry a closed port until its timeout.
  if (!await isListening(uri)) return null
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS })
  try {
    const hello = await client.db('admin').command({ hello: 1 }, { timeoutMS: CONNECT_TIMEOUT_MS })
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
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_TIMEOUT_MS })
    for (const event of ['connect', 'error', 'timeout'] as const) {
      socket.once(event, () => {
        socket.destroy()
        resolve(event === 'connect')
      })
    }
  })
}

/** Finds the embedded server that a live process holds for this data folder; null if there is none. */
export async function findRunningServer (dataDir: string): Promise<ServerRecord | null> {
  const record = await readServerRecord(dataDir)
  // Earlier versions wrote no port.
  if (typeof record?.port !== 'number' || !isAlive(record.pid)) return null
  return await readRunId(record.uri) === record.runId ? record : null
}

/** Terminates a server whose holder was killed: no process would stop it, and it locks the files of the folder. */
export async function endOrphanedServer (dataDir: string): Promise<void> {
  const record = await readServerRecord(dataDir)
  if (record === null || typeof record.databasePid !== 'number') return
  if (await readRunId(record.uri) === record.runId) process.kill(record.databasePid, 'SIGTERM')
  for (
    let waitedMs = 0;
    isAlive(record.databasePid) && waitedMs < ORPHAN_EXIT_TIMEOUT_MS;
    waitedMs += POLL_INTERVAL_MS
  ) {
    await sleep(POLL_INTERVAL_MS)
  }
}

/** Writes the record, readable by its owner only: it contains the connection string. */
export async function writeServerRecord (dataDir: string, record: ServerRecord): Promise<void> {
  await writeFile(recordFile(dataDir), JSON.stringify(record, null, 2), { mode: 0o600 })
}

export async function removeServerRecord (dataDir: string): Promise<void> {
  await rm(recordFile(dataDir), { force: true })
}

/**
 * Runs `work` while no other process starts or stops the server of this data folder.
 * @param waitMs maximum time to wait for the lock
 * @param onWait called once when another process has the lock
 * @throws Error when the lock is not available in time
 */
export async function withStartLock<T> (
  dataDir: string,
  waitMs: number,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const { default: lockfile } = await import('proper-lockfile')
  await mkdir(dataDir, { recursive: true })
  const lockfilePath = path.join(dataDir, 'database.lock')
  // Losing the lock is no reason to fail: the lock of the database files still admits one server only.
  const options = { lockfilePath, stale: LOCK_STALE_MS, onCompromised: () => undefined }
  const release = await lockfile.lock(dataDir, options).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    onWait()
    const retries = {
      retries: Math.ceil(waitMs / POLL_INTERVAL_MS),
      factor: 1,
      minTimeout: POLL_INTERVAL_MS,
      maxTimeout: POLL_INTERVAL_MS,
    }
    return await lockfile.lock(dataDir, { ...options, retries })
  })
  try {
    return await work()
  } finally {
    // Fails if another process acquired the expired lock.
    await release().catch(() => undefined)
  }
}

function recordFile (dataDir: string): string {
  return path.join(dataDir, 'database.json')
}

/** A record that is missing or truncated by a crash counts as none. */
async function readServerRecord (dataDir: string): Promise<ServerRecord | null> {
  try {
    return JSON.parse(await readFile(recordFile(dataDir), 'utf8')) as ServerRecord
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
