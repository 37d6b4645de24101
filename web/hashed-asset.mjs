// Writes an asset of a page whose name contains a hash of its content, so that browsers may cache it forever.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * @param outFolder dist/web
 * @param name name without the hash, such as `guides-page.css`
 * @returns the URL of the asset
 */
export function writeHashedAsset (outFolder, name, text) {
  const { name: stem, ext } = path.parse(name)
  const hash = createHash('sha256').update(text).digest('base64url').replace(/\W/g, '').slice(0, 8)
  const asset = `${stem}-${hash}${ext}`
  writeFileSync(path.join(outFolder, 'assets', asset), text)
  return `/assets/${asset}`
}
