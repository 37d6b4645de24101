// "npm run openapi:breaking" finds changes that break clients, unless they are acknowledged with a reason.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { findCommand } from '../support/run-command.js'
import { runNodeScript } from '../support/run-process.js'

type Node = Record<string, any>
const hasOasdiff = ['oasdiff', 'go'].some((command) => findCommand(command) !== null)
const released = (): Node => JSON.parse(readFileSync('openapi/released.json', 'utf8')) as Node

t.test('breaking changes', { skip: hasOasdiff ? false : 'needs oasdiff or Go', timeout: 280_000 }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-breaking-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, content: unknown): string => {
    const file = path.join(folder, name)
    writeFileSync(file, JSON.stringify(content))
    return file
  }
  const compare = async (revision: Node, acknowledged: unknown[] = []) =>
    await runNodeScript([
      'bin/openapi-breaking.mjs',
      'openapi/released.json',
      write('revision.json', revision),
      write('acknowledged.json', acknowledged),
    ])

  await t.test('the document of the service breaks no client of the last release', async (t) => {
    t.ok(existsSync('openapi/breaking-changes.json'))
    const { code, err } = await runNodeScript(['bin/openapi-breaking.mjs'])
    t.equal(code, 0, err)
  })

  const withoutPrice = released()
  delete withoutPrice['components'].schemas.Plan.properties.price
  withoutPrice['components'].schemas.Plan.required = (withoutPrice['components'].schemas.Plan.required as string[])
    .filter((name) => name !== 'price')

  await t.test('a removed field fails, and an acknowledgement with a reason lets it pass', async (t) => {
    const { code, err } = await compare(withoutPrice)
    t.equal(code, 1)
    const changes = [...err.matchAll(/^breaks clients: (.+)$/gm)].map(([, change = '']) => change)
    t.ok(changes.some((change) => /^GET \/v1\/plans response-.*removed.*price/.test(change)), err)
    const acknowledged = changes.map((change) => ({ change, reason: 'Prices moved to the shop.' }))
    t.equal((await compare(withoutPrice, acknowledged)).code, 0)
    t.equal((await compare(withoutPrice, changes.map((change) => ({ change })))).code, 1, 'a reason is required')
    const unused = await compare(released(), acknowledged)
    t.equal(unused.code, 1, 'an entry without a change fails')
    t.match(unused.err, /not a change: GET \/v1\/plans/)
  })

  await t.test('a removed operation and a required parameter fail; a new value of a response does not', async (t) => {
    const withoutPlans = released()
    delete withoutPlans['paths']['/v1/plans']
    t.match(await compare(withoutPlans), { code: 1, err: /GET \/v1\/plans api-.*removed/ })
    const withParameter = released()
    withParameter['paths']['/v1/plans'].get.parameters = [
      { name: 'currency', in: 'query', required: true, schema: { type: 'string' } },
    ]
    t.match(await compare(withParameter), { code: 1, err: /new-required-request-parameter/ })
    const withValue = released()
    withValue['components'].schemas.MailState.enum.push('paused')
    t.match(await compare(withValue), { code: 0 })
  })
})
