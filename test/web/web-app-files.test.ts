// The files of the web apps: caching, content security policy, paths and sizes.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { startApp } from '../support/app.js'
import { call } from '../support/requests.js'

const ASSETS = path.resolve('dist', 'web', 'assets')
/** Script of the watch app before its first page shows, gzip, without the player, bytes. */
const MAX_FIRST_LOAD_BYTES = 150_000

/** Bytes of an asset as browsers receive it: compressed, unless that would be larger. */
function transferSize (name: string): number {
  const compressed = path.join(ASSETS, `${name}.gz`)
  return statSync(existsSync(compressed) ? compressed : path.join(ASSETS, name)).size
}

/** URLs of the assets that a page names. */
const assetUrls = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, url]) => url!)

async function testPage (t: Test, app: FastifyInstance, url: string): Promise<void> {
  const page = await call(app, 'GET', url)
  t.equal(page.status, 200)
  const html = page.bytes.toString()
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self';/)
  t.match(policy, /style-src 'self';/)
  t.notMatch(policy, /unsafe/)
  t.notMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/, 'no inline scripts and styles')
  t.equal((await call(app, 'GET', url, { headers: { 'if-none-match': String(page.headers.etag) } })).status, 304)
  t.equal((await call(app, 'GET', url, { headers: { 'if-none-match': '"other"' } })).status, 200)
  for (const other of [`${url}/`, `${url}/account/profiles`]) {
    t.equal((await call(app, 'GET', other)).bytes.toString(), html, 'the app selects the page by the path')
  }
  const assets = assetUrls(html)
  t.ok(assets.some((asset) => asset.endsWith('.js')) && assets.some((asset) => asset.endsWith('.css')))
  for (const asset of assets) {
    const response = await call(app, 'GET', asset)
    t.match({ status: response.status, ...response.headers }, {
      status: 200,
      'cache-control': /max-age=31536000, immutable/,
      etag: String,
    })
    const headers = { 'if-none-match': String(response.headers.etag) }
    t.equal((await call(app, 'GET', asset, { headers })).status, 304)
    const { headers: { 'content-encoding': encoding } } = await call(app, 'GET', asset, {
      headers: { 'accept-encoding': 'br' },
    })
    t.equal(encoding, 'br', `${asset} is compressed`)
  }
}

t.test('the pages have a strict content security policy, and their assets are cached forever', async (t) => {
  const { app } = await startApp(t)
  await testPage(t, app, '/watch')
  await testPage(t, app, '/admin')
})

t.test('the API reference has no inline scripts, and allows no other hosts', async (t) => {
  const { app } = await startApp(t)
  const page = await call(app, 'GET', '/reference')
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'/)
  t.notMatch(policy, /https?:|unsafe-eval/)
  const html = page.bytes.toString()
  t.notMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
  const assets = assetUrls(html)
  t.equal(assets.length, 4)
  for (const asset of assets) {
    const { status, headers } = await call(app, 'GET', asset, { headers: { 'accept-encoding': 'br' } })
    t.match({ status, ...headers }, { status: 200, 'cache-control': /immutable/ })
    if (asset.includes('scalar')) t.equal(headers['content-encoding'], 'br')
  }
})

t.test('the root leads to the watch app, and browsers find its icon on every page', async (t) => {
  const { app } = await startApp(t)
  t.match(await call(app, 'GET', '/'), { status: 302, headers: { location: '/watch', 'cache-control': 'no-cache' } })
  t.match(await call(app, 'GET', '/?utm_source=mail'), { status: 302, headers: { location: '/watch' } })
  for (const url of ['/v1', '/v1/', '/reference/']) {
    t.equal((await call(app, 'GET', url)).headers.location, '/reference', url)
  }
  t.equal((await call(app, 'GET', '/guides/')).headers.location, '/guides')
  // Pages with a slash at their end are found without one.
  for (const url of ['/watch/', '/admin/', '/docs/']) t.ok((await call(app, 'GET', url)).status < 400, url)
  const icon = await call(app, 'GET', '/favicon.ico')
  t.match(icon, { status: 200, headers: { 'content-type': /^image\/svg\+xml/, 'cache-control': /max-age=86400/ } })
  t.match(icon.bytes.toString(), '<svg')
  t.match(await call(app, 'HEAD', '/'), {
    status: 302,
    headers: { link: /<\/reference>; rel="service-doc", <\/guides>; rel="help"/ },
  })
})

t.test('links in emails and on TVs lead to the pages of the watch app, with their token or code', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/confirm-email?token=abc', '/reset-password?token=abc', '/link?code=WDJB-MJHT']) {
    t.match(await call(app, 'GET', url), {
      status: 302,
      headers: { location: `/watch${url}`, 'cache-control': 'no-store' },
    })
  }
})

t.test('unknown assets and paths outside the folder return 404', async (t) => {
  const { app } = await startApp(t)
  for (const name of ['nothing.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fpackage.json', '.', '..%5cindex.html']) {
    t.equal((await call(app, 'GET', `/assets/${name}`)).status, 404, name)
  }
})

t.test('the watch app shows its first page after little script', async (t) => {
  const html = readFileSync(path.resolve('dist', 'web', 'watch', 'index.html'), 'utf8')
  const named = assetUrls(html).map((url) => path.basename(url)).filter((name) => name.endsWith('.js'))
  // The messages of one language load with them. The admin app has files of the same name.
  const scripts = named.map((name) => readFileSync(path.join(ASSETS, name), 'utf8'))
  const messages = readdirSync(ASSETS).filter((name) =>
    /^en-[\w-]+\.js$/.test(name) && scripts.some((script) => script.includes(name))
  )
  const sizes = [...named, ...messages].map(transferSize)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.comment(`first load: ${total} bytes in ${sizes.length} files, gzip`)
  t.ok(named.length > 0 && messages.length > 0)
  t.ok(total <= MAX_FIRST_LOAD_BYTES, `${total} bytes`)
})

t.test('the API description does not contain the apps', (t) => {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))
  t.strictSame(Object.keys(paths).filter((url) => /^\/(watch|admin|assets)/.test(url)), [])
  t.end()
})
