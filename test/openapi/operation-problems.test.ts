// Every operation of the OpenAPI document names its own problems, has a description, and one subject as its tag.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { describeApi } from '../../src/cli/describe-api.js'
import { OPERATION_PROBLEMS } from '../../src/schemas/operation-problems.js'
import { PROBLEMS, type ProblemCode } from '../../src/schemas/problems.js'

type Node = Record<string, any>
const MAX_OPERATIONS_OF_TAG = 15
/** Operations without parameters, body, access control and rate limit. */
const CANNOT_FAIL = ['getLiveness', 'getReadiness', 'getMetrics']

const document: Node = await describeApi()
const operations = Object.values<Node>(document['paths']).flatMap((methods) => Object.values<Node>(methods))

t.test('every operation names its problems, each with an example', async (t) => {
  t.ok(operations.length > 130)
  for (const { operationId, responses } of operations) {
    const statuses = Object.keys(responses).filter((status) => /^4\d\d$/.test(status))
    if (!CANNOT_FAIL.includes(operationId)) t.ok(statuses.length > 0, operationId)
    for (const status of statuses) {
      const { examples } = responses[status].content['application/problem+json']
      for (const [code, { $ref }] of Object.entries<Node>(examples)) {
        const { value } = document['components'].examples[$ref.split('/').at(-1)]
        t.match(value, { code, status: Number(status), title: String, detail: String }, `${operationId} ${code}`)
      }
    }
  }
})

t.test('the table of problems knows only operations of the document', async (t) => {
  const ids = new Set(operations.map(({ operationId }) => operationId))
  t.strictSame(Object.keys(OPERATION_PROBLEMS).filter((id) => !ids.has(id)), [])
})

t.test('the guide lists each problem with its statuses', async (t) => {
  const page = readFileSync('docs/concepts/problems.md', 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| ([\d, ]+?) +\| (.+?) +\|$/gm)]
  const listed = Object.fromEntries(rows.map(([, code, statuses, advice]) => [code, { statuses, advice }]))
  const expected = Object.fromEntries((Object.keys(PROBLEMS) as ProblemCode[]).map((code) => {
    const { statuses, advice } = PROBLEMS[code]
    return [code, { statuses: statuses.join(', '), advice }]
  }))
  t.equal(rows.length, Object.keys(expected).length, 'one row for each code')
  t.strictSame(listed, expected)
})

t.test('operations have a description, and a tag for their subject', async (t) => {
  t.strictSame(operations.filter(({ description }) => !description).map(({ operationId }) => operationId), [])
  const described = document['tags'].map(({ name }: Node) => name)
  t.strictSame(document['tags'].filter(({ description }: Node) => !description), [])
  const counts = new Map<string, number>()
  for (const { tags: [tag, ...others] } of operations) {
    t.strictSame(others, [])
    t.ok(described.includes(tag), tag)
    counts.set(tag, (counts.get(tag) ?? 0) + 1)
  }
  t.strictSame([...counts].filter(([, count]) => count > MAX_OPERATIONS_OF_TAG), [])
})
