// npm run demo:artwork: renders the artwork of the demo and the pictures of its people to WebP files in
// src/demo/artwork/images.
import { readFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import {
  ARTWORK_FOLDER,
  artworkName,
  BACKDROP_SIZE,
  drawBackdrop,
  drawLogo,
  drawPoster,
  drawStill,
  LOGO_SIZE,
  PLACEHOLDERS_FILE,
  POSTER_SIZE,
  STILL_SIZE,
  stillName,
  type ArtworkSize,
} from '../../src/demo/artwork/artwork.js'
import { drawPortrait, listPeopleWithPortrait, PORTRAIT_SIZE, portraitName } from '../../src/demo/artwork/portraits.js'
import { computePlaceholder } from '../../src/media/images/placeholder.js'
import { demoShows } from '../../src/demo/shows.js'
import { listFeaturedTitles, listTitlesWithPoster, mediaPlan } from '../../src/demo/media-plan.js'
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
  const featured = new Map(listFeaturedTitles().map((title) => [title.id, title]))
  const placeholders: Record<string, string | null> = {}
  const write = async (name: string, image: Buffer): Promise<void> => {
    writeFileSync(path.join(ARTWORK_FOLDER, name), image)
    placeholders[name] = await computePlaceholder(image)
    bytes += image.length
  }
  for (const title of titles) {
    const images = {
      poster: await render(page, session, drawPoster(title), POSTER_SIZE),
      ...(featured.has(title.id) ? { backdrop: await render(page, session, drawBackdrop(title), BACKDROP_SIZE) } : {}),
    }
    for (const [kind, image] of Object.entries(images)) {
      await write(`${artworkName(title)}.${kind}.webp`, image)
    }
  }
  const withFiles = new Set(mediaPlan.map(({ itemId }) => itemId))
  let stillCount = 0
  for (const show of demoShows) {
    for (const season of show.seasons) {
      for (const { id, number } of season.episodes.filter((episode) => withFiles.has(episode.id))) {
        await write(
          stillName(show, season.number, number),
          await render(page, session, drawStill(show, id), STILL_SIZE),
        )
        stillCount++
      }
    }
  }
  const people = listPeopleWithPortrait([...featured.values()])
  for (const person of people) {
    await write(portraitName(person), await render(page, session, drawPortrait(person), PORTRAIT_SIZE))
  }
  // Logos have a clear ground.
  await session.send('Emulation.setDefaultBackgroundColorOverride', { color: { r: 0, g: 0, b: 0, a: 0 } })
  for (const title of featured.values()) {
    await write(`${artworkName(title)}.logo.webp`, await render(page, session, drawLogo(title), LOGO_SIZE))
  }
  writeFileSync(PLACEHOLDERS_FILE, `${JSON.stringify(placeholders, null, 1)}\n`)
  const drawn = `${titles.length} posters, ${featured.size} backdrops and logos, ${stillCount} stills and ` +
    `${people.length} people`
  console.log(`Drew ${drawn}, ${Math.round(bytes / 1_024)} kB, to ${ARTWORK_FOLDER}`)
} finally {
  await browser.close()
}
