// The log of a developer: one line per request or warning, without secrets.
import { PassThrough } from 'node:stream'
import t from 'tap'
import { createLog } from '../../src/security/log.js'
import { createTestDatabase, openApp } from '../support/app.js'
import { loadConfig } from '../../src/config.js'

/** A stream with the lines that were written to it. */
function collectLines (): { readonly stream: PassThrough, lines(): string[] } {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk) => {
    text += String(chunk)
  })
  return { stream, lines: () => text.split('\n').filter((line) => line !== '') }
}

t.test('a warning is one line, an error has its stack', async (t) => {
  const { stream, lines } = collectLines()
  const log = createLog({ logFormat: 'pretty', logLevel: 'info' }, stream)
  log.warn({ err: new TypeError('first line\nsecond line'), job: 'popularity' }, 'job failed')
  log.info({ password: 'four blind mice', count: 3 }, 'done')
  log.error({ err: new Error('broken') }, 'request failed')
  log.debug('below the level')
  t.match(lines()[0], /^\[\d\d:\d\d:\d\d\] WARN: job failed \(TypeError: first line\) job=popularity$/)
  t.match(lines()[1], /^\[\d\d:\d\d:\d\d\] INFO: done password=\[redacted\] count=3$/)
  t.match(lines()[2], /ERROR: request failed$/)
  t.match(lines()[3], 'Error: broken')
  t.match(lines().slice(4), [/^\s+at /])
})

t.test('a request is one line with method, path without secrets, status and time', async (t) => {
  const { stream, lines } = collectLines()
  const variables = { NODE_ENV: 'test', LOG_FORMAT: 'pretty', DATA_DIR: t.testdir({}) }
  const app = await openApp(loadConfig(variables), await createTestDatabase(t), { logTo: stream })
  t.teardown(async () => await app.close())
  await app.inject('/v1/plans?token=canary-7f3a')
  await app.inject('/v1/nowhere')
  t.match(lines(), [/INFO: GET \/v1\/plans\?token=… 200 [\d.]+ ms$/, /INFO: GET \/v1\/nowhere 404 [\d.]+ ms$/])
  t.equal(lines().length, 2)
})

t.test('JSON lines have the same fields in every environment', async (t) => {
  const { stream, lines } = collectLines()
  createLog({ logFormat: 'json', logLevel: 'info' }, stream).warn({ err: new Error('broken') }, 'job failed')
  t.match(JSON.parse(lines()[0] ?? ''), { level: 40, msg: 'job failed', err: { message: 'broken', stack: /at / } })
})
