import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const ENTRIES = ['../src/app.js', '../src/container.js', '../src/database/migrations.js']
/** Hooks run in a thread, whose output is asynchronous: the URLs are written at once. */
const HOOKS = `
import { writeSync } from 'node:fs'
export async function load (url, context, next) {
  writeSync(1, url + '\\n')
  return await next(url, context)
}`
const toDataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`

t.test('the process of the API loads no parsers of media and no packages that most services do not use', async (t) => {
  const register = `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(HOOKS))})`
  const imports = ENTRIES.map((entry) => `await import(${JSON.stringify(new URL(entry, import.meta.url).href)})`)
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    toDataUrl(register),
    '--input-type=module',
    '--eval',
    `${imports.join('\n')}\nprocess.exit()`,
  ], { cwd: fileURLToPath(new URL('.', import.meta.url)), maxBuffer: 16 * 1024 ** 2 })
  const packages = new Set([...stdout.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name))
  t.ok(packages.has('fastify'), 'the hooks see loaded packages')
  for (const name of ['mediabunny', 'mp4box', 'undici', 'umzug']) t.notOk(packages.has(name), name)
})
