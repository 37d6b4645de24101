// Generates clients in TypeScript, Python and Go from the OpenAPI document, compiles them and plays a movie with each.
// The generators are installed into the cache folder once; without Python or Go that part is skipped.
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
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'

const run = promisify(execFile)
const DOCUMENT = path.resolve('openapi', 'openapi.json')
const SOURCES = path.resolve('test', 'openapi', 'clients')
const CACHE = path.resolve('.cache')
const OAPI_CODEGEN = 'v2.8.2'
const OAPI_RUNTIME = 'v1.4.0'
const COMMAND_TIMEOUT_MS = 300_000
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
  const createUser = async (): Promise<Record<string, string>> => {
    const { email } = await signUp(app)
    return { ORIGIN: `http://127.0.0.1:${port}`, EMAIL: email, PASSWORD }
  }

  await t.test('TypeScript: openapi-typescript and openapi-fetch', async (t) => {
    const folder = createFolder(t)
    writeFileSync(path.join(folder, 'api.d.ts'), astToString(await openapiTypes(pathToFileURL(DOCUMENT))))
    copyFileSync(path.join(SOURCES, 'client.mts'), path.join(folder, 'client.mts'))
    const compilerOptions = { target: 'ES2022', module: 'NodeNext', strict: true, skipLibCheck: true, types: ['node'] }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }))
    await runProgram(process.execPath, [path.resolve('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], folder)
    const output = await runProgram(process.execPath, ['client.mjs'], folder, await createUser())
    t.strictSame(JSON.parse(output), EXPECTED)
  })

  const bin = await installWithPip('openapi-python-client', '0.29.1') ?? ''
  const noPython = bin === '' && 'Python 3.10 with pip is not installed'
  await t.test('Python: openapi-python-client', { skip: noPython }, async (t) => {
    const folder = createFolder(t)
    writeFileSync(path.join(folder, 'config.yml'), 'package_name_override: normflix_client\npost_hooks: []\n')
    const args = ['generate', '--path', DOCUMENT, '--config', 'config.yml', '--meta', 'none']
    await runProgram(path.join(bin, 'openapi-python-client'), [...args, '--output-path', 'normflix_client'], folder)
    copyFileSync(path.join(SOURCES, 'client.py'), path.join(folder, 'client.py'))
    await runProgram(path.join(bin, 'python'), ['-m', 'compileall', '-q', '.'], folder)
    const output = await runProgram(path.join(bin, 'python'), ['client.py'], folder, await createUser())
    t.strictSame(JSON.parse(output), EXPECTED)
  })

  const program = await installOapiCodegen() ?? ''
  await t.test('Go: oapi-codegen', { skip: program === '' && 'Go is not installed' }, async (t) => {
    const folder = createFolder(t)
    mkdirSync(path.join(folder, 'api'))
    const args = ['-generate', 'types,client', '-package', 'api', '-o', path.join('api', 'api.go'), DOCUMENT]
    await runProgram(program, args, folder)
    copyFileSync(path.join(SOURCES, 'client.go'), path.join(folder, 'client.go'))
    const requirement = `require github.com/oapi-codegen/runtime ${OAPI_RUNTIME}`
    writeFileSync(path.join(folder, 'go.mod'), `module client\n\ngo 1.21\n\n${requirement}\n`)
    await runProgram('go', ['mod', 'tidy'], folder)
    await runProgram('go', ['vet', './...'], folder)
    const output = await runProgram('go', ['run', '.'], folder, await createUser())
    t.strictSame(JSON.parse(output), EXPECTED)
  })
})
