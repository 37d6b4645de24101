// Path traversal by every URL that names a file, sent without normalisation over a real socket.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { HOSTILE_KEYS } from '../storage/hostile-keys.js'
import { startApp, containerOf } from '../support/app.js'
import { untilFilesOpenAgain } from '../support/open-files.js'
import { call } from '../support/requests.js'
import { createWorld } from './operations.js'

const CANARY = 'bytes from outside the storage folder'
/** Spellings of a parent folder. */
const PARENT_FOLDERS = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..%5c',
  '..\\',
  '....//',
  '%252e%252e%252f',
  '..;/',
  '%c0%ae%c0%ae/',
  '..%00/',
  '.%2e/',
  '%2e%2e%5c',
  '..%u2215',
  '/',
]
const TARGETS = ['etc/passwd', 'secrets.json', 'media-evil/secret', 'package.json']
const PASSWD_LINE = /root:.*:0:0:/
const PACKAGE_NAME = '"name": "normflix"'

t.test('no path leads out of the storage folder', async (t) => {
  const started = await startApp(t)
  const { app, config } = started
  const world = await createWorld(started)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const tokens = [world.stream.url, world.stream.hlsUrl].map((url: string | null) => url?.split('?token=')[1] ?? 'x')
  writeFileSync(path.join(config.dataDir, 'secrets.json'), CANARY)
  mkdirSync(path.join(config.dataDir, 'media-evil'))
  writeFileSync(path.join(config.dataDir, 'media-evil', 'secret'), CANARY)

  /** Sends the path as it is written; `fetch` would normalise it. */
  const get = async (url: string, method = 'GET'): Promise<{ status: number, text: string }> =>
    await new Promise((resolve, reject) => {
      const outgoing = request({
        port,
        host: '127.0.0.1',
        method,
        path: url,
        headers: { authorization: `Bearer ${world.admin.token}` },
      }, (response) => {
        let text = ''
        response.setEncoding('latin1').on('data', (chunk: string) => {
          text += chunk
        }).on('end', () => {
          resolve({ status: response.statusCode ?? 0, text })
        })
      })
      outgoing.on('error', reject).end()
    })
  const token = `?token=${tokens[0]}`
  const hlsToken = `?token=${tokens[1]}`
  const urls: Array<(name: string) => string> = [
    (name) => `/v1/media/${name}${token}`,
    (name) => `/v1/hls/${world.movie}/${name}.m3u8${hlsToken}`,
    (name) => `/v1/hls/${world.movie}/${name}.mp4${hlsToken}`,
    (name) => `/v1/hls/${name}/master.m3u8${hlsToken}`,
    (name) => `/v1/hls/${name}/manifest.mpd${hlsToken}`,
    (name) => `/v1/subtitles/${name}${token}`,
    (name) => `/v1/thumbnails/${name}/image${token}`,
    (name) => `/v1/thumbnails/${name}/index.vtt${token}`,
    (name) => `/v1/images/${name}`,
    (name) => `/assets/${name}`,
    (name) => `/watch/${name}`,
    (name) => `/docs/static/${name}`,
    (name) => `/docs/${name}`,
    (name) => `/v1/admin/uploads/${name}`,
  ]
  let cases = 0
  async function expectNothing (url: string): Promise<void> {
    cases++
    const { status, text } = await get(url)
    const isRejected = status >= 300 && status < 500 && !text.includes(CANARY) && !PASSWD_LINE.test(text) &&
      !text.includes(PACKAGE_NAME)
    if (!isRejected) t.fail(`${url}: status ${status}, ${text.slice(0, 40)}`)
  }

  for (const urlFor of urls) {
    for (const parent of PARENT_FOLDERS) {
      for (const target of TARGETS) {
        await expectNothing(urlFor(parent.repeat(6) + (parent.includes('%2f') ? target.replace('/', '%2f') : target)))
      }
    }
  }
  const hostileKeys = HOSTILE_KEYS.filter((key) => key.length > 0 && key.length < 200)
  for (const key of hostileKeys) await expectNothing(`/v1/media/${encodeURIComponent(key)}${token}`)

  await t.test('the file name of an upload', async (t) => {
    for (const name of ['../../etc/passwd', '..\\..\\secrets.json', '/etc/cron.d/x', 'x\0.mp4']) {
      cases++
      const boundary = 'x-boundary'
      const head = `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: video/mp4`
      const body = Buffer.from(`--${boundary}\r\n${head}\r\n\r\nno movie\r\n--${boundary}--\r\n`)
      const { status } = await call(app, 'POST', `/v1/admin/movies/${world.movie}/media`, {
        token: world.admin.token,
        body,
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      })
      t.ok(status >= 400 && status < 500, `${JSON.stringify(name)}: ${status}`)
    }
  })

  await t.test('a symbolic link in place of a media file', async (t) => {
    const { body: before } = await call(app, 'GET', world.stream.url)
    t.equal(before, null, 'the file is served before')
    const { storageKey = '' } = containerOf(app).catalogue.findFile(world.stream.mediaFile.id) ?? {}
    const file = path.join(config.dataDir, 'media', ...storageKey.split('/'))
    rmSync(file)
    symlinkSync(path.join(config.dataDir, 'secrets.json'), file)
    await untilFilesOpenAgain()
    await expectNothing(world.stream.url)
  })

  t.ok(cases >= 150)
  t.comment(`path traversal: ${cases} cases, 0 bytes from outside`)
})
