// Selects the database server: MONGODB_URI, a server that already runs for this data folder, an installed mongod, a
// downloaded one, or the fallback server, in this order. The selection is reported in one line.
import { homedir } from 'node:os'
import path from 'node:path'
import { findRunningServer, readRunId, removeServerRecord, withStartLock, writeServerRecord } from './running-server.js'
import {
  databaseFolder,
  findDataKind,
  startDownloadedMongod,
  startFallbackServer,
  startSystemMongod,
  type ServerKind,
  type StartedServer,
  type StartOptions,
} from './start-server.js'

export type DatabaseSource = 'configured' | 'running' | 'system' | 'download' | 'fallback'

export interface DatabaseServer {
  /** Connection string with the name of the database. */
  readonly uri: string
  readonly source: DatabaseSource
  /** One line for the console. */
  readonly description: string
  /** Process of the server if this process started it, else null. */
  readonly pid: number | null
  /** Stops the server if this process started it, even if others use it. Later calls do nothing. */
  stop(): Promise<void>
}

export interface ResolveOptions {
  /** Configured connection string, used unchanged; null to find or start a server. */
  readonly uri: string | null
  /** Absolute path of the folder that keeps the database; null for a temporary database. */
  readonly dataDir: string | null
  /** Folder for the fallback server; by default all checkouts of a user share one, so that a new clone starts fast. */
  readonly cacheDir?: string
  readonly report: (line: string) => void
  readonly env?: StartOptions['env']
}

/** One way to start an embedded server. */
export interface StartMethod {
  readonly source: DatabaseSource
  readonly name: string
  readonly kind: ServerKind
  readonly start: (options: StartOptions) => Promise<StartedServer>
}

export const START_METHODS: readonly StartMethod[] = [
  { source: 'system', name: 'installed mongod', kind: 'mongod', start: startSystemMongod },
  { source: 'download', name: 'cached or downloaded mongod', kind: 'mongod', start: startDownloadedMongod },
  { source: 'fallback', name: 'fallback server from PyPI', kind: 'fallback', start: startFallbackServer },
]

interface FailedAttempt {
  readonly name: string
  readonly reason: string
}

/** No server was found or started. The message lists every attempt with its reason, and two solutions. */
export class NoDatabaseError extends Error {
  constructor (readonly attempts: readonly FailedAttempt[]) {
    super([
      'No MongoDB was found or started. Attempts:',
      '  - MONGODB_URI: not set',
      ...attempts.map(({ name, reason }) => `  - ${name}: ${reason}`),
      'The two simplest solutions:',
      '  1. Run MongoDB in Docker, then repeat this command with MONGODB_URI:',
      '       docker run -d --name normflix-mongo -p 127.0.0.1:27017:27017 mongo:8 --replSet rs0',
      '       docker exec normflix-mongo mongosh --quiet --eval "rs.initiate()"',
      '       export MONGODB_URI="mongodb://127.0.0.1:27017/normflix?directConnection=true"',
      '  2. Use a MongoDB that runs elsewhere as a replica set: set MONGODB_URI to its connection string.',
    ].join('\n'))
    this.name = 'NoDatabaseError'
  }
}

/** A first start can download for minutes; a second one waits for it. */
const START_LOCK_TIMEOUT_MS = 10 * 60_000
const STOP_LOCK_TIMEOUT_MS = 3_000

/** @throws NoDatabaseError */
export async function resolveDatabaseServer (
  options: ResolveOptions,
  methods: readonly StartMethod[] = START_METHODS,
): Promise<DatabaseServer> {
  const { uri, dataDir, report, env = process.env } = options
  if (uri !== null) return externalServer(uri, 'configured', 'the MongoDB of MONGODB_URI')
  const startOptions: StartOptions = { dataDir, cacheDir: options.cacheDir ?? defaultCacheDir(env), env, report }
  if (dataDir === null) return await startFirst(startOptions, methods)
  // One start at a time: the second process finds the server of the first.
  return await withStartLock(dataDir, START_LOCK_TIMEOUT_MS, () => {
    report('Waiting for another process that starts or stops the database …')
  }, async () => {
    const running = await findRunningServer(dataDir)
    if (running !== null) {
      return externalServer(running.uri, 'running', `the embedded server that process ${running.pid} runs`)
    }
    return await withServerRecord(dataDir, await startFirst(startOptions, methods))
  })
}

/** A server that this process did not start and does not stop. */
function externalServer (uri: string, source: DatabaseSource, description: string): DatabaseServer {
  return { uri, source, description, pid: null, stop: async () => undefined }
}

/** Starts a server with the first method that works. */
async function startFirst (options: StartOptions, methods: readonly StartMethod[]): Promise<DatabaseServer> {
  const { dataDir } = options
  const attempts: FailedAttempt[] = []
  const dataKind = dataDir === null ? null : await findDataKind(dataDir)
  for (const { name, source, kind, start } of methods) {
    // Another kind of server cannot read the data and would start with an empty database.
    if (dataDir !== null && dataKind !== null && dataKind !== kind) {
      const folder = databaseFolder(dataDir, dataKind)
      attempts.push({
        name,
        reason: `cannot read the data in ${folder}; delete that folder to start with an empty one`,
      })
      continue
    }
    try {
      const server = await start(options)
      return { ...server, source, stop: once(server.stop) }
    } catch (error) {
      attempts.push({ name, reason: firstLineOf(error) })
    }
  }
  throw new NoDatabaseError(attempts)
}

/** Records the server in the data folder for other processes until it stops. */
async function withServerRecord (dataDir: string, server: DatabaseServer): Promise<DatabaseServer> {
  await writeServerRecord(dataDir, {
    uri: server.uri,
    pid: process.pid,
    databasePid: server.pid,
    runId: await readRunId(server.uri),
  })
  async function stop (): Promise<void> {
    await server.stop()
    await removeServerRecord(dataDir)
  }
  // With the lock, a concurrent start waits until the files are free. Without it the server has to stop all the same.
  return {
    ...server,
    stop: once(async () => {
      await withStartLock(dataDir, STOP_LOCK_TIMEOUT_MS, () => undefined, stop).catch(stop)
    }),
  }
}

function once (work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return async () => {
    await (running ??= work())
  }
}

function firstLineOf (error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? ''
}

/** Returns NORMFLIX_CACHE_DIR, else a folder in the cache folder of the user. */
export function defaultCacheDir (env: StartOptions['env']): string {
  return env['NORMFLIX_CACHE_DIR'] || path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'normflix')
}
