import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const SCRIPT = new URL('../../../bin/spawn-script.mjs', import.meta.url).href

/** Value of a variable in a script that `startNode` runs. */
async function readVariable (name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const code = `import { startNode } from ${JSON.stringify(SCRIPT)}
startNode('-p', 'process.env[${JSON.stringify(name)}]')`
  const args = ['--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment })
  return stdout.trim()
}

t.test('scripts limit the memory that the C library reserves for threads, as the image does', async (t) => {
  const { MALLOC_ARENA_MAX: _, ...environment } = process.env
  t.equal(await readVariable('MALLOC_ARENA_MAX', environment), '2')
})

t.test('scripts keep the environment, and a limit that is already set', async (t) => {
  const environment = { ...process.env, MALLOC_ARENA_MAX: '4', TITLE: 'Nosferatu' }
  t.equal(await readVariable('MALLOC_ARENA_MAX', environment), '4')
  t.equal(await readVariable('TITLE', environment), 'Nosferatu')
})
