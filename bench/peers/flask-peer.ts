// Starts the peer in Python with a PostgreSQL server of its own, where both are installed.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Cleanup } from '../cleanup.js'
import { listProcessTree } from '../process-usage.js'
import { listProgress } from './peer-database.js'
import type { PeerTitle } from './peer-data.js'
import type { Target } from './targets.js'
import type { TestData } from './test-data.js'
import { PEER_SECRET } from './tokens.js'

const run = promisify(execFile)

const SCRIPTS = fileURLToPath(new URL('../../../bench/peers/', import.meta.url))
/** One process, as the other targets; its threads wait for the database. */
const THREADS = 32
const START_TIMEOUT_MS = 30_000
const POLL_INTERVAL_MS = 200
const MODULES = ['flask', 'gunicorn', 'psycopg', 'psycopg_pool', 'bcrypt'] as const

/** What is missing for this peer; null when it can start. */
export async function findMissingPrograms (python: string): Promise<string | null> {
  for (const program of ['initdb', 'postgres']) {
    if (!await run(program, ['--version']).then(() => true, () => false)) return `PostgreSQL (${program})`
  }
  const imports = MODULES.map((name) => `import ${name}`).join('; ')
  return await run(python, ['-c', imports]).then(() => null, () => `${python} with ${MODULES.join(', ')}`)
}

async function findFreePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** PostgreSQL does not run as root: it runs as the user that its packages create. */
async function findPostgresUser (): Promise<{ uid?: number, gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const ids = await Promise.all(['-u', '-g'].map(async (option) => await run('id', [option, 'postgres'])))
  const [uid, gid] = ids.map(({ stdout }) => Number(stdout))
  return { uid: uid as number, gid: gid as number }
}

async function waitUntil (description: string, isReady: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + START_TIMEOUT_MS
  while (!await isReady()) {
    if (performance.now() > endsAt) throw new Error(`${description} did not start.`)
    await sleep(POLL_INTERVAL_MS)
  }
}

/** Ends a process and waits for its end. */
function addProcess (cleanup: Cleanup, start: () => ChildProcess, signal: NodeJS.Signals): number {
  const child = start()
  cleanup.add(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await new Promise((resolve) => child.once('exit', resolve))
  })
  return child.pid ?? 0
}

async function startPostgres (cleanup: Cleanup): Promise<{ uri: string, pid: number }> {
  const user = await findPostgresUser()
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-bench-postgres-'))
  cleanup.add(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const data = path.join(folder, 'data')
  mkdirSync(data)
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const one of [folder, data]) chownSync(one, user.uid, user.gid)
  }
  await run('initdb', ['-D', data, '-A', 'trust', '-U', 'bench', '-E', 'UTF8'], { ...user, cwd: folder })
  const port = await findFreePort()
  const options = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1']
  // SIGINT ends PostgreSQL without waiting for its clients.
  const pid = addProcess(
    cleanup,
    () => spawn('postgres', options, { ...user, cwd: folder, stdio: 'ignore', detached: true }),
    'SIGINT',
  )
  const isReady = async () =>
    await run('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', '-c', 'select 1', 'postgres'])
      .then(() => true, () => false)
  await waitUntil('PostgreSQL', isReady)
  return { uri: `postgresql://bench@127.0.0.1:${port}/postgres`, pid }
}

function* listRows (data: TestData, passwordHash: string): Generator<string> {
  const toLine = (table: string, values: readonly unknown[]): string => `${JSON.stringify([table, values])}\n`
  const toColumns = (title: PeerTitle): unknown[] => {
    const { _id, kind, title: name, releaseDate, genres, maturityRating, popularity } = title
    return [_id, kind, name, releaseDate, genres, maturityRating, popularity, JSON.stringify(title)]
  }
  for (const title of data.peerTitles) yield toLine('titles', toColumns(title))
  for (const { _id, kind, genres, popularity } of data.peerTitles) {
    for (const genre of genres) yield toLine('title_genres', [genre, kind, popularity, _id])
  }
  for (const { id, email, profiles } of data.households) {
    const names = profiles.map((profile, i) => ({ id: profile.id, name: `Profile ${i + 1}` }))
    yield toLine('accounts', [id, email, passwordHash, JSON.stringify(names)])
  }
  for (const { account, profile, title, item, positionMs, durationMs, finished, at } of listProgress(data)) {
    yield toLine('progress', [account, profile, title, item, positionMs, durationMs, finished, at.toISOString()])
  }
}

/** Starts PostgreSQL, loads the data, and starts gunicorn with one process. */
export async function startFlaskPeer (
  cleanup: Cleanup,
  python: string,
  data: TestData,
  passwordHash: string,
  dataDir: string,
): Promise<Target> {
  const postgres = await startPostgres(cleanup)
  const env = { ...process.env, PEER_DATABASE_URI: postgres.uri, PEER_SECRET }
  const file = path.join(dataDir, 'peer-rows.ndjson')
  await pipeline(Readable.from(listRows(data, passwordHash)), createWriteStream(file))
  await run(python, [path.join(SCRIPTS, 'flask_server.py'), file], { env })
  const port = await findFreePort()
  const options = ['-m', 'gunicorn', '-w', '1', '--threads', String(THREADS), '-b', `127.0.0.1:${port}`]
  const pid = addProcess(cleanup, () =>
    spawn(python, [...options, '--keep-alive', '60', 'flask_server:app'], {
      env,
      cwd: SCRIPTS,
      stdio: 'ignore',
      detached: true,
    }), 'SIGTERM')
  const origin = `http://127.0.0.1:${port}`
  await waitUntil('gunicorn', async () => await fetch(`${origin}/health`).then(({ ok }) => ok, () => false))
  return {
    name: 'flask',
    origin,
    get pids () {
      return listProcessTree(pid)
    },
    get databasePids () {
      return listProcessTree(postgres.pid)
    },
  }
}
