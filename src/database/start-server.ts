// Starts an embedded server with mongodb-memory-server: an installed mongod, a downloaded one, or the fallback server.
// For development and tests: the package is loaded when a server starts, and is not installed in production.
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { installFallbackServer, MONGOD_WRAPPER } from './fallback-server.js'

/** Servers cannot read each other's files: each kind has its own folder. */
export type ServerKind = 'mongod' | 'fallback'

/** Folder names below `db` in the data folder. A changed name would lose the data of developers. */
const FOLDER_NAMES: Readonly<Record<ServerKind, string>> = { mongod: 'mongod', fallback: 'stand-in' }

export interface StartedServer {
  readonly uri: string
  readonly description: string
  /** Process of the server; null if unknown. */
  readonly pid: number | null
  stop(): Promise<void>
}

export interface StartOptions {
  /** Absolute path of the folder that keeps the database; null for a temporary database. */
  readonly dataDir: string | null
  readonly cacheDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (line: string) => void
}

const DATABASE = 'normflix'
const LAUNCH_TIMEOUT_MS = 60_000
/** Looking up a cached binary takes less; whatever takes longer is a download. */
const DOWNLOAD_REPORT_DELAY_MS = 1_500
/** Own process group: Ctrl-C in the terminal must not reach the database before the service has written everything. */
const SPAWN_OPTIONS = { detached: process.platform !== 'win32' }

/** @throws Error when no mongod is installed, or it does not start */
export async function startSystemMongod (options: StartOptions): Promise<StartedServer> {
  // Every version that the driver supports is accepted.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] ??= 'false'
  const systemBinary = findMongod(options.env)
  return {
    ...await startReplicaSet(options.dataDir, systemBinary),
    description: `MongoDB, started from ${systemBinary}`,
  }
}

/** @throws Error when no binary is cached or downloadable, or it does not start */
export async function startDownloadedMongod (options: StartOptions): Promise<StartedServer> {
  // One attempt: a rejected download fails in 50 ms instead of 7 s.
  process.env['MONGOMS_MAX_RETRIES'] ??= '1'
  const { MongoBinary } = await import('mongodb-memory-server')
  const timer = setTimeout(() => {
    options.report('Downloading MongoDB (about 100 MB, once) …')
  }, DOWNLOAD_REPORT_DELAY_MS)
  const systemBinary = await MongoBinary.getPath().finally(() => {
    clearTimeout(timer)
  })
  return { ...await startReplicaSet(options.dataDir, systemBinary), description: 'MongoDB, downloaded' }
}

/** @throws Error when the server cannot be installed, or does not start */
export async function startFallbackServer ({ dataDir, cacheDir, env, report }: StartOptions): Promise<StartedServer> {
  const { MongoMemoryServer } = await import('mongodb-memory-server')
  const program = await installFallbackServer(cacheDir, env, report)
  return await withDataFolder(dataDir, 'fallback', async (dbPath) => {
    const server = await MongoMemoryServer.create({
      binary: { systemBinary: MONGOD_WRAPPER, checkMD5: false },
      instance: {
        storageEngine: 'wiredTiger',
        launchTimeout: LAUNCH_TIMEOUT_MS,
        ...(dbPath === null ? {} : { dbPath }),
      },
      spawn: { ...SPAWN_OPTIONS, env: { ...process.env, NORMFLIX_FALLBACK_PROGRAM: program } },
    })
    return {
      // The server reports a replica set with another name: the driver must not discover its members.
      uri: `${server.getUri(DATABASE).replace(/\?.*$/, '')}?directConnection=true`,
      description: 'the fallback server (SecantusDB); install mongod to use MongoDB itself',
      pid: server.instanceInfo?.instance.mongodProcess?.pid ?? null,
      stop: async () => {
        await server.stop({ doCleanup: dbPath === null })
      },
    }
  })
}

/** Returns the kind of server whose data a folder contains; null for an empty folder. */
export async function findDataKind (dataDir: string): Promise<ServerKind | null> {
  for (const kind of ['mongod', 'fallback'] as const) {
    if ((await readdir(databaseFolder(dataDir, kind)).catch(() => [])).length > 0) return kind
  }
  return null
}

export function databaseFolder (dataDir: string, kind: ServerKind): string {
  return path.join(dataDir, 'db', FOLDER_NAMES[kind])
}

/** A replica set of one member: transactions and change streams need a replica set. */
async function startReplicaSet (
  dataDir: string | null,
  systemBinary: string,
): Promise<Omit<StartedServer, 'description'>> {
  const { MongoMemoryReplSet } = await import('mongodb-memory-server')
  return await withDataFolder(dataDir, 'mongod', async (dbPath) => {
    const persistent = dbPath === null ? {} : { dbPath, port: await loadPort(dbPath) }
    const replicaSet = await MongoMemoryReplSet.create({
      binary: { systemBinary, checkMD5: false },
      replSet: { count: 1, name: DATABASE, storageEngine: 'wiredTiger', spawn: SPAWN_OPTIONS },
      instanceOpts: [{ storageEngine: 'wiredTiger', launchTimeout: LAUNCH_TIMEOUT_MS, ...persistent }],
    })
    return {
      uri: replicaSet.getUri(DATABASE),
      pid: replicaSet.servers[0]?.instanceInfo?.instance.mongodProcess?.pid ?? null,
      stop: async () => {
        await replicaSet.stop({ doCleanup: dbPath === null })
      },
    }
  })
}

/** Starts a server on its folder; after a failed start a new folder is removed, so that it does not count as data. */
async function withDataFolder<T> (
  dataDir: string | null,
  kind: ServerKind,
  start: (dbPath: string | null) => Promise<T>,
): Promise<T> {
  if (dataDir === null) return await start(null)
  const dbPath = databaseFolder(dataDir, kind)
  const isNew = await mkdir(dbPath, { recursive: true }) !== undefined
  try {
    return await start(dbPath)
  } catch (error) {
    if (isNew) await rm(dbPath, { recursive: true, force: true })
    throw error
  }
}

/** @throws Error when no mongod is found */
function findMongod (env: StartOptions['env']): string {
  const configured = env['MONGOD_BINARY']
  if (configured !== undefined && configured !== '') {
    if (!existsSync(configured)) throw new Error('does not exist')
    return configured
  }
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod'
  const installed = (env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))
  if (installed === undefined) throw new Error('not found on the PATH, and MONGOD_BINARY is not set')
  return installed
}

/**
 * Returns the port of a data folder: a replica set stores its members as host and port, so the port never changes.
 * @throws Error when another program uses the port
 */
async function loadPort (dbPath: string): Promise<number> {
  const file = path.join(dbPath, 'normflix-port')
  const storedPort = Number(await readFile(file, 'utf8').catch(() => '0'))
  const port = await reservePort(storedPort)
  if (storedPort === 0) await writeFile(file, String(port))
  return port
}

/** Checks that a port is free by listening on it briefly; port 0 selects a free one. */
async function reservePort (port: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(port, '127.0.0.1', () => {
      const socketAddress = probe.address()
      probe.close(() => {
        resolve(typeof socketAddress === 'object' && socketAddress !== null ? socketAddress.port : port)
      })
    })
  })
}
