// The guides at /guides: every page, its links, its caching, and how it looks to axe-core and on a narrow screen.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { findViolations } from './axe.js'
import { findChromium, launchBrowser, openPage } from './browser.js'

interface GuidePage {
  readonly html: string
  readonly links: readonly string[]
  readonly ids: readonly string[]
}

const START = '/guides'
const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  externalDocs: { url: string },
  tags: Array<{ name: string, externalDocs?: { url: string } }>,
}
const chromium = findChromium()

const valuesOf = (html: string, attribute: string): string[] =>
  [...html.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value)

/** Follows the links from the start. @returns the pages by URL */
async function readPages (app: FastifyInstance): Promise<Map<string, GuidePage>> {
  const pages = new Map<string, GuidePage>()
  const waiting = [START]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (pages.has(url)) continue
    const { status, bytes } = await call(app, 'GET', url)
    if (status !== 200) throw new Error(`${url}: ${status}`)
    const html = bytes.toString()
    const links = valuesOf(html, 'href')
    pages.set(url, { html, links, ids: valuesOf(html, 'id') })
    waiting.push(...links.filter((link) => link.startsWith(START)).map((link) => link.split('#')[0] ?? ''))
  }
  return pages
}

t.test('every link leads to a page or a heading that exists', async (t) => {
  const { app } = await startApp(t)
  const pages = await readPages(app)
  t.ok(pages.size >= 24, `${pages.size} pages`)
  for (const name of ['quickstart', 'client', 'webhooks', 'api-tokens', 'versioning']) {
    t.ok(pages.has(`${START}/${name}`))
  }
  for (const [url, { html, links, ids }] of pages) {
    t.equal(new Set(ids).size, ids.length, `${url}: each ID is unique`)
    t.equal(html.match(/<h1/g)?.length, 1, `${url}: one title`)
    const broken: string[] = []
    for (const link of links.filter((one) => !one.startsWith('https://'))) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? pages.get(url) : pages.get(path)
      const isFound = target === undefined
        ? (await call(app, 'GET', path)).status === 200
        : anchor === undefined || target.ids.includes(anchor)
      if (!isFound) broken.push(link)
    }
    t.strictSame(broken, [], url)
  }
})

t.test('the document refers to guides that exist', async (t) => {
  const { app } = await startApp(t)
  const urls = document.tags.flatMap(({ externalDocs }) => externalDocs?.url ?? [])
  t.ok(urls.length >= 24, `${urls.length} tags with a guide`)
  for (const url of [document.externalDocs.url, ...urls]) t.equal((await call(app, 'GET', url)).status, 200, url)
})

t.test('the pages have a strict content security policy and entity tags', async (t) => {
  const { app } = await startApp(t)
  for (const url of [START, `${START}/quickstart`]) {
    const { headers, bytes } = await call(app, 'GET', url)
    t.match(headers['content-security-policy'], /^default-src 'none'; style-src 'self'; img-src 'self';/)
    t.notMatch(bytes.toString(), /<script|<style|\sstyle=|\son\w+=/)
    t.match(headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    const etag = String(headers.etag)
    t.equal((await call(app, 'GET', url, { headers: { 'if-none-match': etag } })).status, 304)
    t.equal((await call(app, 'HEAD', url)).status, 200)
  }
  for (const name of ['index', 'no-such-guide', 'quickstart.html', '..%2Fwatch%2Findex', 'Quickstart']) {
    expectProblem(t, await call(app, 'GET', `${START}/${name}`), 'not-found', 404)
  }
})

t.test('the pages in Chromium', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 280_000,
}, async (t) => {
  const { app } = await startApp(t)
  const pages = await readPages(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const { page, errors } = await openPage(browser)
  for (const url of pages.keys()) {
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 320, height: 700 })
    await page.goto(origin + url)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    t.ok(width <= 320, `${url}: ${width} px wide on a screen of 320 px`)
    t.strictSame(await findViolations(page), [], `${url}, light`)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    t.strictSame(await findViolations(page), [], `${url}, dark`)
  }
  t.strictSame(errors, [])
})
