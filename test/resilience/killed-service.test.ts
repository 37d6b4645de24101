// kill -9 of a service process while eight players send heartbeats and uploads arrive: another process goes on where the
// last acknowledged heartbeat was, and nothing is left of an upload that was not complete.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { PASSWORD } from '../support/users.js'
import { send, signUpAdminAt, startServer } from '../support/server-process.js'

const PLAYERS = 8
const clip = clipBytes('480p-en')
/** What packaging makes of the first file meanwhile. */
const PACKAGE = /^(v\.mp4|a\d+\.mp4|index\.json)$/

t.test('kill -9 of one of two processes', { timeout: 200_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-killed-service-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const [a, b] = await Promise.all([startServer(t, uri, dataDir), startServer(t, uri, dataDir)])
  const admin = await signUpAdminAt(a, uri)
  const movie = (await send(a, 'POST', '/v1/admin/movies', admin, { title: 'Alien', runtimeMs: 7_200_000 })).body.id
  t.equal(
    (await send(a, 'POST', `/v1/admin/movies/${movie}/media`, admin, clip, { 'content-type': 'video/mp4' })).status,
    201,
  )
  const filesOf = (): string[] =>
    readdirSync(path.join(dataDir, 'media'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      .map(({ name }) => name)
  const before = filesOf()

  const players = await Promise.all(Array.from({ length: PLAYERS }, async (_, i) => {
    const { accessToken, account } =
      (await send(a, 'POST', '/v1/auth/signup', undefined, { email: `p${i}@example.com`, password: PASSWORD })).body
    const profile = `/v1/profiles/${account.profiles[0].id}`
    const { streamId } = (await send(a, 'POST', `${profile}/playback`, accessToken, { itemId: movie })).body
    return { accessToken, profile, stream: `${profile}/playback/${streamId}`, positionMs: 0, count: 0 }
  }))
  const heartbeats = players.map(async (player) => {
    for (let positionMs = 101;; positionMs += 101) {
      const answer = await send(a, 'PUT', player.stream, player.accessToken, {
        positionMs,
        at: new Date().toISOString(),
      }).catch(() => null)
      if (answer?.status !== 200) return
      player.positionMs = positionMs
      player.count++
    }
  })
  const half = request(`${a.origin}/v1/admin/movies/${movie}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'video/mp4', 'content-length': clip.length },
    agent: false,
  })
  half.on('error', () => {})
  half.write(clip.subarray(0, 150_000))
  await wait(700 + Math.random() * 800)
  process.kill(a.pid, 'SIGKILL')
  await Promise.all(heartbeats)

  t.test('no acknowledged heartbeat is lost, and the stream goes on', async (t) => {
    let behind = 0
    for (const { profile, accessToken, positionMs, stream } of players) {
      const { body } = await send(b, 'GET', `${profile}/progress/${movie}`, accessToken)
      // A heartbeat that was written without its answer may be ahead.
      if (body.positionMs !== positionMs && body.positionMs !== positionMs + 101) behind++
      t.equal(
        (await send(b, 'PUT', stream, accessToken, { positionMs: positionMs + 5_000, at: new Date().toISOString() }))
          .status,
        200,
      )
      t.equal(
        (await send(b, 'POST', `${stream}/stop`, accessToken, {
          positionMs: positionMs + 5_001,
          at: new Date().toISOString(),
        })).status,
        200,
      )
      t.equal(
        (await send(b, 'GET', `${profile}/continue`, accessToken)).body?.positionMs ?? positionMs + 5_001,
        positionMs + 5_001,
      )
    }
    const count = players.reduce((sum, { count }) => sum + count, 0)
    t.equal(behind, 0, `of ${count} acknowledged heartbeats of ${PLAYERS} players, ${behind} players lost their place`)
    t.ok(count > PLAYERS)
  })

  t.test('of the upload there is nothing to be seen, and nothing on disk after a sweep', async (t) => {
    const { body } = await send(b, 'GET', `/v1/movies/${movie}`, admin)
    t.equal(body.mediaFiles.length, 1)
    const storage = await openLocalStorage(path.join(dataDir, 'media'))
    await storage.removeStale(0)
    t.strictSame(filesOf().filter((name) => !before.includes(name)).filter((name) => !PACKAGE.test(name)), [])
  })
})

t.test('an upload that breaks off leaves nothing, wherever it breaks', { timeout: 200_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-broken-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const server = await startServer(t, uri, dataDir)
  const admin = await signUpAdminAt(server, uri)
  const movie = (await send(server, 'POST', '/v1/admin/movies', admin, { title: 'Alien' })).body.id
  const OFFSETS = 50
  for (let i = 0; i < OFFSETS; i++) {
    const offset = Math.floor(i * (clip.length - 1) / (OFFSETS - 1))
    const outgoing = request(`${server.origin}/v1/admin/movies/${movie}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'video/mp4', 'content-length': clip.length },
      agent: false,
    })
    await new Promise<void>((resolve) => {
      outgoing.on('error', () => {
        resolve()
      }).on('close', () => {
        resolve()
      }).on('response', (answer) => {
        answer.resume()
      })
      outgoing.write(clip.subarray(0, offset), () => {
        outgoing.destroy()
      })
      if (offset === 0) {
        outgoing.flushHeaders()
        outgoing.destroy()
      }
    })
  }
  t.equal(await server.stop(), 0)
  const left = readdirSync(path.join(dataDir, 'media'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile()
  )
  const again = await startServer(t, uri, dataDir)
  t.strictSame(
    (await send(again, 'GET', `/v1/movies/${movie}`, admin)).body.mediaFiles,
    [],
    `aborted at ${OFFSETS} offsets: nothing is visible`,
  )
  t.equal(left.length, 0, `${left.length} files are left`)
})
