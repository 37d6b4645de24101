// kill -9 of the database while eight players report: what was acknowledged is there afterwards, once. The same with writes
// that are not acknowledged by the journal loses some, which shows that the test can tell.
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
import { createIndexes } from '../../src/database/indexes.js'
import { defaultCacheDir, resolveDatabaseServer, type DatabaseServer } from '../../src/database/resolve-server.js'
import { installFallbackServer } from '../../src/database/fallback-server.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { openApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, type TestUser } from '../support/users.js'

const PLAYERS = 8
const KILLS = 3

function newFolder (t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-killed-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

t.test('an acknowledged write survives kill -9 of the database', { timeout: 250_000 }, async (t) => {
  const dataDir = newFolder(t)
  const config = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', RATE_LIMITS: 'off', DATA_DIR: dataDir })
  const open = async (): Promise<{ server: DatabaseServer, app: Awaited<ReturnType<typeof openApp>> }> => {
    const server = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
    return { server, app: await openApp(config, server.uri) }
  }
  const first = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
  await connectDatabase(first.uri)
  await createIndexes()
  const movie = (await Movie.create({ title: 'Sátántangó', runtimeMs: 7 * 3_600_000 }))._id.toString()
  await disconnectDatabase()
  await first.stop()

  let { server, app } = await open()
  const players = await Promise.all(
    Array.from(
      { length: PLAYERS },
      async () => ({ person: await signUp(app), acknowledged: new Map<string, number>(), sent: 0 }),
    ),
  )
  for (let kill = 1; kill <= KILLS; kill++) {
    let isOver = false
    const reporting = players.map(async (player) => {
      while (!isOver) {
        const playId = randomUUID()
        const positionMs = 1_000 * ++player.sent + 7
        const { status } = await call(app, 'PUT', `/v1/profiles/${player.person.profileId}/progress/${movie}`, {
          token: player.person.token,
          body: { positionMs, watchedMs: 1_000, playId, at: new Date().toISOString() },
        })
        if (status === 200) player.acknowledged.set(playId, positionMs)
        else isOver = true
      }
    })
    await wait(700 + Math.random() * 1_000)
    process.kill(server.pid ?? 0, 'SIGKILL')
    await Promise.all(reporting)
    await app.close()
    ;({ server, app } = await open())
    let [lost, twice, count] = [0, 0, 0]
    for (const { person, acknowledged } of players) {
      const found = await readPositions(app, person)
      for (const positionMs of acknowledged.values()) {
        const times = found.filter((one) => one === positionMs).length
        if (times === 0) lost++
        if (times > 1) twice++
        count++
      }
      const last = Math.max(...found)
      t.equal(
        (await call(app, 'GET', `/v1/profiles/${person.profileId}/progress/${movie}`, { token: person.token })).body
          .positionMs,
        last,
        'it goes on at the newest',
      )
    }
    t.same(
      { lost, twice },
      { lost: 0, twice: 0 },
      `kill ${kill}: of ${count} acknowledged ${lost} lost, ${twice} counted twice`,
    )
    t.ok(count > PLAYERS)
  }
  await app.close()
  await server.stop()
})

/** Where all plays of a profile stopped. */
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

t.test('writes that no journal acknowledges do not', { timeout: 120_000 }, async (t) => {
  const found = await resolveDatabaseServer({ uri: null, dataDir: null, report: () => undefined })
  const isStandIn = found.source === 'fallback'
  await found.stop()
  let lost = 0
  let count = 0
  for (let round = 0; round < 5 && lost === 0; round++) {
    const folder = newFolder(t)
    const start = async (): Promise<{ uri: string, kill: () => void }> =>
      isStandIn ? await startForgetful(folder) : await startKept(folder)
    const { uri, kill } = await start()
    const client = await new mongoose.mongo.MongoClient(uri).connect()
    const acknowledged: string[] = []
    let isOver = false
    const writing = Array.from({ length: PLAYERS }, async () => {
      while (!isOver) {
        const _id = randomUUID()
        const isWritten = await client.db('forgetful').collection<{ _id: string }>('plays').insertOne({ _id }, {
          writeConcern: { w: 1, journal: false },
        }).then(() => true, () => false)
        if (isWritten) acknowledged.push(_id)
        else isOver = true
      }
    })
    await wait(700 + Math.random() * 1_000)
    kill()
    isOver = true
    await Promise.all(writing)
    await client.close()
    const again = await start()
    const reader = await new mongoose.mongo.MongoClient(again.uri).connect()
    const kept = new Set(
      (await reader.db('forgetful').collection<{ _id: string }>('plays').find().toArray()).map(({ _id }) => _id),
    )
    lost += acknowledged.filter((id) => !kept.has(id)).length
    count += acknowledged.length
    await reader.close()
    again.kill()
  }
  t.ok(lost > 0, `of ${count} acknowledged ${lost} lost`)
})

async function startKept (dataDir: string): Promise<{ uri: string, kill: () => void }> {
  const { uri, pid } = await resolveDatabaseServer({ uri: null, dataDir, report: () => undefined })
  return {
    uri,
    kill: () => {
      process.kill(pid ?? 0, 'SIGKILL')
    },
  }
}

/** The stand-in without its journal's flush at each commit: then it acknowledges what is in memory. */
async function startForgetful (folder: string): Promise<{ uri: string, kill: () => void }> {
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
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const found = /listening on \S*?:(\d+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', () => {
      reject(new Error(said))
    })
  })
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
