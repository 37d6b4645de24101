// kill -9 of a service process while eight clients send heartbeats and an upload arrives, and uploads that are aborted.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { createTestDatabase } from '../support/app.js'
import { clipBytes } from '../support/catalogue.js'
import { send, signUpAdminAt, startServer } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

const CLIENTS = 8
/** Positions of successive heartbeats differ by this. */
const STEP_MS = 101
const ABORTED_UPLOADS = 50
const clip = clipBytes('480p-en')
/** Files that packaging creates in the background for the first media file. */
const PACKAGE_FILES = /^(v\.mp4|a\d+\.mp4|index\.json)$/

function listFiles (dataDir: string): string[] {
  return readdirSync(path.join(dataDir, 'media'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map(({ name }) => name)
}

t.test('kill -9 of one of two service processes', { timeout: 200_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-killed-service-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const [a, b] = await Promise.all([startServer(t, uri, dataDir), startServer(t, uri, dataDir)])
  const admin = await signUpAdminAt(a, uri)
  const movie = (await send(a, 'POST', '/v1/admin/movies', admin, { title: 'Alien', runtimeMs: 7_200_000 })).body.id
  const mediaUrl = `/v1/admin/movies/${movie}/media`
  t.equal((await send(a, 'POST', mediaUrl, admin, clip, { 'content-type': 'video/mp4' })).status, 201)
  const filesBefore = listFiles(dataDir)

  const clients = await Promise.all(Array.from({ length: CLIENTS }, async (_, i) => {
    const credentials = { email: `client${i}@example.com`, password: PASSWORD }
    const { accessToken, account } = (await send(a, 'POST', '/v1/auth/signup', undefined, credentials)).body
    const profile = `/v1/profiles/${account.profiles[0].id}`
    const { streamId } = (await send(a, 'POST', `${profile}/playback`, accessToken, { itemId: movie })).body
    return { accessToken, profile, stream: `${profile}/playback/${streamId}`, positionMs: 0, acknowledged: 0 }
  }))
  const heartbeats = clients.map(async (client) => {
    for (let positionMs = STEP_MS;; positionMs += STEP_MS) {
      const response = await send(a, 'PUT', client.stream, client.accessToken, {
        positionMs,
        at: new Date().toISOString(),
      }).catch(() => null)
      if (response?.status !== 200) return
      client.positionMs = positionMs
      client.acknowledged++
    }
  })
  const incompleteUpload = request(a.origin + mediaUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'video/mp4', 'content-length': clip.length },
    agent: false,
  })
  incompleteUpload.on('error', () => {})
  incompleteUpload.write(clip.subarray(0, 150_000))
  await wait(700 + Math.random() * 800)
  process.kill(a.pid, 'SIGKILL')
  await Promise.all(heartbeats)

  t.test('loses no acknowledged heartbeat, and the streams continue on the other process', async (t) => {
    let lost = 0
    for (const { profile, accessToken, positionMs, stream } of clients) {
      const { body } = await send(b, 'GET', `${profile}/progress/${movie}`, accessToken)
      // A heartbeat that was written without a response may be ahead.
      if (body.positionMs !== positionMs && body.positionMs !== positionMs + STEP_MS) lost++
      const heartbeat = { positionMs: positionMs + 5_000, at: new Date().toISOString() }
      t.equal((await send(b, 'PUT', stream, accessToken, heartbeat)).status, 200)
      const stop = { positionMs: positionMs + 5_001, at: new Date().toISOString() }
      t.equal((await send(b, 'POST', `${stream}/stop`, accessToken, stop)).status, 200)
      t.equal(
        (await send(b, 'GET', `${profile}/continue`, accessToken)).body?.positionMs ?? stop.positionMs,
        stop.positionMs,
      )
    }
    const count = clients.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
    t.equal(lost, 0, `${count} heartbeats of ${CLIENTS} clients acknowledged, ${lost} clients lost their position`)
    t.ok(count > CLIENTS)
  })

  t.test('leaves no media file, and after the clean-up no object of the incomplete upload', async (t) => {
    const { body } = await send(b, 'GET', `/v1/movies/${movie}`, admin)
    t.equal(body.mediaFiles.length, 1)
    const storage = await openLocalStorage(path.join(dataDir, 'media'))
    await storage.removeStale(0)
    const added = listFiles(dataDir).filter((name) => !filesBefore.includes(name) && !PACKAGE_FILES.test(name))
    t.strictSame(added, [])
  })
})

t.test('an upload that is aborted at any offset leaves nothing', { timeout: 200_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-aborted-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const server = await startServer(t, uri, dataDir)
  const admin = await signUpAdminAt(server, uri)
  const movie = (await send(server, 'POST', '/v1/admin/movies', admin, { title: 'Alien' })).body.id
  for (let i = 0; i < ABORTED_UPLOADS; i++) {
    const offset = Math.floor(i * (clip.length - 1) / (ABORTED_UPLOADS - 1))
    const upload = request(`${server.origin}/v1/admin/movies/${movie}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'video/mp4', 'content-length': clip.length },
      agent: false,
    })
    await new Promise<void>((resolve) => {
      upload.on('error', () => {
        resolve()
      }).on('close', () => {
        resolve()
      }).on('response', (response) => {
        response.resume()
      })
      upload.write(clip.subarray(0, offset), () => {
        upload.destroy()
      })
      if (offset === 0) {
        upload.flushHeaders()
        upload.destroy()
      }
    })
  }
  t.equal(await server.stop(), 0)
  const remaining = listFiles(dataDir)
  const restarted = await startServer(t, uri, dataDir)
  t.strictSame(
    (await send(restarted, 'GET', `/v1/movies/${movie}`, admin)).body.mediaFiles,
    [],
    `aborted at ${ABORTED_UPLOADS} offsets: no media file`,
  )
  t.equal(remaining.length, 0, `${remaining.length} files remain`)
})
