// Generates clients in TypeScript, Python and Go from the OpenAPI document without a warning, compiles them and plays a
// movie with each. "npm run check:clients" runs all of it, which takes minutes: the generators are installed into the
// cache folder once. "npm test" runs the part in TypeScript.
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import openapiTypes, { astToString } from 'openapi-typescript'
import t, { type Test } from 'tap'
import { installWithPip } from '../fuzz/schemathesis.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const run = promisify(execFile)
const DOCUMENT = path.resolve('openapi', 'openapi.json')
const SOURCES = path.resolve('test', 'openapi', 'clients')
const CACHE = path.resolve('.cache')
const OAPI_CODEGEN = 'v2.8.2'
const OAPI_RUNTIME = 'v1.4.0'
const COMMAND_TIMEOUT_MS = 300_000
/** Set by `npm run check:clients`: a missing program is a failure. */
const IS_COMPLETE = process.env['NORMFLIX_TEST_CLIENTS'] === 'all'
const NOT_RUN = IS_COMPLETE ? false : 'npm run check:clients runs it'
const EXPECTED = { title: 'Metropolis', rating: 'PG', year: 1927, stoppedMs: 4_000, kind: 'resume', continueMs: 4_000 }

async function runProgram (
  program: string,
  args: readonly string[],
  cwd: string,
  variables: Record<string, string> = {},
): Promise<string> {
  const env = { ...process.env, ...variables }
  const { stdout } = await run(program, args, { cwd, env, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 * 1024 ** 2 })
  return stdout
}

/** Runs a generator. @returns what it prints, warnings included */
async function generate (program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await run(program, args, { cwd, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 * 1024 ** 2 })
  return `${stdout}${stderr}`.trim()
}

/** Creates a folder inside the project, so that Node.js finds its packages. */
function createFolder (t: Test): string {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(path.join(CACHE, 'client-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Returns the path of oapi-codegen; null without Go. */
async function installOapiCodegen (): Promise<string | null> {
  const folder = path.join(CACHE, `oapi-codegen-${OAPI_CODEGEN}`)
  const program = path.join(folder, 'oapi-codegen')
  if (await run('go', ['version']).then(() => false, () => true)) return null
  if (!existsSync(program)) {
    const source = `github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@${OAPI_CODEGEN}`
    await runProgram('go', ['install', source], CACHE, { GOBIN: folder })
  }
  return program
}

t.test('generated clients play a movie', { timeout: 900_000 }, async (t) => {
  const { app } = await startApp(t, {}, undefined, { now: () => new Date(), advance: () => undefined })
  const admin = await signUpAdmin(app)
  await addMovie(app, admin, { title: 'Metropolis', year: 1927, releaseDate: null, maturityRating: 'PG' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const toVariables = ({ email }: TestUser): Record<string, string> => ({
    ORIGIN: `http://127.0.0.1:${port}`,
    EMAIL: email,
    PASSWORD,
  })
  const createUser = async (): Promise<Record<string, string>> => toVariables(await signUp(app))
  const reader = await signUp(app)
  const { body: home } = await reader.get(`/v1/profiles/${reader.profileId}/home`)
  const expected = { rows: home.rows.length, ...EXPECTED }

  await t.test('TypeScript: openapi-typescript and openapi-fetch', async (t) => {
    const folder = createFolder(t)
    writeFileSync(path.join(folder, 'api.d.ts'), astToString(await openapiTypes(pathToFileURL(DOCUMENT))))
    copyFileSync(path.join(SOURCES, 'client.mts'), path.join(folder, 'client.mts'))
    const compilerOptions = { target: 'ES2022', module: 'NodeNext', strict: true, skipLibCheck: true, types: ['node'] }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }))
    await runProgram(process.execPath, [path.resolve('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], folder)
    const output = await runProgram(process.execPath, ['client.mjs'], folder, await createUser())
    t.strictSame(JSON.parse(output), expected)
  })

  await t.test('Python: openapi-python-client', { skip: NOT_RUN }, async (t) => {
    const bin = await installWithPip('openapi-python-client', '0.29.1')
    if (bin === null) return t.fail('Python 3.10 with pip and venv is needed: https://www.python.org')
    const folder = createFolder(t)
    const args = ['generate', '--path', DOCUMENT, '--config', path.join(SOURCES, 'python.yml'), '--meta', 'none']
    const generator = path.join(bin, 'openapi-python-client')
    t.equal(
      await generate(generator, [...args, '--output-path', 'normflix_client'], folder),
      'Generating normflix_client',
      'without warnings',
    )
    copyFileSync(path.join(SOURCES, 'client.py'), path.join(folder, 'client.py'))
    await runProgram(path.join(bin, 'python'), ['-m', 'compileall', '-q', '.'], folder)
    const output = await runProgram(path.join(bin, 'python'), ['client.py'], folder, await createUser())
    t.strictSame(JSON.parse(output), expected)
  })

  await t.test('Go: oapi-codegen', { skip: NOT_RUN }, async (t) => {
    const program = await installOapiCodegen()
    if (program === null) return t.fail('Go 1.21 or newer is needed: https://go.dev')
    const folder = createFolder(t)
    mkdirSync(path.join(folder, 'api'))
    // Without skip-prune, the types of webhook events are missing.
    const args = ['-generate', 'types,client,skip-prune', '-package', 'api', '-o', path.join('api', 'api.go'), DOCUMENT]
    t.equal(await generate(program, args, folder), '', 'without warnings')
    copyFileSync(path.join(SOURCES, 'client.go'), path.join(folder, 'client.go'))
    const requirement = `require github.com/oapi-codegen/runtime ${OAPI_RUNTIME}`
    writeFileSync(path.join(folder, 'go.mod'), `module client\n\ngo 1.21\n\n${requirement}\n`)
    await runProgram('go', ['mod', 'tidy'], folder)
    await runProgram('go', ['vet', './...'], folder)
    const output = await runProgram('go', ['run', '.'], folder, await createUser())
    t.strictSame(JSON.parse(output), expected)
  })
})
