// Security headers: those for all responses, and those that browsers read of documents only.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call } from '../support/requests.js'

const OF_ALL = [
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'x-content-type-options',
  'x-frame-options',
]
const OF_DOCUMENTS = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
]

t.test('pages have all security headers, and JSON those that apply to it', async (t) => {
  const { app } = await startApp(t)
  for (const path of ['/watch', '/docs', '/guides']) {
    const { headers } = await call(app, 'GET', path)
    t.match(headers['content-type'], /^text\/html/, path)
    for (const name of [...OF_ALL, ...OF_DOCUMENTS]) t.ok(name in headers, `${path} ${name}`)
  }
  for (const path of ['/v1/plans', '/v1/movies', '/v1/nothing', '/health/live']) {
    const { headers } = await call(app, 'GET', path)
    t.match(headers['content-type'], /json/, path)
    for (const name of OF_ALL) t.ok(name in headers, `${path} ${name}`)
    for (const name of OF_DOCUMENTS) t.notOk(name in headers, `${path} ${name}`)
  }
})
