// No path leaves the storage folder: traversal by every address that names a file, sent as it is written, over a real socket.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { HOSTILE_KEYS } from '../storage/hostile-keys.js'
import { call, startApp, containerOf } from '../helper.js'
import { createWorld } from './operations.js'

const CANARY = 'bytes from outside of the storage folder'
/** Climbs, each in several spellings, to something that is surely there. */
const CLIMBS = [
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
const PASSWD = /root:.*:0:0:/
const OURS = '"name": "normflix"'

t.test('no path leaves the storage folder', async (t) => {
  const started = await startApp(t)
  const { app, config } = started
  const world = await createWorld(started)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const tokens = [world.stream.url, world.stream.hlsUrl].map((url: string | null) => url?.split('?token=')[1] ?? 'x')
  writeFileSync(path.join(config.dataDir, 'secrets.json'), CANARY)
  mkdirSync(path.join(config.dataDir, 'media-evil'))
  writeFileSync(path.join(config.dataDir, 'media-evil', 'secret'), CANARY)

  /** As it is written: nothing in between tidies the path up. */
  const get = async (url: string, method = 'GET'): Promise<{ status: number, text: string }> =>
    await new Promise((resolve, reject) => {
      const asked = request({
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
      asked.on('error', reject).end()
    })
  const token = `?token=${tokens[0]}`
  const hlsToken = `?token=${tokens[1]}`
  const places: Array<(name: string) => string> = [
    (name) => `/v1/media/${name}${token}`,
    (name) => `/v1/hls/${world.movie}/${name}.m3u8${hlsToken}`,
    (name) => `/v1/hls/${world.movie}/${name}.mp4${hlsToken}`,
    (name) => `/v1/hls/${name}/master.m3u8${hlsToken}`,
    (name) => `/v1/subtitles/${name}${token}`,
    (name) => `/v1/thumbnails/${name}/image${token}`,
    (name) => `/v1/thumbnails/${name}/index.vtt${token}`,
    (name) => `/v1/images/${name}`,
    (name) => `/watch/assets/${name}`,
    (name) => `/watch/${name}`,
    (name) => `/docs/static/${name}`,
    (name) => `/docs/${name}`,
    (name) => `/v1/admin/uploads/${name}`,
  ]
  let cases = 0
  async function expectNothing (url: string): Promise<void> {
    cases++
    const { status, text } = await get(url)
    const isRefused = status >= 300 && status < 500 && !text.includes(CANARY) && !PASSWD.test(text) &&
      !text.includes(OURS)
    if (!isRefused) t.fail(`${url} answered ${status}: ${text.slice(0, 40)}`)
  }

  for (const place of places) {
    for (const climb of CLIMBS) {
      for (const target of TARGETS) {
        await expectNothing(place(climb.repeat(6) + (climb.includes('%2f') ? target.replace('/', '%2f') : target)))
      }
    }
  }
  const odd = HOSTILE_KEYS.filter((key) => key.length > 0 && key.length < 200)
  for (const key of odd) await expectNothing(`/v1/media/${encodeURIComponent(key)}${token}`)

  await t.test("nor does an uploaded file's name or key", async (t) => {
    for (const name of ['../../etc/passwd', '..\\..\\secrets.json', '/etc/cron.d/x', 'x\0.mp4']) {
      cases++
      const boundary = 'x-boundary'
      const body = Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: video/mp4\r\n\r\nno film\r\n--${boundary}--\r\n`,
      )
      const { status } = await call(app, 'POST', `/v1/admin/movies/${world.movie}/media`, {
        token: world.admin.token,
        body,
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      })
      t.ok(status >= 400 && status < 500, `${JSON.stringify(name)}: ${status}`)
    }
  })

  await t.test('nor a link that was planted in place of a file', async (t) => {
    const { body: before } = await call(app, 'GET', world.stream.url)
    t.equal(before, null, 'bytes, no problem')
    const { storageKey = '' } = containerOf(app).catalogue.findFile(world.stream.mediaFile.id) ?? {}
    const file = path.join(config.dataDir, 'media', ...storageKey.split('/'))
    rmSync(file)
    symlinkSync(path.join(config.dataDir, 'secrets.json'), file)
    await expectNothing(world.stream.url)
  })

  t.ok(cases >= 150)
  t.comment(`no path leaves the storage folder: ${cases} cases, 0 bytes from outside`)
})
