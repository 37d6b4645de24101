// Writes the page of the API reference into dist/web: the bundle of Scalar, and our own script, style and header.
// The names of its assets contain a hash of their content.
import scalar from '@scalar/fastify-api-reference'
import fastify from 'fastify'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeHashedAsset } from '../hashed-asset.mjs'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** The bundle for browsers. The package exports it only as a route. */
async function readScalarBundle () {
  const app = fastify()
  await app.register(scalar, { routePrefix: '/reference', configuration: { url: '/openapi.json' } })
  const { statusCode, body } = await app.inject('/reference/js/scalar.js')
  await app.close()
  if (statusCode !== 200) throw new Error(`Scalar has no bundle at its route: ${statusCode}`)
  return body.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
}

/** @param outFolder dist/web */
export async function writeReference (outFolder) {
  const assets = {
    'page.css': readFileSync(path.join(FOLDER, 'page.css'), 'utf8'),
    'setup.js': readFileSync(path.join(FOLDER, 'setup.js'), 'utf8'),
    'scalar.js': await readScalarBundle(),
    'page.js': readFileSync(path.join(FOLDER, 'page.js'), 'utf8'),
  }
  let html = readFileSync(path.join(FOLDER, 'index.html'), 'utf8')
  for (const [name, text] of Object.entries(assets)) {
    html = html.replace(`"${name}"`, `"${writeHashedAsset(outFolder, `reference-${name}`, text)}"`)
  }
  mkdirSync(path.join(outFolder, 'reference'), { recursive: true })
  writeFileSync(path.join(outFolder, 'reference', 'index.html'), html)
}
