// Selects the database server: MONGODB_URI, a server that already runs for this data folder, an installed mongod, a
// downloaded one, or the fallback server, in this order. The selection is reported in one line.
import { homedir } from 'node:os'
import path from 'node:path'
import { joinHolder, startHolder } from './held-server.js'
import { endOrphanedServer, findRunningServer, withStartLock } from './running-server.js'
import { startFirst, type StartSource } from './start-methods.js'
import type { StartOptions } from './start-server.js'

export type DatabaseSource = 'configured' | 'running' | StartSource

export interface DatabaseServer {
  /** Connection string with the name of the database. */
  readonly uri: string
  readonly source: DatabaseSource
  /** One line for the console. */
  readonly description: string
  /** Process of the server if this process started it, else null. */
  readonly pid: number | null
  /** Leaves an embedded server, which stops after its last user. Later calls do nothing. */
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

/** A first start can download for minutes; a second one waits for it. */
const START_LOCK_TIMEOUT_MS = 10 * 60_000

/** @throws NoDatabaseError */
export async function resolveDatabaseServer (options: ResolveOptions): Promise<DatabaseServer> {
  const { uri, dataDir, report, env = process.env } = options
  if (uri !== null) {
    const stop = async (): Promise<void> => undefined
    return { uri, source: 'configured', description: 'the MongoDB of MONGODB_URI', pid: null, stop }
  }
  const cacheDir = options.cacheDir ?? defaultCacheDir(env)
  if (dataDir === null) return await startFirst({ dataDir, cacheDir, env, report })
  // One start at a time: the second process finds the server of the first.
  return await withStartLock(dataDir, START_LOCK_TIMEOUT_MS, () => {
    report('Waiting for another process that starts or stops the database …')
  }, async () => await joinRunningServer(dataDir) ?? await startHeldServer(dataDir, { cacheDir, env, report }))
}

async function joinRunningServer (dataDir: string): Promise<DatabaseServer | null> {
  const record = await findRunningServer(dataDir)
  const stop = record === null ? null : await joinHolder(record)
  if (record === null || stop === null) {
    await endOrphanedServer(dataDir)
    return null
  }
  return { uri: record.uri, source: 'running', description: 'the embedded server that runs already', pid: null, stop }
}

async function startHeldServer (
  dataDir: string,
  options: Pick<StartOptions, 'cacheDir' | 'env' | 'report'>,
): Promise<DatabaseServer> {
  const { record, source, description, release } = await startHolder(dataDir, options)
  const stop = await joinHolder(record)
  release()
  if (stop === null) throw new Error('The process that holds the embedded database ended.')
  return { uri: record.uri, source, description, pid: record.databasePid, stop }
}

/** Returns NORMFLIX_CACHE_DIR, else a folder in the cache folder of the user. */
export function defaultCacheDir (env: StartOptions['env']): string {
  return env['NORMFLIX_CACHE_DIR'] || path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'normflix')
}
