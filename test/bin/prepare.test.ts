// The build steps of the scripts in bin, in a small project with the project's own scripts and configuration.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'

const FILES = ['bin/prepare.mjs', 'tsconfig.json', 'tsconfig.build.json']
const PAGE_BUILD = `
import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist/web/watch', { recursive: true })
writeFileSync('dist/web/watch/index.html', '')`

interface Project {
  write(file: string, text: string): void
  /** Content of an output file; null if it does not exist. */
  output(file: string): string | null
  remove(file: string): void
  /** Builds as npm start or npm test does. @returns the names of the steps that ran, or the error */
  build(mode: 'service' | 'all'): { steps: string[], code: number | null }
}

function createProject (t: Test): Project {
  const root = t.testdir({ 'package.json': '{ "type": "module" }', 'package-lock.json': '{}', openapi: {}, docs: {} })
  for (const file of FILES) cpSync(file, path.join(root, file))
  mkdirSync(path.join(root, 'node_modules'))
  for (const name of ['typescript', '@types', 'undici-types']) {
    symlinkSync(path.resolve('node_modules', name), path.join(root, 'node_modules', name))
  }
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  write('node_modules/.package-lock.json', '{}')
  write('openapi/openapi.json', '{}')
  write('web/build.mjs', PAGE_BUILD)
  write('src/server.ts', 'export const version: number = 1\n')
  write('test/server.test.ts', "import { version } from '../src/server.js'\nexport const tested: number = version\n")
  write('bench/speed.ts', 'export const speed: number = 1\n')
  return {
    write,
    output: (file) => {
      const found = path.join(root, 'dist', file)
      return existsSync(found) ? readFileSync(found, 'utf8').replace(/\n\/\/# source.*/, '') : null
    },
    remove: (file) => rmSync(path.join(root, file)),
    build (mode) {
      const code = `
        const { prepare } = await import('./bin/prepare.mjs')
        await prepare({ withTests: ${mode === 'all'} })`
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' })
      return { steps: run.stderr.match(/^[A-Z][^…]+(?= …)/gm) ?? [], code: run.status }
    },
  }
}

t.test('a start compiles the service without tests and benchmarks, and only once', async (t) => {
  const project = createProject(t)
  t.strictSame(project.build('service'), { steps: ['Building', 'Building the web apps'], code: 0 })
  t.match(project.output('src/server.js'), 'version = 1')
  t.equal(project.output('test/server.test.js'), null)
  t.equal(project.output('bench/speed.js'), null)
  t.strictSame(project.build('service').steps, [])
  project.write('test/server.test.ts', 'export const tested: string = 1\n')
  t.strictSame(project.build('service').steps, [], 'a broken test does not concern the service')
})

t.test('the tests compile everything and check the types', async (t) => {
  const project = createProject(t)
  t.strictSame(project.build('all'), { steps: ['Building with tests', 'Building the web apps'], code: 0 })
  t.match(project.output('test/server.test.js'), 'tested = version')
  t.match(project.output('bench/speed.js'), 'speed = 1')
  t.strictSame([project.build('all').steps, project.build('service').steps], [[], []])
  project.write('test/server.test.ts', 'export const tested: string = 1\n')
  t.not(project.build('all').code, 0)
  t.not(project.build('all').code, 0, 'a failed build is repeated')
})

t.test('both builds write what the sources contain, in every order', async (t) => {
  const project = createProject(t)
  const first = 'export const version: number = 1\n'
  project.build('all')
  project.write('src/server.ts', first.replace('1', '2'))
  project.build('service')
  t.match(project.output('src/server.js'), 'version = 2')
  // The compiler of the whole build knows this content.
  project.write('src/server.ts', first)
  t.strictSame(project.build('all').steps, ['Building with tests', 'Rewriting the output'])
  t.match(project.output('src/server.js'), 'version = 1')
  project.write('src/server.ts', first)
  t.strictSame(project.build('all').steps, ['Building with tests'], 'a new date alone rewrites nothing')
  t.strictSame(project.build('all').steps, [])
  project.remove('dist/src/server.js')
  t.equal(project.build('all').code, 0)
  t.match(project.output('src/server.js'), 'version = 1', 'missing output is written again')
  project.write('src/old.ts', 'export const old = 1\n')
  project.build('all')
  project.remove('src/old.ts')
  project.build('service')
  t.equal(project.output('src/old.js'), null, 'the output of a deleted source is removed')
  t.not(project.output('test/server.test.js'), null, 'the output of tests stays')
})

t.test('screenshots without a service end with one line that says what to do', async (t) => {
  const run = spawnSync(process.execPath, ['bin/web-views.mjs', 'screenshots'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NORMFLIX_URL: 'http://127.0.0.1:1' },
  })
  t.equal(run.status, 1)
  t.match(run.stderr, /^The service at http:\/\/127\.0\.0\.1:1 does not respond\. Start it with npm start.*\n$/)
})
