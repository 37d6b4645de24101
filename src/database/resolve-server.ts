// Which MongoDB: the one that is configured, one that runs for this data folder already, a mongod of this machine, a
// downloaded one, or the stand-in; tried in this order, and said in one line.
import { MongoBinary, MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import lockfile from 'proper-lockfile'
import { installStandIn } from './stand-in.js'
import { canConnect } from './can-connect.js'

export type DatabaseSource = 'configured' | 'running' | 'system' | 'download' | 'stand-in'

export interface DatabaseServer {
  /** Connection string, the database's name included. */
  readonly uri: string
  readonly source: DatabaseSource
  /** One line for people. */
  readonly description: string
  /** Stops the server if this process started it. */
  stop (): Promise<void>
}

export interface ResolveOptions {
  /** The configured connection string, used as it is. */
  readonly uri: string | null
  /** Absolute folder whose database survives; null for one that is thrown away. */
  readonly dataDir: string | null
  readonly report: (line: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Nothing worked: tells what was tried, what each said, and what to do. */
export class NoDatabaseError extends Error {
  constructor (readonly tried: ReadonlyArray<{ what: string, said: string }>) {
    super([
      'No MongoDB could be found or started. Tried:',
      ...tried.map(({ what, said }) => `  - ${what}: ${said}`),
      'The two easiest ways out:',
      '  1. docker compose up -d mongo, then set MONGODB_URI=mongodb://127.0.0.1:27017/normflix?directConnection=true',
      '  2. install MongoDB and set MONGOD_BINARY to its mongod',
    ].join('\n'))
    this.name = 'NoDatabaseError'
  }
}

const DATABASE = 'normflix'
const FRONT_PROGRAM = fileURLToPath(new URL('../../../bin/mongod-stand-in.mjs', import.meta.url))
/** How long a second start waits for the first to have its database up. */
const LOCK_RETRIES = { retries: 60, minTimeout: 250, maxTimeout: 1_000 }

/** @throws NoDatabaseError */
export async function resolveDatabaseServer (options: ResolveOptions): Promise<DatabaseServer> {
  const { uri, dataDir } = options
  if (uri !== null) return { uri, source: 'configured', description: 'the MongoDB that MONGODB_URI names', stop: async () => undefined }
  if (dataDir === null) return await startServer(options, null)
  await mkdir(dataDir, { recursive: true })
  // One start at a time: whoever comes second finds the first one's server.
  const release = await lockfile.lock(dataDir, { retries: LOCK_RETRIES, lockfilePath: path.join(dataDir, 'database.lock') })
  try {
    return await findRunning(dataDir) ?? await startRecorded(options, dataDir)
  } finally {
    await release()
  }
}

function recordOf (dataDir: string): string {
  return path.join(dataDir, 'database.json')
}

/** The embedded server that another process runs for this folder; null when there is none. */
export async function findRunning (dataDir: string): Promise<DatabaseServer | null> {
  if (!existsSync(recordOf(dataDir))) return null
  const { uri } = JSON.parse(await readFile(recordOf(dataDir), 'utf8')) as { uri: string }
  if (!await canConnect(uri)) return null
  return { uri, source: 'running', description: 'the embedded database that is running already', stop: async () => undefined }
}

async function startRecorded (options: ResolveOptions, dataDir: string): Promise<DatabaseServer> {
  const server = await startServer(options, dataDir)
  await writeFile(recordOf(dataDir), JSON.stringify({ uri: server.uri, pid: process.pid }))
  return {
    ...server,
    async stop () {
      await rm(recordOf(dataDir), { force: true })
      await server.stop()
    },
  }
}

async function startServer (options: ResolveOptions, dataDir: string | null): Promise<DatabaseServer> {
  const env = options.env ?? process.env
  const tried: Array<{ what: string, said: string }> = []
  const system: Attempt = ['a mongod of this machine (MONGOD_BINARY, or on the PATH)', async () => await startMongod(findMongod(env), dataDir)]
  const download: Attempt = ['downloading a mongod', async () => await startDownloaded(dataDir, options.report)]
  const standIn: Attempt = ['the stand-in from PyPI', async () => await startStandIn(dataDir, cacheDirOf(env), options.report)]
  // A folder that the stand-in filled stays with it: a mongod could not read it, and would begin with nothing.
  const attempts = holdsStandInData(dataDir) ? [standIn, system, download] : [system, download, standIn]
  for (const [what, start] of attempts) {
    try {
      return await start()
    } catch (error) {
      tried.push({ what, said: error instanceof Error ? firstLine(error.message) : String(error) })
    }
  }
  throw new NoDatabaseError(tried)
}

type Attempt = readonly [what: string, start: () => Promise<DatabaseServer>]

function holdsStandInData (dataDir: string | null): boolean {
  return dataDir !== null && existsSync(path.join(dataDir, 'db', 'stand-in')) && !existsSync(path.join(dataDir, 'db', 'mongod'))
}

function firstLine (text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

/** Shared by all checkouts of a user, so that a second clone is fast. */
function cacheDirOf (env: Readonly<Record<string, string | undefined>>): string {
  return env['NORMFLIX_CACHE_DIR'] ?? path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'normflix')
}

/** @throws Error when there is none */
function findMongod (env: Readonly<Record<string, string | undefined>>): string {
  const given = env['MONGOD_BINARY']
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error('MONGOD_BINARY names no file')
    return given
  }
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod'
  const found = (env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)).find((file) => existsSync(file))
  if (found === undefined) throw new Error('there is none')
  return found
}

async function startMongod (systemBinary: string, dataDir: string | null): Promise<DatabaseServer> {
  const server = await startReplicaSet(dataDir, { systemBinary, checkMD5: false })
  return { ...server, source: 'system', description: `mongod ${systemBinary}` }
}

async function startDownloaded (dataDir: string | null, report: ResolveOptions['report']): Promise<DatabaseServer> {
  // One try: a refused download fails in 50 ms instead of 7 s.
  process.env['MONGOMS_MAX_RETRIES'] ??= '1'
  report('looking for a mongod that was downloaded before, else downloading one')
  const systemBinary = await MongoBinary.getPath()
  const server = await startReplicaSet(dataDir, { systemBinary, checkMD5: false })
  return { ...server, source: 'download', description: 'a downloaded mongod' }
}

/** A replica set of one: transactions and change streams need it. */
async function startReplicaSet (dataDir: string | null, binary: object): Promise<Pick<DatabaseServer, 'uri' | 'stop'>> {
  const persistent = dataDir === null ? {} : { dbPath: await folderFor(dataDir, 'mongod'), port: await keptPort(dataDir) }
  const replicaSet = await MongoMemoryReplSet.create({
    binary,
    replSet: { count: 1, name: 'normflix', storageEngine: 'wiredTiger' },
    instanceOpts: [{ storageEngine: 'wiredTiger', ...persistent }],
  })
  return {
    uri: replicaSet.getUri(DATABASE),
    stop: async () => { await replicaSet.stop({ doCleanup: dataDir === null }) },
  }
}

async function startStandIn (dataDir: string | null, cacheDir: string, report: ResolveOptions['report']): Promise<DatabaseServer> {
  process.env['NORMFLIX_STAND_IN'] = await installStandIn(cacheDir, report)
  const server = await MongoMemoryServer.create({
    binary: { systemBinary: FRONT_PROGRAM, checkMD5: false },
    instance: { storageEngine: 'wiredTiger', ...(dataDir === null ? {} : { dbPath: await folderFor(dataDir, 'stand-in') }) },
  })
  return {
    uri: `${server.getUri(DATABASE).split('?')[0] ?? ''}?directConnection=true`,
    source: 'stand-in',
    description: 'the stand-in for MongoDB (SecantusDB); install MongoDB or Docker for the real one',
    stop: async () => { await server.stop({ doCleanup: dataDir === null }) },
  }
}

/** Each kind of server has a folder of its own: none reads another's files. */
async function folderFor (dataDir: string, kind: string): Promise<string> {
  const folder = path.join(dataDir, 'db', kind)
  await mkdir(folder, { recursive: true })
  return folder
}

/** A replica set knows its member by address, so the port of a data folder stays the same. */
async function keptPort (dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'db', 'port')
  if (existsSync(file)) return Number(await readFile(file, 'utf8'))
  const port = await freePort()
  await writeFile(file, String(port))
  return port
}

async function freePort (): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : 0) })
    })
  })
}
