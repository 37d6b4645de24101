// Compiles and runs the examples of docs/client.md against the demo, as one program of a user of the package.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { startDemoService } from '../support/demo-service.js'

const run = promisify(execFile)
const TIMEOUT_MS = 120_000
const OPTIONS = { target: 'ES2022', module: 'NodeNext', strict: true, noUncheckedIndexedAccess: true, types: ['node'] }

t.test('the examples of the client guide compile and run', { timeout: 2 * TIMEOUT_MS }, async (t) => {
  const blocks = [...readFileSync('docs/client.md', 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text)
  t.equal(blocks.length, 7)
  const folder = t.testdir({
    'package.json': '{ "type": "module" }',
    'guide.ts': blocks.join('\n'),
    'tsconfig.json': JSON.stringify({ compilerOptions: OPTIONS, files: ['guide.ts'] }),
  })
  mkdirSync(path.join(folder, 'node_modules', '@normflix'), { recursive: true })
  symlinkSync(path.resolve('packages', 'client'), path.join(folder, 'node_modules', '@normflix', 'client'))
  const execute = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, NODE_OPTIONS: '', API: origin }
    return (await run(process.execPath, args, { cwd: folder, env, timeout: TIMEOUT_MS })).stdout
  }
  const origin = await startDemoService(t)
  const errors = await execute(path.resolve('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.').catch(
    ({ stdout }: { stdout: string }) => stdout,
  )
  t.equal(errors, '')
  const output = await execute('guide.js')
  t.match(output, /^continue at 31234 ms$/m)
  t.match(output, /^Continue watching: \d+$/m)
  t.match(output, /Firefly/, 'the shows of all pages')
  t.match(output, /^name: .+$/m)
  t.match(output, /^0 events waited$/m)
  t.match(output, /^0 changes, continue after \d+ characters$/m)
})
