// The pages of the documentation that the service shows at /guides, in their order.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))

const filesIn = (folder) =>
  readdirSync(path.join(DOCS, folder)).filter((name) => name.endsWith('.md') && name !== 'README.md').sort()
    .map((name) => `${folder}/${name}`)

/** Files within docs, by section of the navigation. */
const SECTIONS = [
  ['Start', ['guides/README.md', 'quickstart.md', 'client.md']],
  ['Guides', [...filesIn('guides'), 'webhooks.md']],
  ['Concepts', [...filesIn('concepts'), 'versioning.md']],
]

/** The last part of the URL is the name of the file; the list of guides is /guides itself. */
const toSlug = (file) => file === 'guides/README.md' ? '' : path.basename(file, '.md')

/** @returns `{ section, file, slug, url }` of each page; `file` is relative to docs, `slug` is empty for the start */
export function listPages () {
  return SECTIONS.flatMap(([section, files]) =>
    files.map((file) => ({
      section,
      file,
      slug: toSlug(file),
      url: toSlug(file) === '' ? '/guides' : `/guides/${toSlug(file)}`,
    }))
  )
}

export const docsFile = (file) => path.join(DOCS, file)
