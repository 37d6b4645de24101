// The files of the watch page: caching, content security policy and paths.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { startApp } from '../support/app.js'
import { call } from '../support/requests.js'

t.test('the page has a strict content security policy, and its assets are cached forever', async (t) => {
  const { app } = await startApp(t)
  const page = await call(app, 'GET', '/watch')
  t.equal(page.status, 200)
  const html = page.bytes.toString()
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self';/)
  t.match(policy, /style-src 'self';/)
  t.notMatch(policy, /unsafe/)
  t.notMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/, 'no inline scripts and styles')
  t.equal((await call(app, 'GET', '/watch', { headers: { 'if-none-match': String(page.headers.etag) } })).status, 304)
  t.match((await call(app, 'GET', '/watch', { headers: { 'if-none-match': '"other"' } })).status, 200)
  t.equal((await call(app, 'GET', '/watch/')).bytes.toString(), html)
  const assetUrls = [...html.matchAll(/(?:src|href)="(\/watch\/assets\/[^"]+)"/g)].map(([, url]) => url!)
  t.equal(assetUrls.length, 3, 'script, style and icon')
  for (const url of assetUrls) {
    const asset = await call(app, 'GET', url)
    t.match({ status: asset.status, ...asset.headers }, {
      status: 200,
      'cache-control': /max-age=31536000, immutable/,
      etag: String,
    })
    t.equal((await call(app, 'GET', url, { headers: { 'if-none-match': String(asset.headers.etag) } })).status, 304)
  }
})

t.test('the root leads to the page, and browsers find its icon on every page', async (t) => {
  const { app } = await startApp(t)
  t.match(await call(app, 'GET', '/'), { status: 302, headers: { location: '/watch', 'cache-control': 'no-cache' } })
  t.match(await call(app, 'GET', '/?utm_source=mail'), { status: 302, headers: { location: '/watch' } })
  const icon = await call(app, 'GET', '/favicon.ico')
  t.match(icon, { status: 200, headers: { 'content-type': /^image\/svg\+xml/, 'cache-control': /max-age=86400/ } })
  t.match(icon.bytes.toString(), '<svg')
  t.equal((await call(app, 'HEAD', '/')).status, 302)
})

t.test('unknown assets and paths outside the folder return 404', async (t) => {
  const { app } = await startApp(t)
  for (const path of ['nothing.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fpackage.json', '.', '..%5cindex.html']) {
    t.equal((await call(app, 'GET', `/watch/assets/${path}`)).status, 404, path)
  }
})

t.test('the API description does not contain the page', (t) => {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))
  t.strictSame(Object.keys(paths).filter((path) => path.startsWith('/watch')), [])
  t.end()
})
