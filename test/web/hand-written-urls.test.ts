// URLs that people write or change: pages ignore filters that are empty or unknown, and show the whole list.
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { PASSWORD } from '../support/users.js'
import { BROWSER_TEST, openAdmin, openAdminPage, startAdminTest } from './admin-app.js'

/** Pages of the admin app with their filters. */
const FILTERS: ReadonlyArray<readonly [path: string, ...filters: string[]]> = [
  ['/media', 'state'],
  ['/media/encoding', 'state', 'stepState'],
  ['/media/detections', 'state'],
  ['/catalogue', 'q', 'type', 'published', 'sort'],
  ['/collections', 'q', 'published'],
  ['/accounts', 'q', 'plan', 'role', 'disabled'],
  ['/audit', 'account', 'actor', 'action', 'result', 'from', 'to'],
  ['/', 'from', 'to'],
]
/** Any text is one. */
const TEXTS = ['q', 'plan', 'account', 'actor', 'action']

t.test('hand-written URLs', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin, origin } = test
  const movie = await addMovie(app, admin)
  await addEncodingJob({ itemId: movie }, { state: 'done' })
  await addMarkerDetection({ titleId: movie }, { state: 'done' })
  const page = await openAdmin(t, test)
  const rejected: string[] = []
  page.on('response', (response) => {
    if (response.url().includes('/v1/') && response.status() >= 400) rejected.push(response.url())
  })

  /** @returns the texts of the rows of the table */
  async function open (path: string, query: string): Promise<string[]> {
    await page.goto(`${origin}/admin${path}${query}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    return await page.getByRole('row').allInnerTexts()
  }

  for (const [path, ...filters] of FILTERS) {
    await t.test(`show the whole list at ${path}`, async (t) => {
      const all = await open(path, '')
      const empty = `?${filters.map((name) => `${name}=`).join('&')}`
      const unknown = `?${filters.filter((name) => !TEXTS.includes(name)).map((name) => `${name}=nonsense`).join('&')}`
      const impossible = filters.includes('from') ? ['?from=2026-13-45&to=2026-13-45'] : []
      for (const query of [empty, unknown, ...impossible]) {
        t.equal((await open(path, query)).length, all.length, query)
        t.equal(await page.getByText('This value is not known').count(), 0)
        t.strictSame(rejected.splice(0), [], query)
      }
    })
  }

  await t.test('search digits as text', async (t) => {
    await open('/catalogue', '?q=1917')
    t.equal(await page.getByRole('searchbox').inputValue(), '1917')
  })

  await t.test('lead to no other site after a log-in', async (t) => {
    const visitor = await openAdminPage(t, test)
    for (const next of ['https://other.example/', '//other.example/']) {
      await visitor.goto(`${origin}/admin/log-in?next=${encodeURIComponent(next)}`)
      await visitor.getByLabel('Email').fill(admin.email)
      await visitor.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await visitor.getByRole('button', { name: 'Log in' }).click()
      await visitor.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
      t.equal(new URL(visitor.url()).origin, origin)
      await visitor.context().clearCookies()
    }
  })
})
