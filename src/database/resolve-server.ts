// Which MongoDB: the one that is configured, one that runs for this data folder already, a mongod of this machine, a
// downloaded one, or the stand-in; tried in this order, and said in one line.
import { homedir } from 'node:os'
import path from 'node:path'
import { askRunId, findRecorded, removeRecord, withStartLock, writeRecord } from './running-server.js'
import {
  folderOf,
  kindOfData,
  startDownloadedMongod,
  startFallbackServer,
  startSystemMongod,
  type ServerKind,
  type StartedServer,
  type StartOptions,
} from './start-server.js'

export type DatabaseSource = 'configured' | 'running' | 'system' | 'download' | 'stand-in'

export interface DatabaseServer {
  /** Connection string, the database's name included. */
  readonly uri: string
  readonly source: DatabaseSource
  /** One line for people. */
  readonly description: string
  /** The server's process if this process started it, else null. */
  readonly pid: number | null
  /** Stops the server if this process started it, even while others use it; once, however often it is called. */
  stop(): Promise<void>
}

export interface ResolveOptions {
  /** The configured connection string, used as it is. */
  readonly uri: string | null
  /** Absolute folder whose database survives; null for one that is thrown away. */
  readonly dataDir: string | null
  /** Where the stand-in is kept, by default shared by all checkouts of a user, so that a second clone is fast. */
  readonly cacheDir?: string
  readonly report: (line: string) => void
  readonly env?: StartOptions['env']
}

/** One way to start a server of our own. */
export interface Attempt {
  readonly source: DatabaseSource
  readonly what: string
  readonly kind: ServerKind
  readonly start: (options: StartOptions) => Promise<StartedServer>
}

export const ATTEMPTS: readonly Attempt[] = [
  { source: 'system', what: 'a mongod of this machine', kind: 'mongod', start: startSystemMongod },
  {
    source: 'download',
    what: 'a mongod from the download cache, or downloaded now',
    kind: 'mongod',
    start: startDownloadedMongod,
  },
  { source: 'stand-in', what: 'the stand-in from PyPI', kind: 'stand-in', start: startFallbackServer },
]

/** Nothing worked: tells what was tried, what each said, and what to do. */
export class NoDatabaseError extends Error {
  constructor (readonly tried: ReadonlyArray<{ what: string, said: string }>) {
    super([
      'No MongoDB could be found or started. Tried:',
      '  - MONGODB_URI: not set',
      ...tried.map(({ what, said }) => `  - ${what}: ${said}`),
      'The two easiest ways out:',
      '  1. A MongoDB in Docker, then this command again with MONGODB_URI:',
      '       docker run -d --name normflix-mongo -p 127.0.0.1:27017:27017 mongo:8 --replSet rs0',
      '       docker exec normflix-mongo mongosh --quiet --eval "rs.initiate()"',
      '       export MONGODB_URI="mongodb://127.0.0.1:27017/normflix?directConnection=true"',
      '  2. A MongoDB that runs anywhere else, as a replica set: set MONGODB_URI to its connection string.',
    ].join('\n'))
    this.name = 'NoDatabaseError'
  }
}

/** A first start may download for minutes; a second one waits for it. */
const WAIT_FOR_START_MS = 10 * 60_000
const WAIT_FOR_STOP_MS = 3_000

/** @throws NoDatabaseError */
export async function resolveDatabaseServer (
  options: ResolveOptions,
  attempts: readonly Attempt[] = ATTEMPTS,
): Promise<DatabaseServer> {
  const { uri, dataDir, report, env = process.env } = options
  if (uri !== null) return notOurs(uri, 'configured', 'the MongoDB that MONGODB_URI names')
  const start: StartOptions = { dataDir, cacheDir: options.cacheDir ?? cacheDirOf(env), env, report }
  if (dataDir === null) return await startFirst(start, attempts)
  // One start at a time: whoever comes second finds the first one's server.
  return await withStartLock(dataDir, WAIT_FOR_START_MS, () => {
    report('Waiting for another process to start or stop the database …')
  }, async () => {
    const running = await findRecorded(dataDir)
    if (running !== null) {
      return notOurs(running.uri, 'running', `the embedded database that process ${running.pid} runs already`)
    }
    return await recorded(dataDir, await startFirst(start, attempts))
  })
}

function notOurs (uri: string, source: DatabaseSource, description: string): DatabaseServer {
  return { uri, source, description, pid: null, stop: async () => undefined }
}

/** Starts a server in the first way that works. */
async function startFirst (options: StartOptions, attempts: readonly Attempt[]): Promise<DatabaseServer> {
  const tried: Array<{ what: string, said: string }> = []
  const data = options.dataDir === null ? null : { kind: await kindOfData(options.dataDir), dataDir: options.dataDir }
  for (const { what, source, kind, start } of attempts) {
    // Another kind of server cannot read what is there, and would begin with nothing.
    if (data !== null && data.kind !== null && data.kind !== kind) {
      tried.push({
        what,
        said: `cannot read the data in ${folderOf(data.dataDir, data.kind)}; delete that folder to begin anew`,
      })
      continue
    }
    try {
      const server = await start(options)
      return { ...server, source, stop: once(server.stop) }
    } catch (error) {
      tried.push({ what, said: firstLineOf(error) })
    }
  }
  throw new NoDatabaseError(tried)
}

/** Lets other processes find the server for as long as it runs. */
async function recorded (dataDir: string, server: DatabaseServer): Promise<DatabaseServer> {
  await writeRecord(dataDir, {
    uri: server.uri,
    pid: process.pid,
    databasePid: server.pid,
    runId: await askRunId(server.uri),
  })
  async function stop (): Promise<void> {
    await server.stop()
    await removeRecord(dataDir)
  }
  // A start in the meantime waits until the files are free; a lock that is not to be had is no reason to go on running.
  return {
    ...server,
    stop: once(async () => {
      await withStartLock(dataDir, WAIT_FOR_STOP_MS, () => undefined, stop).catch(stop)
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

/** NORMFLIX_CACHE_DIR, else the user's cache folder. */
export function cacheDirOf (env: StartOptions['env']): string {
  return env['NORMFLIX_CACHE_DIR'] || path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'normflix')
}
