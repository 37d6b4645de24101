// Writes what the client takes from the committed API description: its types, the operations that accept an
// idempotency key, and the problem codes. A client that does not match the API does not compile.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const DOCUMENT = fileURLToPath(new URL('../../openapi/openapi.json', import.meta.url))
const FOLDER = fileURLToPath(new URL('src/generated', import.meta.url))
const METHODS = ['get', 'put', 'post', 'delete', 'patch']

const quote = (text) => `'${text}'`

function listOperations ({ paths }) {
  return Object.entries(paths).flatMap(([url, methods]) =>
    METHODS.filter((method) => method in methods).map((method) => ({ method, url, operation: methods[method] }))
  )
}

/** Method and path of each operation with an `Idempotency-Key`, such as `POST /v1/profiles`. */
function listIdempotentOperations (document) {
  return listOperations(document)
    .filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'idempotency-key'))
    .map(({ method, url }) => `${method.toUpperCase()} ${url}`)
}

/** The codes that are examples of responses. */
function listProblemCodes (document) {
  const responses = listOperations(document).flatMap(({ operation }) => Object.values(operation.responses))
  const codes = responses.flatMap(({ content }) => Object.keys(content?.['application/problem+json']?.examples ?? {}))
  return [...new Set(codes)].sort()
}

function writeIfChanged (name, text) {
  mkdirSync(FOLDER, { recursive: true })
  const file = path.join(FOLDER, name)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

/** Writes the operations and problem codes, which bundles need. */
export function writeClientOperations () {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'))
  const operations = listIdempotentOperations(document).map((name) => `  ${quote(name)},\n`).join('')
  const codes = listProblemCodes(document).map((code) => `  | ${quote(code)}\n`).join('')
  writeIfChanged(
    'operations.ts',
    '/** Operations that accept an idempotency key. */\n' +
      `export const IDEMPOTENT_OPERATIONS = new Set([\n${operations}])\n\n` +
      `/** Codes of problems that the API documents. */\nexport type ProblemCode =\n${codes}`,
  )
}

/** Writes the operations and the types, which take a second. */
export async function writeClientTypes () {
  writeClientOperations()
  const { default: openapiTypes, astToString } = await import('openapi-typescript')
  writeIfChanged('api.ts', astToString(await openapiTypes(pathToFileURL(DOCUMENT), { defaultNonNullable: false })))
}
