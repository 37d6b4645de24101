// The server of a data folder: it is shared, survives its users, and stops after the last one.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import { findRunningServer, readRunId } from '../../src/database/running-server.js'

const SERVER_OWNER = fileURLToPath(new URL('./server-owner.js', import.meta.url))
const report = (): void => undefined

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

async function killProcess (owner: ServerProcess): Promise<void> {
  owner.process.kill('SIGKILL')
  await once(owner.process, 'exit')
}

/** Repeats a check for up to 20 s. */
async function waitUntil (check: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; !await check(); attempt++) {
    if (attempt === 100) throw new Error('The condition is still not met after 20 s')
    await sleep(200)
  }
}

/** A process that has ended and whose parent has not collected its status is not running. */
async function isRunning (pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (status !== null) return !/^\d+ \(.*\) Z/.test(status)
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

t.test('a configured connection string is used unchanged, and the server is not stopped', async (t) => {
  const uri = 'mongodb://db.example.com/movies?replicaSet=rs0'
  const server = await resolveDatabaseServer({ uri, dataDir: t.testdirName, report })
  await server.stop()
  t.match(server, { uri, source: 'configured', pid: null })
})

t.test('a record is ignored when another server responds on its port', async (t) => {
  const dataDir = t.testdir({})
  const other = await resolveDatabaseServer({ uri: null, dataDir: null, report })
  t.teardown(other.stop)
  await writeFile(
    path.join(dataDir, 'database.json'),
    JSON.stringify({ uri: other.uri, pid: process.pid, databasePid: null, runId: 'earlier', port: 1, token: '' }),
  )
  t.equal(await findRunningServer(dataDir), null)
})

t.test('a record that a crash truncated is ignored', async (t) => {
  t.equal(await findRunningServer(t.testdir({ 'database.json': '{"uri":"mongo' })), null)
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

t.test('two concurrent starts share one server, which runs until its last user ends', async (t) => {
  const dataDir = t.testdir({})
  const [one, two] = await Promise.all([startProcess(t, dataDir), startProcess(t, dataDir)])
  t.equal(one.uri, two.uri)
  t.strictSame([one.source, two.source].filter((source) => source === 'running'), ['running'])
  await insert(one.uri, 'Heat')
  const guest = await resolveDatabaseServer({ uri: null, dataDir, report })
  await guest.stop()
  t.strictSame(await findTitles(two.uri), ['Heat'], 'a guest that leaves does not stop it')
  const [starter, user] = one.source === 'running' ? [two, one] : [one, two]
  await stopProcess(starter)
  t.strictSame(await findTitles(user.uri), ['Heat'], 'neither does the process that started it')
  // A start while the last user stops joins the server or waits; it has the data in both cases.
  const [, next] = await Promise.all([stopProcess(user), resolveDatabaseServer({ uri: null, dataDir, report })])
  t.strictSame(await findTitles(next.uri), ['Heat'])
  await next.stop()
  t.equal(await readRunId(next.uri), null, 'nothing runs after the last user')
  t.notOk(existsSync(path.join(dataDir, 'database.json')))
})

t.test('a server survives kill -9 of the process that started it, and stops when all users are killed', async (t) => {
  const dataDir = t.testdir({})
  const starter = await startProcess(t, dataDir)
  const user = await startProcess(t, dataDir)
  await insert(starter.uri, 'Alien')
  await killProcess(starter)
  await sleep(500)
  t.strictSame(await findTitles(user.uri), ['Alien'], 'the other process can use it')
  await killProcess(user)
  await waitUntil(async () => !await isRunning(starter.pid ?? 0))
  t.equal(await readRunId(user.uri), null, 'its process ended')
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.strictSame(await findTitles(server.uri), ['Alien'], 'acknowledged writes survive')
})

t.test('a server whose holder was killed is replaced', async (t) => {
  const dataDir = t.testdir({})
  const user = await startProcess(t, dataDir)
  await insert(user.uri, 'Brazil')
  process.kill((await findRunningServer(dataDir))?.pid ?? 0, 'SIGKILL')
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  t.teardown(server.stop)
  t.not(server.source, 'running')
  t.notOk(await isRunning(user.pid ?? 0), 'the server without a holder was terminated')
  t.strictSame(await findTitles(server.uri), ['Brazil'])
})

t.test('a start that is killed leaves no server behind', async (t) => {
  const dataDir = t.testdir({})
  const child = fork(SERVER_OWNER, [dataDir], { detached: true })
  await sleep(400)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const server = await resolveDatabaseServer({ uri: null, dataDir, report })
  await server.stop()
  t.equal(await readRunId(server.uri), null)
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
