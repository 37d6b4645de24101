// The package as npm packs it: installed into an empty folder, type-checked and run there.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { PASSWORD, signUp } from '../support/users.js'
import { startClientWorld } from './client-world.js'

const run = promisify(execFile)
const PACKAGE = path.resolve('packages', 'client')
const DEPENDENCIES = ['openapi-fetch', 'openapi-typescript-helpers']
const TIMEOUT_MS = 120_000

/** A program of a user of the package. */
const PROGRAM = `
import { createClient, isProblem, listItems, unwrap, type StreamEnd } from '@normflix/client'

const client = createClient({ baseUrl: process.env['ORIGIN'] ?? '', device: 'Test TV' })
const account = await client.logIn(process.env['EMAIL'] ?? '', process.env['PASSWORD'] ?? '')
await client.selectProfile(account.profiles[0]?.id ?? '')
const titles: string[] = []
let itemId = ''
for await (const card of listItems(() => client.profileClient.GET('/v1/titles'))) {
  titles.push(card.title)
  itemId = card.id
}
const state = { positionMs: 41_041, watchedMs: 41_000, isPaused: false }
const session = await client.startPlayback({ itemId }, () => state)
await session.stop()
const end: StreamEnd = await session.ended
const card = await unwrap(client.profileClient.GET('/v1/profiles/{profileId}/continue', {
  params: { path: { profileId: client.currentProfileId() } },
}))
const error: unknown = await client.selectProfile('0'.repeat(24)).catch((cause: unknown) => cause)
const isMissing: boolean = isProblem(error, 'not-found')
client.close()
console.log(JSON.stringify({ titles, end, positionMs: card?.positionMs, isMissing }))
`
/** Each line must not compile. */
const MISTAKES = [
  "client.profileClient.GET('/v1/nothing')",
  "client.profileClient.GET('/v1/titles', { params: { query: { sort: 'colour' } } })",
  "client.startPlayback({ item: 'x' }, () => ({ positionMs: 0, isPaused: false }))",
  "isProblem(null, 'no-such-code')",
]

t.test('the packed client', { timeout: 3 * TIMEOUT_MS }, async (t) => {
  const folder = t.testdir({ 'package.json': '{ "private": true, "type": "module" }' })
  const { origin, app } = await startClientWorld(t)
  const program = async (command: string, args: readonly string[], variables: Record<string, string> = {}) => {
    const env = { ...process.env, NODE_OPTIONS: '', ...variables }
    return await run(command, args, { cwd: folder, env, timeout: TIMEOUT_MS })
  }

  await t.test('contains its scripts and types only', async (t) => {
    // The build of the tests has built it.
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: PACKAGE,
      timeout: TIMEOUT_MS,
    })
    const [{ filename, files }] = JSON.parse(stdout)
    t.strictSame(
      files.map((file: { path: string }) => file.path).filter((name: string) => !/^dist\/.+\.(js|d\.ts)$/.test(name)),
      ['README.md', 'package.json'],
    )
    await program('tar', ['-xzf', filename])
    mkdirSync(path.join(folder, 'node_modules', '@normflix'), { recursive: true })
    cpSync(path.join(folder, 'package'), path.join(folder, 'node_modules', '@normflix', 'client'), { recursive: true })
    const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package', 'package.json'), 'utf8'))
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    t.strictSame(dependencies, { 'openapi-fetch': devDependencies['openapi-fetch'] }, 'the version of the project')
    for (const name of DEPENDENCIES) {
      cpSync(path.resolve('node_modules', name), path.join(folder, 'node_modules', name), { recursive: true })
    }
  })

  const compile = async (name: string, options: Record<string, unknown>): Promise<string> => {
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { target: 'ES2022', strict: true, exactOptionalPropertyTypes: true, noEmit: true, ...options },
        files: [name],
      }),
    )
    const tsc = path.resolve('node_modules', 'typescript', 'bin', 'tsc')
    return await program(process.execPath, [tsc, '-p', '.']).then(() => '', ({ stdout }) => stdout)
  }

  await t.test('has types for Node.js and for bundlers of browser apps', async (t) => {
    writeFileSync(path.join(folder, 'program.ts'), PROGRAM)
    cpSync(path.resolve('node_modules', '@types', 'node'), path.join(folder, 'node_modules', '@types', 'node'), {
      recursive: true,
    })
    cpSync(path.resolve('node_modules', 'undici-types'), path.join(folder, 'node_modules', 'undici-types'), {
      recursive: true,
    })
    const node = { module: 'NodeNext', lib: ['ES2022'], types: ['node'] }
    t.equal(await compile('program.ts', { ...node, noEmit: false }), '')
    const browser = { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2022', 'DOM'], types: [] }
    writeFileSync(path.join(folder, 'page.ts'), PROGRAM.replaceAll(/process\.env\['\w+'\] \?\? ''/g, "''"))
    t.equal(await compile('page.ts', browser), '')
    writeFileSync(path.join(folder, 'mistakes.ts'), `${PROGRAM}\n${MISTAKES.join('\n')}\n`)
    const errors = await compile('mistakes.ts', node)
    t.equal(errors.match(/^mistakes\.ts/gm)?.length, MISTAKES.length, errors)
  })

  await t.test('plays a movie', async (t) => {
    const { email } = await signUp(app)
    const { stdout } = await program(process.execPath, ['program.js'], { ORIGIN: origin, EMAIL: email, PASSWORD })
    t.strictSame(JSON.parse(stdout), { titles: ['Metropolis'], end: 'stopped', positionMs: 41_041, isMissing: true })
  })
})
