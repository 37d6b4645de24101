// Starts a MongoDB of our own through mongodb-memory-server: a mongod of this machine, a downloaded one, or the stand-in.
import { MongoBinary, MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { FRONT_PROGRAM, installFallbackServer } from './fallback-server.js'

/** Each kind of server has a folder of its own in the data folder: none reads another's files. */
export type ServerKind = 'mongod' | 'stand-in'

export interface StartedServer {
  readonly uri: string
  readonly description: string
  /** The server's process, null if it is not known. */
  readonly pid: number | null
  stop(): Promise<void>
}

export interface StartOptions {
  /** Absolute folder whose database survives; null for one that is thrown away. */
  readonly dataDir: string | null
  readonly cacheDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (line: string) => void
}

const DATABASE = 'normflix'
const LAUNCH_TIMEOUT_MS = 60_000
/** A binary that is in the cache is found faster than this: whatever takes longer is a download. */
const DOWNLOAD_SHOWS_AFTER_MS = 1_500
/** A process group of its own: Ctrl-C in the terminal must not reach the database before the service has written all. */
const SPAWN = { detached: process.platform !== 'win32' }

/** @throws Error when there is none, or it does not start */
export async function startSystemMongod (options: StartOptions): Promise<StartedServer> {
  // Any version that the driver can talk to is welcome.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] ??= 'false'
  const systemBinary = findMongod(options.env)
  return {
    ...await startReplicaSet(options.dataDir, systemBinary),
    description: `MongoDB, started from ${systemBinary}`,
  }
}

/** @throws Error when nothing is cached and nothing can be downloaded, or it does not start */
export async function startDownloadedMongod (options: StartOptions): Promise<StartedServer> {
  // One try: a refused download fails in 50 ms instead of 7 s.
  process.env['MONGOMS_MAX_RETRIES'] ??= '1'
  const timer = setTimeout(() => {
    options.report('Downloading MongoDB (about 100 MB, once) …')
  }, DOWNLOAD_SHOWS_AFTER_MS)
  const systemBinary = await MongoBinary.getPath().finally(() => {
    clearTimeout(timer)
  })
  return { ...await startReplicaSet(options.dataDir, systemBinary), description: 'MongoDB, downloaded' }
}

/** @throws Error when it cannot be installed, or does not start */
export async function startFallbackServer ({ dataDir, cacheDir, env, report }: StartOptions): Promise<StartedServer> {
  const program = await installFallbackServer(cacheDir, env, report)
  return await withDataFolder(dataDir, 'stand-in', async (dbPath) => {
    const server = await MongoMemoryServer.create({
      binary: { systemBinary: FRONT_PROGRAM, checkMD5: false },
      instance: {
        storageEngine: 'wiredTiger',
        launchTimeout: LAUNCH_TIMEOUT_MS,
        ...(dbPath === null ? {} : { dbPath }),
      },
      spawn: { ...SPAWN, env: { ...process.env, NORMFLIX_STAND_IN: program } },
    })
    return {
      // It says that it is a replica set, with a name of its own: drivers are not to look for its members.
      uri: `${server.getUri(DATABASE).replace(/\?.*$/, '')}?directConnection=true`,
      description: 'the stand-in for MongoDB (SecantusDB); install MongoDB for the real one',
      pid: server.instanceInfo?.instance.mongodProcess?.pid ?? null,
      stop: async () => {
        await server.stop({ doCleanup: dbPath === null })
      },
    }
  })
}

/** Tells whose data a folder holds; null for none. */
export async function kindOfData (dataDir: string): Promise<ServerKind | null> {
  for (const kind of ['mongod', 'stand-in'] as const) {
    if ((await readdir(folderOf(dataDir, kind)).catch(() => [])).length > 0) return kind
  }
  return null
}

export function folderOf (dataDir: string, kind: ServerKind): string {
  return path.join(dataDir, 'db', kind)
}

/** A replica set of one: transactions and change streams need it. */
async function startReplicaSet (
  dataDir: string | null,
  systemBinary: string,
): Promise<Omit<StartedServer, 'description'>> {
  return await withDataFolder(dataDir, 'mongod', async (dbPath) => {
    const kept = dbPath === null ? {} : { dbPath, port: await keptPort(dbPath) }
    const replicaSet = await MongoMemoryReplSet.create({
      binary: { systemBinary, checkMD5: false },
      replSet: { count: 1, name: DATABASE, storageEngine: 'wiredTiger', spawn: SPAWN },
      instanceOpts: [{ storageEngine: 'wiredTiger', launchTimeout: LAUNCH_TIMEOUT_MS, ...kept }],
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

/** Starts with a kind's folder; what a failed start left in a new folder is no data, and must not be taken for it later. */
async function withDataFolder<T> (
  dataDir: string | null,
  kind: ServerKind,
  start: (dbPath: string | null) => Promise<T>,
): Promise<T> {
  if (dataDir === null) return await start(null)
  const dbPath = folderOf(dataDir, kind)
  const isNew = await mkdir(dbPath, { recursive: true }) !== undefined
  try {
    return await start(dbPath)
  } catch (error) {
    if (isNew) await rm(dbPath, { recursive: true, force: true })
    throw error
  }
}

/** @throws Error when there is none */
function findMongod (env: StartOptions['env']): string {
  const given = env['MONGOD_BINARY']
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error('MONGOD_BINARY names no file')
    return given
  }
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod'
  const found = (env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)).find((file) =>
    existsSync(file)
  )
  if (found === undefined) throw new Error('there is none on the PATH, and MONGOD_BINARY is not set')
  return found
}

/**
 * A replica set knows its member by address, so the port of a data folder stays the same.
 * @throws Error when another program has it now
 */
async function keptPort (dbPath: string): Promise<number> {
  const file = path.join(dbPath, 'normflix-port')
  const kept = Number(await readFile(file, 'utf8').catch(() => '0'))
  const port = await tryPort(kept)
  if (kept === 0) await writeFile(file, String(port))
  return port
}

/** Listens for a moment; port 0 takes any that is free. */
async function tryPort (wanted: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : wanted)
      })
    })
  })
}
