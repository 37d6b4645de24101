// Writes the guides and concepts of docs as static pages into dist/web/guides.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeHashedAsset } from '../hashed-asset.mjs'
import { docsFile, listPages } from './pages.mjs'
import { escapeHtml, renderPage } from './render-page.mjs'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const MAX_SUMMARY_LENGTH = 160
/** Shorter pages need no list of headings. */
const MIN_HEADINGS = 2

function navigation (pages, current) {
  const sections = [...new Set(pages.map(({ section }) => section))]
  return sections.map((section) => {
    const links = pages.filter((page) => page.section === section).map(({ url, title }) =>
      `<li><a href="${url}"${url === current.url ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a></li>`
    )
    return `<h2>${section}</h2><ul>${links.join('')}</ul>`
  }).join('\n')
}

function contents (headings) {
  const items = headings.filter(({ depth }) => depth === 2)
    .map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
  if (items.length < MIN_HEADINGS) return ''
  return `<nav class="contents" aria-labelledby="contents"><h2 id="contents">On this page</h2><ul>${
    items.join('')
  }</ul></nav>`
}

/** @param outFolder dist/web */
export function writeGuides (outFolder) {
  const listed = listPages()
  const urls = new Map(listed.map(({ file, url }) => [file, url]))
  const pages = listed.map((page) => {
    const markdown = readFileSync(docsFile(page.file), 'utf8')
    return { ...page, ...renderPage(markdown, page.file, urls) }
  })
  const style = writeHashedAsset(outFolder, 'guides-page.css', readFileSync(path.join(FOLDER, 'page.css'), 'utf8'))
  const template = readFileSync(path.join(FOLDER, 'page.html'), 'utf8')
  mkdirSync(path.join(outFolder, 'guides'), { recursive: true })
  for (const page of pages) {
    const values = {
      title: escapeHtml(page.title),
      summary: escapeHtml(page.summary.slice(0, MAX_SUMMARY_LENGTH)),
      style,
      navigation: navigation(pages, page),
      contents: contents(page.headings),
      article: page.html,
    }
    const html = template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name])
    writeFileSync(path.join(outFolder, 'guides', `${page.slug === '' ? 'index' : page.slug}.html`), html)
  }
}
