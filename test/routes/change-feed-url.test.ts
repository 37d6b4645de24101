// Signed URLs of the change feed, for EventSource: scope, expiry, and the end of feeds.
import t from 'tap'
import { FEED_URL_TTL_MS } from '../../src/changes/feed-urls.js'
import { startApp, openApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { openEventStream, type EventStreamReader } from '../support/event-stream.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium, launchBrowser, openPage } from '../web/browser.js'

const LIMIT_MS = 5_000
const chromium = findChromium()

t.test('a signed URL of the change feed', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const movie = await addMovie(app, await signUpAdmin(app))
  const readers: EventStreamReader[] = []
  t.afterEach(() => {
    for (const reader of readers.splice(0)) reader.close()
  })
  const requestUrl = async ({ token, profileId }: TestUser, from = app): Promise<string> => {
    const { status, body, headers } = await call(from, 'GET', `/v1/profiles/${profileId}/changes/url`, { token })
    t.equal(status, 200)
    t.match(headers['cache-control'], /no-store/)
    t.equal(Date.parse(body.expiresAt) > clock.now().getTime(), true)
    return body.url
  }
  const subscribe = async (url: string, headers = {}, at = origin): Promise<EventStreamReader> => {
    const reader = await openEventStream(at + url, null, headers)
    readers.push(reader)
    return reader
  }

  t.test('sends changes without a header, and continues after the last event', async (t) => {
    const kim = await signUp(app)
    const url = await requestUrl(kim)
    const feed = await subscribe(url)
    t.equal(feed.status, 200)
    t.equal(feed.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    const { id } = (await feed.next())!
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    t.match((await feed.nextOfKind('wishlist')).items, [{ title: { id: movie, inWishlist: true } }])
    for (const [continued, headers] of [[url, { 'last-event-id': id }], [`${url}&since=${id}`, {}]] as const) {
      t.match(await (await subscribe(continued, headers)).next(), { items: [{ kind: 'wishlist' }] })
    }
  })

  t.test('is valid for its feed only, for five minutes, and while the session is live', async (t) => {
    const kim = await signUp(app)
    const pat = await signUp(app)
    const url = await requestUrl(kim)
    const [path = '', token = ''] = url.split('?token=')
    const second = (await kim.post('/v1/profiles', { name: 'Two' })).body.id as string
    const changed = token.slice(0, 30) + (token[30] === 'A' ? 'B' : 'A') + token.slice(31)
    const wrong = [
      path,
      `${path}?token=`,
      `${path}?token=${changed}`,
      `${path}?token=${token}A`,
      `${path}?token=${token.replace('f1.', 'm1.')}`,
      url.replace(kim.profileId, second),
      url.replace(kim.profileId, pat.profileId),
    ]
    for (const one of wrong) expectProblem(t, await call(app, 'GET', one), 'feed-refused', 403)
    for (const other of [`/v1/profiles/${kim.profileId}`, `/v1/profiles/${kim.profileId}/changes`]) {
      expectProblem(t, await call(app, 'GET', `${other}?token=${token}`), 'unauthorized', 401)
      expectProblem(t, await call(app, 'GET', other, { token }), 'unauthorized', 401)
    }
    const open = await subscribe(url)
    t.ok(await open.next())
    clock.advance(FEED_URL_TTL_MS)
    expectProblem(t, await call(app, 'GET', url), 'feed-refused', 403)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    t.match(await open.nextOfKind('wishlist'), { items: [{ title: { id: movie } }] }, 'an open feed continues')
    const next = await requestUrl(kim)
    await kim.post('/v1/auth/logout')
    expectProblem(t, await call(app, 'GET', next), 'feed-refused', 403)
  })

  t.test('HEAD opens no feed', async (t) => {
    const url = await requestUrl(await signUp(app))
    const response = await call(app, 'HEAD', url)
    t.match(response, { status: 200, headers: { 'content-type': /^text\/event-stream/ } })
    t.equal(response.bytes.length, 0)
  })

  t.test('a feed ends within five seconds after a lock, a PIN or a log-out, also in another process', async (t) => {
    const other = await openApp(config, databaseUri, { now: clock.now })
    t.teardown(async () => {
      await other.close()
    })
    const otherOrigin = await other.listen({ port: 0, host: '127.0.0.1' })
    const endings: Record<string, (kim: TestUser, profileId: string) => Promise<{ status: number }>> = {
      'a smaller plan': async (kim) =>
        await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] }),
      'a PIN': async (kim, profileId) => await kim.patch(`/v1/profiles/${profileId}`, { pin: '2468' }),
      'a log-out': async (kim) => await kim.post('/v1/auth/logout'),
      'a deleted profile': async (kim, profileId) => await kim.delete(`/v1/profiles/${profileId}`),
    }
    await Promise.all(
      Object.entries(endings).map(async ([what, end]) => {
        const kim = await signUp(app)
        const profileId = (await kim.post('/v1/profiles', { name: 'Two' })).body.id as string
        const url = await requestUrl({ ...kim, profileId }, other)
        const feed = await subscribe(url, {}, otherOrigin)
        t.ok(await feed.next(), what)
        t.ok((await end(kim, profileId)).status < 300, what)
        const endedAt = performance.now()
        while (await feed.next() !== null);
        t.ok(performance.now() - endedAt < LIMIT_MS, `${what}: after ${Math.round(performance.now() - endedAt)} ms`)
        // The other process may know the account for some seconds: the feed ends at once all the same.
        const late = await subscribe(url, {}, otherOrigin)
        const openedAt = performance.now()
        while (await late.next() !== null);
        t.ok(performance.now() - openedAt < 1_500, `${what}: opened again`)
      }),
    )
  })

  t.test('EventSource of a browser receives changes', {
    skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  }, async (t) => {
    const browser = await launchBrowser(chromium!)
    t.teardown(async () => {
      await browser.close()
    })
    const kim = await signUp(app)
    const { page } = await openPage(browser, { bypassCSP: true })
    await page.goto(`${origin}/openapi.json`)
    const url = JSON.stringify(await requestUrl(kim))
    await page.evaluate(`
      window.received = []
      new EventSource(${url}).addEventListener('changes', ({ data }) => received.push(data))`)
    await page.waitForFunction('received.length === 1')
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    await page.waitForFunction('received.length === 2')
    const event = JSON.parse(await page.evaluate<string>('received[1]'))
    t.match(event, { items: [{ kind: 'wishlist', title: { id: movie } }] })
  })
})
