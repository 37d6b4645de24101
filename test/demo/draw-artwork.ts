// npm run demo:artwork: renders the posters and backdrops of the demo to WebP files in src/demo/artwork/images.
import { readFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import {
  ARTWORK_FOLDER,
  artworkName,
  BACKDROP_SIZE,
  drawBackdrop,
  drawPoster,
  POSTER_SIZE,
  type ArtworkSize,
} from '../../src/demo/artwork/artwork.js'
import { listFeaturedTitles, listTitlesWithPoster } from '../../src/demo/media-plan.js'
import { findChromium, launchBrowser } from '../web/browser.js'

const WEBP_QUALITY = 72
const FONTS: ReadonlyArray<readonly [family: string, weight: number, file: string]> = [
  ['Bebas Neue', 800, '@fontsource/bebas-neue/files/bebas-neue-latin-400-normal.woff2'],
  ['Cinzel', 800, '@fontsource/cinzel/files/cinzel-latin-800-normal.woff2'],
  ['Fredoka', 800, '@fontsource/fredoka/files/fredoka-latin-700-normal.woff2'],
  ['Playfair Display', 800, '@fontsource/playfair-display/files/playfair-display-latin-800-normal.woff2'],
  ['Outfit', 800, '@fontsource-variable/outfit/files/outfit-latin-wght-normal.woff2'],
  ['Outfit', 600, '@fontsource-variable/outfit/files/outfit-latin-wght-normal.woff2'],
]
const require = createRequire(import.meta.url)

/** The fonts as data URLs: a page without an origin cannot read files. */
const fontFaces = FONTS.map(([family, weight, file]) => {
  const data = readFileSync(require.resolve(file)).toString('base64')
  return `@font-face { font-family: '${family}'; font-weight: ${weight}; src: url(data:font/woff2;base64,${data}) }`
}).join('\n')

/** Makes the title as large as its box allows. Runs in the page. */
const FIT_TITLE = `(async () => {
  await document.fonts.ready
  const [box, title] = [document.querySelector('#box'), document.querySelector('#title')]
  if (title === null) return
  const fits = () => title.scrollWidth <= box.clientWidth && title.offsetHeight <= box.clientHeight - 40
  for (let size = 84; size > 20 && !fits(); size -= 2) title.style.fontSize = size + 'px'
})()`

async function render (
  page: Page,
  session: CDPSession,
  html: string,
  { width, height }: ArtworkSize,
): Promise<Buffer> {
  await page.setViewportSize({ width, height })
  await page.setContent(`${html}<style>${fontFaces}</style>`)
  await page.evaluate(FIT_TITLE)
  const clip = { x: 0, y: 0, width, height, scale: 1 }
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: WEBP_QUALITY, clip })
  return Buffer.from(data, 'base64')
}

const executablePath = findChromium()
if (executablePath === null) throw new Error('Chromium was not found. Install it, or set CHROMIUM_PATH.')
const browser = await launchBrowser(executablePath)
try {
  const page = await browser.newPage()
  const session = await page.context().newCDPSession(page)
  rmSync(ARTWORK_FOLDER, { recursive: true, force: true })
  mkdirSync(ARTWORK_FOLDER, { recursive: true })
  let bytes = 0
  const titles = listTitlesWithPoster()
  const featured = new Set(listFeaturedTitles().map(({ id }) => id))
  for (const title of titles) {
    const images = {
      poster: await render(page, session, drawPoster(title), POSTER_SIZE),
      ...(featured.has(title.id) ? { backdrop: await render(page, session, drawBackdrop(title), BACKDROP_SIZE) } : {}),
    }
    for (const [kind, image] of Object.entries(images)) {
      writeFileSync(path.join(ARTWORK_FOLDER, `${artworkName(title)}.${kind}.webp`), image)
      bytes += image.length
    }
  }
  console.log(
    `Drew ${titles.length} posters and ${featured.size} backdrops, ${
      Math.round(bytes / 1_024)
    } kB, to ${ARTWORK_FOLDER}`,
  )
} finally {
  await browser.close()
}
