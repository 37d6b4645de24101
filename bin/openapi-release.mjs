// "npm run openapi:release": makes openapi/openapi.json the document that later changes are compared with. Texts and
// examples are left out: they break no client. Empties the list of acknowledged changes.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'openapi')
const TEXTS = new Set(['description', 'summary', 'example', 'examples', 'externalDocs'])
/** Objects whose keys are names, not keywords. */
const NAMED = new Set(['properties', 'schemas', 'headers', 'parameters', 'responses', 'paths', 'mapping'])

function withoutTexts (node, isNamed = false) {
  if (Array.isArray(node)) return node.map((item) => withoutTexts(item))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node).filter(([key]) => isNamed || !TEXTS.has(key)).map(([key, value]) => [
      key,
      // A response must have a description.
      withoutTexts(value, !isNamed && NAMED.has(key)),
    ]),
  )
}

const document = withoutTexts(JSON.parse(readFileSync(path.join(FOLDER, 'openapi.json'), 'utf8')))
for (const methods of Object.values(document.paths)) {
  for (const { responses } of Object.values(methods)) {
    for (const response of Object.values(responses)) response.description = ''
  }
}
writeFileSync(path.join(FOLDER, 'released.json'), `${JSON.stringify(document, null, 1)}\n`)
writeFileSync(path.join(FOLDER, 'breaking-changes.json'), '[]\n')
console.log(`openapi/released.json describes version ${document.info.version}.`)
