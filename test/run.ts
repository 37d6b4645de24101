// Runs the tests: one database for all of them, then tap on the compiled files, then a line with the counts.
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { resolveDatabaseServer } from '../src/database/resolve-server.js'

const FOLDER = path.resolve('dist', 'test')
const JOBS = 2
/** A file that hangs is ended, and what it said so far is shown. */
const FILE_TIMEOUT_MS = 5 * 60_000

const children = new Set<ChildProcess>()

/** The compiled tests whose path holds one of the given words; all of them without any. */
function findTests (words: readonly string[]): string[] {
  const wanted = words.map((word) => word.replace(/^(\.\/)?test\//, '').replace(/\.ts$/, ''))
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && (wanted.length === 0 || wanted.some((word) => file.includes(word))))
    .map((file) => path.join(FOLDER, file)).sort()
}

interface Outcome {
  file: string
  passed: number
  failed: number
  skipped: number
  seconds: number
  output: string[]
  code: number
}

/** Runs one file; its output is TAP (version 14), whose leaves are counted. */
async function runFile (file: string, databaseUri: string): Promise<Outcome> {
  const started = Date.now()
  const outcome: Outcome = { file, passed: 0, failed: 0, skipped: 0, seconds: 0, output: [], code: 0 }
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    env: { ...process.env, NODE_ENV: 'test', NORMFLIX_TEST_MONGODB_URI: databaseUri, TAP: '1', TAP_TIMEOUT: '280' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const timer = setTimeout(() => {
    outcome.output.push(`ended after ${FILE_TIMEOUT_MS / 1_000} s`)
    child.kill('SIGKILL')
  }, FILE_TIMEOUT_MS)
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      takeIn(outcome, line)
    })
  }
  outcome.code = await new Promise((resolve) =>
    child.on('close', (code) => {
      resolve(code ?? 1)
    })
  )
  clearTimeout(timer)
  children.delete(child)
  outcome.seconds = (Date.now() - started) / 1_000
  if (outcome.code !== 0 && outcome.failed === 0) outcome.failed = 1
  return outcome
}

function takeIn (outcome: Outcome, line: string): void {
  outcome.output.push(line)
  // A subtest repeats its children as one point that ends with "{" or a time: only leaves count.
  const point = /^\s*(not ok|ok) \d+(?! .*# time=)/.exec(line)
  if (point === null || line.trimEnd().endsWith('{')) return
  if (/# (SKIP|TODO)/i.test(line)) outcome.skipped++
  else if (point[1] === 'ok') outcome.passed++
  else outcome.failed++
}

const files = findTests(process.argv.slice(2))
if (files.length === 0) {
  console.error('No test file has that in its name.')
  process.exit(1)
}
const database = await resolveDatabaseServer({
  uri: process.env['NORMFLIX_TEST_MONGODB_URI'] ?? null,
  dataDir: null,
  report: console.log,
})
console.log(`Database … ${database.description}`)
const outcomes: Outcome[] = []
const waiting = [...files]

/** Ctrl-C, or the program that started this one is gone: nothing is left running. */
function interrupt (): void {
  waiting.length = 0
  for (const child of children) child.kill('SIGKILL')
}
for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(event, interrupt)

try {
  await Promise.all(Array.from({ length: JOBS }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await runFile(file, database.uri)
      outcomes.push(outcome)
      const name = path.relative(FOLDER, file)
      console.log(
        `${outcome.code === 0 ? 'ok    ' : 'FAILED'} ${name}  ${outcome.passed} passed in ${
          outcome.seconds.toFixed(1)
        } s`,
      )
      if (outcome.code !== 0) console.log(outcome.output.map((line) => `    ${line}`).join('\n'))
    }
  }))
} finally {
  await database.stop()
}
const sum = (pick: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + pick(outcome), 0)
const skipped = sum((outcome) => outcome.skipped)
console.log(
  `\n${sum((outcome) => outcome.passed)} passed, ${sum((outcome) => outcome.failed)} failed${
    skipped > 0 ? `, ${skipped} skipped` : ''
  }`,
)
process.exit(outcomes.some((outcome) => outcome.code !== 0) ? 1 : 0)
