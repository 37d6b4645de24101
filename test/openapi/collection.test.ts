// "npm run collection" writes a Bruno collection and a cheat sheet whose main requests work on the demo.
import bru from '@usebruno/lang'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { startDemoService } from '../support/demo-service.js'
import { findCommand } from '../support/run-command.js'
import { runNodeScript, runProcess } from '../support/run-process.js'

interface Named {
  readonly name: string
  readonly value: string
  readonly enabled: boolean
  readonly type?: string
}
interface BrunoRequest {
  readonly meta: { readonly name: string }
  readonly http: { readonly method: string, readonly url: string, readonly auth: string }
  readonly params?: readonly Named[]
  readonly headers?: readonly Named[]
  readonly auth?: { readonly bearer: { readonly token: string } }
  readonly body?: { readonly json: string }
  readonly script?: { readonly res: string }
}
type Variables = Record<string, string>

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-collection-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const built = await runNodeScript(['bin/collection.mjs', folder])
const read = (...names: string[]): string => readFileSync(path.join(folder, ...names), 'utf8')
const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string, summary: string }>>,
}
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))

/** Sends a request of the collection as Bruno does, and runs its script. @returns the status and the body */
async function send (file: string, variables: Variables): Promise<{ status: number, body: any }> {
  const { http, params = [], headers = [], auth, body, script } = bru.bruToJsonV2(read('bruno', file)) as BrunoRequest
  const fill = (text: string): string =>
    text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? `no variable ${name}`)
  const url = params.filter(({ type }) => type === 'path')
    .reduce((text, { name, value }) => text.replace(`:${name}`, fill(value)), fill(http.url))
  const response = await fetch(url, {
    method: http.method.toUpperCase(),
    headers: {
      ...Object.fromEntries(headers.filter(({ enabled }) => enabled).map(({ name, value }) => [name, fill(value)])),
      ...(auth === undefined ? {} : { authorization: `Bearer ${fill(auth.bearer.token)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: fill(body.json) }),
  })
  const text = await response.text()
  const result = { status: response.status, body: text === '' ? null : JSON.parse(text) as unknown }
  if (script !== undefined) {
    const setVar = (name: string, value: string): void => {
      variables[name] = value
    }
    runInNewContext(`(() => {\n${script.res}\n})()`, { res: result, bru: { setVar } })
  }
  return result
}

t.test('every operation is in the collection and in the cheat sheet', async (t) => {
  t.equal(built.code, 0, built.err)
  const files = readdirSync(path.join(folder, 'bruno'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.bru') && file.includes(path.sep) && !file.startsWith('environments'))
  t.equal(files.length, operations.length + 1, 'one file for each operation, and the log-in of the administrator')
  const requests = files.map((file) => bru.bruToJsonV2(read('bruno', file)) as BrunoRequest)
  t.ok(requests.every(({ http }) => http.url.startsWith('{{origin}}/')))
  const sheet = read('cheat-sheet.md')
  t.strictSame(operations.filter(({ operationId }) => !sheet.includes(`\`${operationId}\``)), [])
})

async function testRequests (t: Test, origin: string): Promise<void> {
  const environment = bru.bruToEnvJsonV2(read('bruno', 'environments', 'Demo.bru')) as { variables: Named[] }
  const variables: Variables = Object.fromEntries(environment.variables.map(({ name, value }) => [name, value]))
  t.equal(variables['origin'], 'http://127.0.0.1:3000')
  variables['origin'] = origin
  const main: ReadonlyArray<readonly [file: string, status: number]> = [
    ['Authentication/Log in.bru', 200],
    ['Authentication/Log in as administrator.bru', 200],
    ['Authentication/Exchange a refresh token for new tokens.bru', 200],
    ...fileOf(['selectProfile', 'getHome', 'search', 'getMovie'], 200),
    ...fileOf(['startPlayback'], 201),
    ...fileOf(['sendHeartbeat', 'stopPlayback', 'getContinue', 'listHistory'], 200),
    ...fileOf(['addToWishlist', 'rateTitle'], 204),
    ...fileOf(['listAccounts', 'getAccountDetail', 'countPlaysByDay', 'listAudit'], 200),
  ]
  for (const [file, status] of main) {
    const response = await send(file, variables)
    t.equal(response.status, status, `${file} ${status === response.status ? '' : JSON.stringify(response.body)}`)
  }
}

/** Files of operations in the collection. */
function fileOf (ids: readonly string[], status: number): Array<readonly [string, number]> {
  const files = readdirSync(path.join(folder, 'bruno'), { recursive: true, encoding: 'utf8' })
  return ids.map((id) => {
    const summary = operations.find(({ operationId }) => operationId === id)?.summary ?? id
    const name = summary.replace(/[/\\:*?"<>|`]/g, ' ').replace(/\s+/g, ' ').trim()
    return [files.find((file) => path.basename(file) === `${name}.bru`) ?? `no file for ${id}`, status] as const
  })
}

t.test('the main requests work on the demo', { timeout: 200_000 }, async (t) => {
  const origin = await startDemoService(t)
  await t.test('of the collection', async (t) => {
    await testRequests(t, origin)
  })
  const missing = ['bash', 'curl', 'jq'].filter((command) => findCommand(command) === null)
  await t.test('of the cheat sheet', { skip: missing.length > 0 ? missing.join() : false }, async (t) => {
    const sheet = read('cheat-sheet.md')
    const [setUp = ''] = [...sheet.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)
    const commandOf = (id: string): string =>
      new RegExp(`^\`${id}\`\\n\\n\`\`\`sh\\n(.*?)^#`, 'ms').exec(sheet)?.[1]?.replace(
        'curl',
        'curl -sf -o /dev/null',
      ) ?? ''
    const ids = ['getHome', 'search', 'getMovie', 'rateTitle', 'putProgress', 'getProgress', 'listAccounts']
    const script = [
      setUp.replace('http://127.0.0.1:3000', origin),
      ...ids.map((id) => `${commandOf(id)}\necho '${id}'`),
    ].join('\n')
    const { code, out, err } = await runProcess('bash', ['-euo', 'pipefail', '-c', script])
    t.equal(code, 0, err)
    t.strictSame(out.trim().split('\n'), ids)
  })
})
