// One session for all tabs of a browser: log-in, live changes, log-out, and a session that ends on another device.
import { addMovie } from '../support/catalogue.js'
import { logInAgain, PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { chooseProfile, fillLogIn, scriptErrors, testWatchApp } from './watch-app.js'

interface StoredSession {
  readonly id: string
  readonly device: string | null
}

async function listBrowserSessions (user: TestUser): Promise<StoredSession[]> {
  const { body } = await user.get<{ items: StoredSession[] }>('/v1/auth/sessions')
  return body.items.filter(({ device }) => device?.startsWith('Chrome') === true)
}

testWatchApp('tabs share one session', async (t, { app, origin, open }) => {
  const admin = await signUpAdmin(app)
  const movieId = await addMovie(app, admin, { title: 'The Matrix' }, [])
  const user = await signUp(app)
  const { page: first, errors } = await open()

  await t.test('a visitor returns to the page after the log-in', async (t) => {
    await first.goto(`${origin}/watch/history?view=plays`)
    await first.getByRole('heading', { name: 'Log in' }).waitFor()
    await fillLogIn(first, user.email, PASSWORD)
    await chooseProfile(first, /./)
    await first.getByRole('heading', { name: 'Watch history' }).waitFor()
    t.equal(new URL(first.url()).pathname, '/watch/history')
    t.equal(new URL(first.url()).searchParams.get('view'), 'plays')
  })

  const second = await first.context().newPage()
  await t.test('a second tab is logged in, with the same session and profile', async (t) => {
    await second.goto(`${origin}/watch/wishlist`)
    await second.getByText('Your list is empty').waitFor()
    t.equal((await listBrowserSessions(user)).length, 1)
  })

  await t.test('a change in one tab appears in the other one', async () => {
    await first.goto(`${origin}/watch/movie/${movieId}`)
    await first.getByRole('button', { name: 'My list' }).first().click()
    await second.getByRole('link', { name: /The Matrix/ }).waitFor()
  })

  await t.test('a session that ended on another device leads to the log-in, and back', async (t) => {
    const [session] = await listBrowserSessions(user)
    t.equal((await user.delete(`/v1/auth/sessions/${session?.id}`)).status, 204)
    await first.goto(`${origin}/watch/ratings`)
    await first.getByRole('heading', { name: 'Log in' }).waitFor()
    await fillLogIn(first, user.email, PASSWORD)
    await chooseProfile(first, /./)
    await first.getByRole('heading', { name: 'Your ratings' }).waitFor()
    t.equal((await listBrowserSessions(user)).length, 1)
  })

  await t.test('an open page notices the end of the session without a request of its own', async () => {
    for (const { id } of await listBrowserSessions(user)) await user.delete(`/v1/auth/sessions/${id}`)
    await first.getByText('Your session ended.').waitFor()
    await fillLogIn(first, user.email, PASSWORD)
    await chooseProfile(first, /./)
    await first.getByRole('heading', { name: 'Your ratings' }).waitFor()
  })

  await t.test('changes of the account appear in every tab', async () => {
    await first.goto(`${origin}/watch/account/profiles`)
    await user.post('/v1/profiles', { name: 'Robin' })
    await first.getByText('Robin').first().waitFor()
    await first.goto(`${origin}/watch/account`)
    await first.getByRole('heading', { level: 1 }).waitFor()
    const credentials = { email: user.email, password: PASSWORD, device: 'Hotel television' }
    const { body } = await user.post<{ accessToken: string }>('/v1/auth/login', credentials)
    await first.getByText('Hotel television').first().waitFor()
    await user.with(body.accessToken).post('/v1/auth/logout')
    await first.getByText('Hotel television').waitFor({ state: 'detached' })
  })

  await t.test('changes between the load of a page and the start of its change feed appear', async () => {
    let openFeeds = (): void => undefined
    const isChanged = new Promise<void>((resolve) => {
      openFeeds = resolve
    })
    await first.context().route('**/changes', async (route) => {
      await isChanged
      await route.continue()
    })
    const third = await first.context().newPage()
    for (const page of [first, third]) {
      await page.goto(`${origin}/watch/account/profiles`)
      await page.getByText('Robin').first().waitFor()
    }
    await user.post('/v1/profiles', { name: 'Sascha' })
    openFeeds()
    // The first tab continues a feed, the new one has none yet.
    for (const page of [first, third]) await page.getByText('Sascha').first().waitFor()
    await first.context().unroute('**/changes')
    await third.close()
  })

  await t.test('a log-out in one tab logs out the others; another account starts at its own profiles', async (t) => {
    await second.goto(`${origin}/watch/wishlist`)
    await second.getByRole('link', { name: /The Matrix/ }).waitFor()
    await first.getByRole('button', { name: 'Profile menu' }).click()
    await first.getByRole('button', { name: 'Log out', exact: true }).click()
    for (const page of [first, second]) await page.getByRole('heading', { name: 'Log in' }).waitFor()
    t.equal(await second.getByText('Your session ended.').count(), 0)
    t.strictSame(await listBrowserSessions(await logInAgain(app, user)), [])
    const other = await signUp(app)
    await fillLogIn(first, other.email, PASSWORD)
    // The log-in page of the other tab follows.
    for (const page of [first, second]) await page.getByRole('heading', { name: 'Who’s watching?' }).waitFor()
  })
  t.strictSame(scriptErrors(errors), [])
})
