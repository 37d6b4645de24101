// "npm run lint:api" accepts the document of the service, and rejects one that breaks a rule.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { runNodeScript } from '../support/run-process.js'

type Node = Record<string, any>
const SCRIPT = path.join('bin', 'lint-api.mjs')

t.test('the document of the service has no errors and no warnings', async (t) => {
  const { code, out, err } = await runNodeScript([SCRIPT])
  t.equal(code, 0, err)
  t.match(out, 'openapi/openapi.json follows the rules')
})

t.test('a document that breaks a rule is rejected with the name of the rule', async (t) => {
  const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as Node
  delete document['paths']['/v1/plans'].get.description
  document['paths']['/v1/auth/login'].post.requestBody.content['application/json'].example.password = 7
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-lint-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(document))
  const { code, err } = await runNodeScript([SCRIPT, file])
  t.equal(code, 1)
  t.match(err, /operation-description .*plans/)
  t.match(err, /no-invalid-media-type-examples .*login/)
})
