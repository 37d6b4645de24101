// kill -9 of the database while eight clients report progress. A control with writes that are not flushed to the
// journal loses some: it proves that the test detects lost writes.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { Movie } from '../../models/movie.js'
import { loadConfig } from '../../src/config.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { installFallbackServer } from '../../src/database/fallback-server.js'
import { createIndexes } from '../../src/database/indexes.js'
import { defaultCacheDir, resolveDatabaseServer, type DatabaseServer } from '../../src/database/resolve-server.js'
import { openApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, type TestUser } from '../support/users.js'

const CLIENTS = 8
const KILLS = 3

function createFolder (t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-killed-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

t.test('an acknowledged write survives kill -9 of the database', { timeout: 250_000 }, async (t) => {
  const dataDir = createFolder(t)
  const config = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', RATE_LIMITS: 'off', DATA_DIR: dataDir })
  const start = async (): Promise<{ server: DatabaseServer, app: Awaited<ReturnType<typeof openApp>> }> => {
    const server = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
    return { server, app: await openApp(config, server.uri) }
  }
  const first = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
  await connectDatabase(first.uri)
  await createIndexes()
  const movie = (await Movie.create({ title: 'Sátántangó', runtimeMs: 7 * 3_600_000 }))._id.toString()
  await disconnectDatabase()
  await first.stop()

  let { server, app } = await start()
  const clients = await Promise.all(
    Array.from(
      { length: CLIENTS },
      async () => ({ user: await signUp(app), acknowledged: new Map<string, number>(), sent: 0 }),
    ),
  )
  for (let kill = 1; kill <= KILLS; kill++) {
    let hasFailed = false
    const reports = clients.map(async (client) => {
      while (!hasFailed) {
        const playId = randomUUID()
        const positionMs = 1_000 * ++client.sent + 7
        const { status } = await call(app, 'PUT', `/v1/profiles/${client.user.profileId}/progress/${movie}`, {
          token: client.user.token,
          body: { positionMs, watchedMs: 1_000, playId, at: new Date().toISOString() },
        })
        if (status === 200) client.acknowledged.set(playId, positionMs)
        else hasFailed = true
      }
    })
    await wait(700 + Math.random() * 1_000)
    process.kill(server.pid ?? 0, 'SIGKILL')
    await Promise.all(reports)
    await app.close()
    ;({ server, app } = await start())
    let [lost, duplicated, count] = [0, 0, 0]
    for (const { user, acknowledged } of clients) {
      const stored = await readPositions(app, user)
      for (const positionMs of acknowledged.values()) {
        const times = stored.filter((one) => one === positionMs).length
        if (times === 0) lost++
        if (times > 1) duplicated++
        count++
      }
      const progressUrl = `/v1/profiles/${user.profileId}/progress/${movie}`
      const progress = await call(app, 'GET', progressUrl, { token: user.token })
      t.equal(progress.body.positionMs, Math.max(...stored), 'the resume position is the newest')
    }
    t.same(
      { lost, duplicated },
      { lost: 0, duplicated: 0 },
      `kill ${kill}: ${count} acknowledged, ${lost} lost, ${duplicated} counted twice`,
    )
    t.ok(count > CLIENTS)
  }
  await app.close()
  await server.stop()
})

/** Reads the last position of every play of a profile. */
async function readPositions (app: Parameters<typeof call>[0], { profileId, token }: TestUser): Promise<number[]> {
  const positions: number[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: TestResponse = await call(
      app,
      'GET',
      `/v1/profiles/${profileId}/history?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      { token },
    )
    positions.push(...body.items.map((item: { positionMs: number }) => item.positionMs))
    cursor = body.nextCursor
  }
  return positions
}

interface KillableServer {
  readonly uri: string
  kill(): void
}

t.test('control: writes without a journal flush are lost', { timeout: 120_000 }, async (t) => {
  const resolved = await resolveDatabaseServer({ uri: null, dataDir: null, report: () => undefined })
  const startKillable = resolved.source === 'fallback' ? startUnflushedFallback : startDatabase
  await resolved.stop()
  let lost = 0
  let count = 0
  for (let attempt = 0; attempt < 5 && lost === 0; attempt++) {
    const folder = createFolder(t)
    const server = await startKillable(folder)
    const client = await new mongoose.mongo.MongoClient(server.uri).connect()
    const acknowledged: string[] = []
    let isKilled = false
    const writes = Array.from({ length: CLIENTS }, async () => {
      while (!isKilled) {
        const _id = randomUUID()
        const isAcknowledged = await client.db('control').collection<{ _id: string }>('plays').insertOne({ _id }, {
          writeConcern: { w: 1, journal: false },
        }).then(() => true, () => false)
        if (isAcknowledged) acknowledged.push(_id)
        else isKilled = true
      }
    })
    await wait(700 + Math.random() * 1_000)
    server.kill()
    isKilled = true
    await Promise.all(writes)
    await client.close()
    const restarted = await startKillable(folder)
    const reader = await new mongoose.mongo.MongoClient(restarted.uri).connect()
    const documents = await reader.db('control').collection<{ _id: string }>('plays').find().toArray()
    const stored = new Set(documents.map(({ _id }) => _id))
    lost += acknowledged.filter((id) => !stored.has(id)).length
    count += acknowledged.length
    await reader.close()
    restarted.kill()
  }
  t.ok(lost > 0, `${count} acknowledged, ${lost} lost`)
})

async function startDatabase (dataDir: string): Promise<KillableServer> {
  const { uri, pid } = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
  return {
    uri,
    kill: () => {
      process.kill(pid ?? 0, 'SIGKILL')
    },
  }
}

/** Starts the fallback server without the option that flushes its journal at each commit. */
async function startUnflushedFallback (folder: string): Promise<KillableServer> {
  const program = await installFallbackServer(defaultCacheDir(process.env), process.env, () => undefined)
  const child: ChildProcess = spawn(program, [
    '--port',
    '0',
    '--storage-path',
    folder,
    '--cache-size',
    '256M',
    '--log-file-max',
    '16MB',
    '--log-level',
    'INFO',
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  const port = await new Promise<string>((resolve, reject) => {
    let output = ''
    const findPort = (chunk: Buffer): void => {
      output += chunk.toString()
      const port = /listening on \S*?:(\d+)/.exec(output)?.[1]
      if (port !== undefined) resolve(port)
    }
    child.stdout?.on('data', findPort)
    child.stderr?.on('data', findPort)
    child.once('exit', () => {
      reject(new Error(output))
    })
  })
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
