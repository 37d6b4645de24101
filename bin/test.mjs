#!/usr/bin/env node
// npm test: installs and builds what is missing, then runs the tests with the tap CLI (.taprc). Words after -- select
// the files whose path contains one of them. .env is not read: tests must not use the database or the secrets of a
// service.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { prepare, ROOT } from './prepare.mjs'

const TAP = path.join(ROOT, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs')
const TEST_FOLDER = path.join(ROOT, 'dist', 'test')
/** The tests write the coverage of each process there, and c8 reads it. tap clears its own folder. */
const COVERAGE_FOLDER = path.join(ROOT, JSON.parse(readFileSync(path.join(ROOT, '.c8rc.json')))['temp-directory'])
const PRELOAD = pathToFileURL(path.join(TEST_FOLDER, 'support', 'preload.js'))

/** Tests that drive a browser: a busy machine can fail them without a fault. */
const REPEATABLE = /^dist\/test\/web\//
/** Tests that compare response times: nothing else may run beside them. */
const ALONE = /^dist\/test\/(resilience\/log-in-storm|security\/account-enumeration)\./
/** More failures are no accident. */
const MAX_REPEATED_FILES = 4

/** Compiled test files whose path contains one of the words; all files without words. */
function findTestFiles (words) {
  const wanted = words.map((word) => word.replace(/^(\.\/)?test\//, '').replace(/\.ts$/, ''))
  return readdirSync(TEST_FOLDER, { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
    .map((file) => path.join('dist', 'test', file)).sort()
}

/** Collects the assertions of a test and its subtests; the result of a subtest itself is not counted. */
function collectAsserts (parser, asserts) {
  let isSubtestResult = false
  parser.on('child', (child) => {
    isSubtestResult = true
    collectAsserts(child, asserts)
  })
  parser.on('assert', (result) => {
    if (!isSubtestResult) asserts.push(result)
    isSubtestResult = false
  })
}

/** Counts assertions by result. */
function countAsserts (asserts) {
  const isSkipped = ({ skip, todo }) => Boolean(skip || todo)
  return {
    passed: asserts.filter((one) => one.ok && !isSkipped(one)).length,
    failed: asserts.filter((one) => !one.ok && !isSkipped(one)).length,
    skipped: asserts.filter(isSkipped).length,
  }
}

/** Prints a line per test file, and the details of its failures. */
function reportFile (file, { ok, time }, asserts) {
  const seconds = ((time ?? 0) / 1_000).toFixed(1)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${file}  ${countAsserts(asserts).passed} passed in ${seconds} s`)
  if (ok) return
  for (const { fullname, diag } of asserts.filter((one) => !one.ok)) {
    console.log(`    ${fullname}`)
    if (diag) console.log(inspect(diag, { depth: 6, maxStringLength: 4_000 }).replace(/^/gm, '        '))
  }
}

/** Builds tap's test class from the plugins in .taprc. A run would build it too, but only the next run would use it. */
async function buildTapPlugins () {
  const built = path.join(ROOT, '.tap', 'plugins', 'package.json')
  const isCurrent = existsSync(built) && statSync(built).mtimeMs > statSync(path.join(ROOT, '.taprc')).mtimeMs
  if (isCurrent) return
  const child = spawn(process.execPath, [TAP, 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => {
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error('The plugins of tap could not be built.')
}

/** Runs the tap CLI. Returns its exit code, every assertion and the files that failed. */
async function runTap (files, variables, options = []) {
  const { Parser } = await import('tap-parser')
  const child = spawn(process.execPath, [TAP, 'run', '--reporter=tap', ...options, ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: `--import=${PRELOAD}`, ...variables },
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const all = []
  const failedFiles = []
  const parser = new Parser()
  let finished = null
  parser.on('child', (fileParser) => {
    const asserts = []
    collectAsserts(fileParser, asserts)
    fileParser.on('complete', (results) => {
      finished = { results, asserts }
    })
  })
  parser.on('assert', (result) => {
    const asserts = finished?.asserts ?? []
    // A file that crashes or times out fails without a failed assertion.
    if (!result.ok && asserts.every(({ ok }) => ok)) asserts.push(result)
    all.push(...asserts)
    if (!result.ok) failedFiles.push(result.name)
    reportFile(result.name.replace(/^dist\/test\//, ''), result, asserts)
    finished = null
  })
  child.stdout.pipe(parser)
  const code = await new Promise((resolve) => {
    child.on('close', (status) => {
      resolve(status ?? 1)
    })
  })
  return { code, asserts: all, failedFiles }
}

/** Runs the files, those that measure times after the others. */
async function runAll (files, variables) {
  const together = await runTap(files.filter((file) => !ALONE.test(file)), variables)
  const alone = await runTap(files.filter((file) => ALONE.test(file)), variables, ['--jobs=1'])
  return {
    code: together.code || alone.code,
    asserts: [...together.asserts, ...alone.asserts],
    failedFiles: [...together.failedFiles, ...alone.failedFiles],
  }
}

/** Runs the files. If only a few tests in a browser fail, it runs those once more, one at a time, and says so. */
async function runWithRepetition (files, variables) {
  const first = await runAll(files, variables)
  const { failedFiles } = first
  const isRepeatable = failedFiles.length <= MAX_REPEATED_FILES && failedFiles.every((file) => REPEATABLE.test(file))
  if (failedFiles.length === 0 || !isRepeatable) return first
  console.log(`\nRepeating ${failedFiles.join(', ')}`)
  const second = await runTap(failedFiles, variables, ['--jobs=1'])
  if (second.code === 0) console.log('UNSTABLE: the files above failed at first, and passed when repeated alone.')
  return { code: second.code, asserts: [...first.asserts.filter(({ ok }) => ok), ...second.asserts] }
}

async function checkCoverage () {
  const c8 = path.join(ROOT, 'node_modules', 'c8', 'bin', 'c8.js')
  const child = spawn(process.execPath, [c8, 'report'], { cwd: ROOT, stdio: 'inherit' })
  return await new Promise((resolve) => {
    child.on('close', (status) => {
      resolve(status ?? 1)
    })
  })
}

await prepare({ withTests: true })
const words = process.argv.slice(2)
const files = findTestFiles(words)
if (files.length === 0) {
  console.error('No test file has a path that contains one of the words.')
  process.exit(1)
}
const isWholeRun = words.length === 0
await buildTapPlugins()
rmSync(COVERAGE_FOLDER, { recursive: true, force: true })
mkdirSync(COVERAGE_FOLDER, { recursive: true })
const { code, asserts } = isWholeRun
  ? await runWithRepetition(files, { TEST_COVERAGE_FOLDER: COVERAGE_FOLDER })
  : await runTap(files, {})
const coverageCode = isWholeRun && code === 0 ? await checkCoverage() : 0
const { passed, failed, skipped } = countAsserts(asserts)
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = code === 0 ? coverageCode : code
