// Checks that the API description names every problem that the service sends in a test. Fails the test file at its end.
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { SentProblem } from '../../src/plugins/problems.js'

/** Problems that any request can get, whatever its operation. */
const ANY_REQUEST = new Set([
  'busy',
  'database-unavailable',
  'expectation-failed',
  'headers-too-large',
  'internal-error',
  'malformed-request',
  'method-not-allowed',
  'request-timeout',
  'search-busy',
  'stopping',
  'storage-full',
  'storage-unavailable',
  'unsupported-media-type',
  'url-too-long',
])

type Operations = Record<string, { operationId?: string, responses: Record<string, any> }>

/** Codes that the description names, by operation. */
function readDescribed (): Map<string, Set<string>> {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as { paths: Record<string, Operations> }
  const described = new Map<string, Set<string>>()
  for (const { operationId = '', responses } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const examples = Object.values(responses).map(({ content }) =>
      content?.['application/problem+json']?.examples ?? {}
    )
    described.set(operationId, new Set(examples.flatMap((example) => Object.keys(example))))
  }
  return described
}

const described = readDescribed()
const undescribed = new Set<string>()
/** Collects the problems of a run instead of failing, to complete the description. */
const collectInto = process.env['NORMFLIX_COLLECT_PROBLEMS']

subscribe('normflix:problem', (message) => {
  const { operationId, code } = message as SentProblem
  const codes = described.get(operationId)
  if (codes === undefined || codes.has(code) || ANY_REQUEST.has(code)) return
  undescribed.add(`${operationId}: ${code}`)
  if (collectInto !== undefined) appendFileSync(collectInto, `${operationId} ${code}\n`)
})

t.teardown(() => {
  if (undescribed.size > 0 && collectInto === undefined) {
    throw new Error(`The API description lacks problems: ${[...undescribed].join(', ')}`)
  }
})
