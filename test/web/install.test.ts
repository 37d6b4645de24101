// The installed watch app: manifest, icons, and a service worker that opens it without a network.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PASSWORD, signUp } from '../support/users.js'
import { logIn } from './browser.js'
import { chooseProfile, scriptErrors, testWatchApp } from './watch-app.js'

const WEB = path.resolve('dist', 'web')

/** Width and height in the header of a PNG file. */
const sizeOfPng = (bytes: Buffer): string => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`

testWatchApp('the watch app is installed', async (t, { app, origin, open }) => {
  await t.test('the manifest names icons that exist', async (t) => {
    const response = await app.inject('/watch/manifest.webmanifest')
    t.equal(response.headers['content-type'], 'application/manifest+json')
    const { start_url: start, scope, icons } = response.json()
    t.strictSame([start, scope], ['/watch', '/watch'])
    const pngs = icons.filter(({ type }: { type: string }) => type === 'image/png')
    t.equal(pngs.length, 3)
    for (const { src, sizes } of pngs) {
      const icon = await app.inject(src)
      t.equal(icon.headers['content-type'], 'image/png')
      t.equal(sizeOfPng(icon.rawPayload), sizes, src)
    }
    t.equal((await app.inject('/icons/none.png')).statusCode, 404)
    t.equal((await app.inject('/icons/..%2Fwatch%2Findex.html')).statusCode, 404)
  })

  await t.test('the worker is revalidated, and limited to the app', async (t) => {
    const { headers, body } = await app.inject('/watch/service-worker.js')
    t.match(headers, {
      'cache-control': 'no-cache',
      'service-worker-allowed': '/watch',
      'content-security-policy': "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
    })
    const files = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file = '']) => file)
    const html = readFileSync(path.join(WEB, 'watch', 'index.html'), 'utf8')
    for (const [, file = ''] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      t.ok(files.includes(file), `the worker stores ${file}`)
    }
    for (const file of files) t.ok(readFileSync(path.join(WEB, file)).length > 0, file)
  })

  await t.test('without a network the app opens and says so; nothing of the API is stored', async (t) => {
    const user = await signUp(app)
    const { page, errors } = await open({ serviceWorkers: 'allow' })
    await logIn(page, origin, user.email, PASSWORD)
    await chooseProfile(page, /./)
    await page.getByText('No titles available').waitFor()
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
    await page.reload()
    await page.getByText('No titles available').waitFor()
    t.equal(await page.evaluate('navigator.serviceWorker.controller?.scriptURL'), `${origin}/watch/service-worker.js`)
    const stored = await page.evaluate<string[]>(`(async () => {
      const urls = []
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname)
      }
      return urls
    })()`)
    t.ok(stored.includes('/watch'))
    t.strictSame(stored.filter((url) => url !== '/watch' && !url.startsWith('/assets/')), [])
    t.strictSame(scriptErrors(errors), [])
    await page.context().setOffline(true)
    await page.goto(`${origin}/watch/wishlist`)
    await page.getByText(/offline|unreachable/).first().waitFor()
    await page.context().setOffline(false)
    await page.reload()
    await page.getByText('Your list is empty').waitFor()
    await page.context().close()
  })
})
