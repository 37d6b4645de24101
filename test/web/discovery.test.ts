// Finding titles in the watch app, with the demo catalogue: browse, rows, search, people, collections, kids profiles
// and languages. Skipped if Chromium is not installed.
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { findChromium, launchBrowser, logIn, openPage, type RecordedPage } from './browser.js'
import { openDemoApi } from './demo-api.js'
import { startDemoService } from '../support/demo-service.js'
import { DEMO_USER } from './views.js'

const chromium = findChromium()
/** A busy machine loads slowly. */
const PAGE_TIMEOUT_MS = 30_000

const readSearch = (page: Page): URLSearchParams => new URL(page.url()).searchParams
/** Whether a card is inside the window; a row scrolls cards out of it. */
async function isVisible (card: Locator): Promise<boolean> {
  const box = await card.boundingBox()
  return box !== null && box.x >= 0
}
const firstLine = (text: string | null): string => text?.trim() ?? ''

t.test('discovery', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 280_000,
}, async (t) => {
  const origin = await startDemoService(t)
  const api = await openDemoApi(origin)
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })

  async function openProfile (profile: 'Kim' | 'Kids'): Promise<RecordedPage> {
    const recorded = await openPage(browser)
    recorded.page.setDefaultTimeout(PAGE_TIMEOUT_MS)
    await logIn(recorded.page, origin, DEMO_USER.email, DEMO_USER.password)
    await recorded.page.getByRole('button', { name: profile }).click()
    await recorded.page.locator('.home').waitFor()
    return recorded
  }
  const pages = { Kim: await openProfile('Kim'), Kids: await openProfile('Kids') }

  /** Tests the page of a profile from its home page on; errors in its console fail the test. */
  async function testPage (
    name: string,
    profile: keyof typeof pages,
    run: (t: Test, page: Page) => Promise<void>,
  ): Promise<void> {
    await t.test(name, async (t) => {
      const { page, errors } = pages[profile]
      await page.goto(`${origin}/watch`)
      await page.locator('.home').waitFor()
      await run(t, page)
      t.strictSame(errors.splice(0), [], 'the console has no errors')
    })
  }

  await testPage('browse filters and sorts in the URL, and the back button returns', 'Kim', async (t, page) => {
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Movies' }).click()
    await page.getByRole('heading', { level: 1, name: 'Movies' }).waitFor()
    const genre = page.getByLabel('Genre', { exact: true })
    const total = page.locator('.page-heading [role="status"]')
    await genre.locator('option', { hasText: 'Western' }).waitFor({ state: 'attached' })
    const label = firstLine(await genre.locator('option', { hasText: 'Western' }).textContent())
    const count = /\((?<count>\d+)\)/.exec(label)?.groups?.['count']
    await genre.selectOption('Western')
    await page.getByRole('heading', { level: 1, name: 'Movies · Western' }).waitFor()
    await total.getByText(`${count} titles`, { exact: true }).waitFor()
    t.equal(readSearch(page).get('genre'), 'Western', 'the URL contains the genre')

    await page.getByLabel('Sort by').selectOption('release-asc')
    await page.waitForURL(/order=asc/)
    const { items } = await api.asViewer('GET', '/v1/movies?genre=Western&sort=release&order=asc&limit=1')
    await page.getByRole('list').getByRole('link').first().getByText(items[0].title).first().waitFor()

    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Movies', exact: true }).waitFor()
    t.equal(await genre.inputValue(), '', 'the back button removes the filter')
    await page.goForward()
    await page.getByRole('heading', { level: 1, name: 'Movies · Western' }).waitFor()
    t.equal(await genre.inputValue(), 'Western', 'the forward button sets it again')

    await page.goto(`${origin}/watch/browse/shows?genre=Western&yearFrom=1900&yearTo=1909`)
    await page.getByRole('heading', { level: 2, name: 'No titles match these filters' }).waitFor()
    await page.getByRole('link', { name: 'Clear filters' }).click()
    await page.getByRole('link', { name: /^Firefly/ }).waitFor()
  })

  await testPage('browse loads more titles at the end of the list', 'Kim', async (t, page) => {
    await page.goto(`${origin}/watch/browse/movies?sort=title`)
    await page.locator('.grid .card').nth(47).waitFor()
    await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded()
    await page.locator('.grid .card').nth(95).waitFor()
    t.pass('the second page follows the first')
  })

  await testPage('cards say which titles cannot be played yet', 'Kim', async (t, page) => {
    const { items } = await api.asViewer('GET', '/v1/movies?sort=title&limit=48')
    const unplayable = items.filter(({ playable }: { playable: boolean }) => !playable)
    await page.goto(`${origin}/watch/browse/movies?sort=title`)
    await page.locator('.grid .card').nth(47).waitFor()
    const marked = page.locator('.grid .card').filter({ hasText: 'Not available yet' })
    t.ok(unplayable.length > 0, 'the first page has such titles')
    t.equal(await marked.count(), unplayable.length)
    const { title } = unplayable[0]
    await marked.getByRole('link', { name: title }).and(page.getByRole('link', { name: 'Not available yet' })).first()
      .waitFor()
  })

  await testPage('the history shows the posters of its titles', 'Kim', async (t, page) => {
    const { items } = await api.asViewer('GET', `/v1/profiles/${api.profileId}/history?group=title&limit=5`)
    const urls = items.map(({ title }: { title: { posterUrl: string | null } }) => title.posterUrl)
    const url = urls.find((one: string | null) => one !== null)
    await page.goto(`${origin}/watch/history`)
    await page.locator(`.title-row img[src="${url}"]`).waitFor()
    t.ok(url, 'the history has a title with a poster')
  })

  await testPage('title pages show logo, stills and pictures of people', 'Kim', async (t, page) => {
    const { items: [matrix] } = await api.asViewer('GET', '/v1/search?q=the%20matrix')
    await page.goto(`${origin}/watch/movie/${matrix.id}`)
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).getByRole('img', { name: 'The Matrix' }).waitFor()
    const { credits: { cast: [actor] } } = await api.asViewer('GET', `/v1/movies/${matrix.id}`)
    await page.locator(`.person-card img[src="${actor.pictureUrl}"]`).waitFor()
    await page.goto(`${origin}/watch/people/${actor.personId}`)
    await page.locator(`.person-heading img[src="${actor.pictureUrl}"]`).waitFor()
    const { items: [chernobyl] } = await api.asViewer('GET', '/v1/search?q=chernobyl')
    const { episodes } = await api.asViewer('GET', `/v1/shows/${chernobyl.id}/seasons/1`)
    await page.goto(`${origin}/watch/show/${chernobyl.id}`)
    await page.locator(`.episode-still img[src="${episodes[0].stillUrl}"]`).waitFor()
    t.equal(await page.locator('.episode-still img').count(), episodes.length)
  })

  await testPage('see all opens every title of a row', 'Kim', async (t, page) => {
    await page.getByRole('link', { name: 'See all: Popular this week' }).click()
    await page.getByRole('heading', { level: 1, name: 'Popular this week' }).waitFor()
    const row = await api.asViewer('GET', `/v1/profiles/${api.profileId}/home/popular?limit=100`)
    const count = Math.min(row.items.length, 48)
    await page.locator('.grid .card').nth(count - 1).waitFor()
    t.ok(count > 20, 'the page has more titles than the row')
  })

  await testPage('rows are one tab stop, and arrow keys move inside and between them', 'Kim', async (t, page) => {
    const row = page.getByRole('region', { name: 'Popular this week' })
    const cards = row.locator('.card-link')
    await cards.first().focus()
    await page.keyboard.press('ArrowRight')
    t.equal(await cards.nth(1).and(page.locator(':focus')).count(), 1, 'right moves to the next card')
    t.equal(await row.locator('.card-link[tabindex="0"]').count(), 1, 'one card is a tab stop')
    await page.keyboard.press('ArrowDown')
    t.notOk(await row.locator(':focus').count(), 'down leaves the row')
    t.equal(await page.locator('.card-link:focus').count(), 1, 'the focus is on a card of the next row')
    await page.keyboard.press('ArrowUp')
    t.equal(await row.locator(':focus').count(), 1, 'up returns')
    await row.hover()
    await row.getByRole('button', { name: 'Scroll Popular this week on' }).click()
    await page.waitForTimeout(500)
    t.notOk(await isVisible(cards.first()), 'the arrow button scrolls the row')
    const before = await page.evaluate<number>('window.scrollY')
    await page.mouse.wheel(0, 300)
    await page.waitForTimeout(300)
    t.ok(await page.evaluate<number>('window.scrollY') > before, 'the wheel scrolls the page over a row')
  })

  await testPage('search follows typing, counts the matches and says why a title matched', 'Kim', async (t, page) => {
    const field = page.getByRole('searchbox', { name: 'Search titles, people and genres' })
    await field.pressSequentially('hanks', { delay: 20 })
    const { total } = await api.asViewer('GET', '/v1/search?q=hanks')
    await page.getByRole('heading', { level: 1, name: `${total} titles for “hanks”` }).waitFor()
    t.equal(await field.and(page.locator(':focus')).count(), 1, 'the focus stays in the field')
    const card = page.getByRole('link', { name: /^Toy Story/ })
    t.match(await card.textContent(), /With: Tom Hanks/, 'the card names the person')
    t.equal(await card.locator('mark').textContent(), 'Hanks', 'the match is marked')

    const types = page.getByRole('navigation', { name: 'Movies or shows' })
    await types.getByRole('link', { name: 'Shows' }).click()
    await page.getByRole('heading', { level: 1, name: '1 title for “hanks”' }).waitFor()
    t.equal(readSearch(page).get('type'), 'show')

    await field.fill('zzzzqqq')
    await page.getByRole('heading', { level: 2, name: 'Nothing found for “zzzzqqq”' }).waitFor()
    await types.getByRole('link', { name: 'All' }).click()
    await field.fill('hanks')
    await page.getByRole('navigation', { name: 'Suggestions' }).getByRole('link', { name: 'Tom Hanks' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tom Hanks' }).waitFor()
    t.match(page.url(), /\/people\//, 'a suggested person opens their page')
    await page.getByRole('link', { name: /^Band of Brothers/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Band of Brothers' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Tom Hanks' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: `${total} titles for “hanks”` }).waitFor()
    t.equal(await field.inputValue(), 'hanks', 'the field has the query of the URL')
  })

  const titles = ['The Matrix', 'Alien', 'Finding Nemo']
  const titleIds = await Promise.all(titles.map(api.findTitle))
  await api.asAdmin('POST', '/v1/admin/collections', { title: 'Three nights', kind: 'editorial', titleIds })
  await testPage('collections list their titles in order', 'Kim', async (t, page) => {
    await page.getByRole('navigation', { name: 'Footer' }).getByRole('link', { name: 'Collections' }).click()
    await page.getByRole('link', { name: /^Three nights/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Three nights' }).waitFor()
    await page.locator('.grid .card').nth(2).waitFor()
    t.strictSame(await page.locator('.grid .card strong').allTextContents(), titles)
    await page.getByRole('link', { name: /^Alien/ }).click()
    await page.getByRole('link', { name: 'Three nights' }).click()
    await page.getByRole('heading', { level: 1, name: 'Three nights' }).waitFor()
  })

  await testPage('a kids profile looks like one and hides what is not for kids', 'Kids', async (t, page) => {
    t.equal(await page.locator('body.is-kids').count(), 1, 'the page has the theme for kids')
    const names = await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link').allTextContents()
    t.notOk(names.includes('Genres'), 'the navigation is short')
    for (const width of [768, 901]) {
      await page.setViewportSize({ width, height: 720 })
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      t.ok(overflow <= 0, `${overflow} px overflow at ${width} px`)
    }
    t.equal(await page.getByRole('link', { name: 'Account' }).count(), 0, 'no link leads to the account')
    await page.goto(`${origin}/watch/search?q=alien&type=movie`)
    await page.locator('.page-heading h1').waitFor()
    t.equal(await page.getByRole('link', { name: /^Alien/ }).count(), 0, 'search finds no title for adults')
  })

  await testPage('the pages are in the language of the footer', 'Kim', async (t, page) => {
    const show = await api.findTitle('firefly')
    const { total } = await api.asViewer('GET', '/v1/search?q=firefly')
    const headings = {
      es: { browse: 'Películas', episodes: 'Episodios', search: `${total} títulos para «firefly»` },
      de: { browse: 'Filme', episodes: 'Folgen', search: `${total} Titel für „firefly“` },
      en: { browse: 'Movies', episodes: 'Episodes', search: `${total} titles for “firefly”` },
    }
    for (const [locale, names] of Object.entries(headings)) {
      await page.locator('.language-choice select').selectOption(locale)
      await page.locator(`html[lang="${locale}"] main h1`).first().waitFor()
      await page.goto(`${origin}/watch/browse/movies`)
      await page.getByRole('heading', { level: 1, name: names.browse, exact: true }).waitFor()
      await page.goto(`${origin}/watch/search?q=firefly`)
      await page.getByRole('heading', { level: 1, name: names.search }).waitFor()
      await page.goto(`${origin}/watch/show/${show}`)
      await page.getByRole('heading', { level: 2, name: names.episodes }).waitFor()
      t.equal(await page.locator('html').getAttribute('lang'), locale)
    }
  })

  await testPage('phones have the navigation at the bottom, and nothing overflows', 'Kim', async (t, page) => {
    await page.setViewportSize({ width: 320, height: 640 })
    const movies = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Movies' })
    const box = await movies.boundingBox()
    t.ok(box !== null && box.y > 560 && box.height >= 44, 'the links are at the bottom')
    const [movie, show] = await Promise.all([api.findTitle('alien'), api.findTitle('firefly')])
    const { credits } = await api.asViewer('GET', `/v1/movies/${movie}`)
    const paths = [
      '/',
      '/browse/movies?genre=Drama',
      '/genres',
      '/search?q=hanks',
      '/rows/popular',
      '/collections',
      `/movie/${movie}`,
      `/show/${show}`,
      `/people/${credits.cast[0].personId}`,
    ]
    for (const path of paths) {
      await page.goto(`${origin}/watch${path}`)
      await page.locator('h1').first().waitFor()
      await page.locator('.skeleton, .spinner').first().waitFor({ state: 'detached' })
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      t.ok(overflow <= 0, `${path}: ${overflow} px overflow`)
    }
  })
})
