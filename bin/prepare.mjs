// Installs the dependencies and builds the project when something is missing or out of date. Uses only Node itself.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SERVICE_FOLDERS = ['src', 'models', 'migrations', 'routes']
const TEST_FOLDERS = ['test', 'bench']
/** Compiled by tsconfig.client.json: the client package needs the types of the API description. */
const CLIENT_FOLDERS = [path.join('packages', 'client', 'src'), path.join('test', 'client')]
const TYPESCRIPT = /(?<!\.d)\.ts$/
/** Exists after a build of the service, until the next one of everything. */
const SERVICE_MARK = '.service-build'
/** The compiler's options in tsconfig.build.json. */
const TRANSPILE_ONLY = ['--noCheck', '--noResolve', '--incremental', 'false', '--tsBuildInfoFile', 'null']
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const MIN_NODE_VERSION = [20, 19]
const LOCK_POLL_INTERVAL_MS = 200
/** A process that creates a lock file writes its ID within this time. */
const LOCK_WRITE_TIMEOUT_MS = 2_000
const PROGRESS_INTERVAL_MS = 500
/** The folder belongs to another user, or is on a read-only file system. */
const PERMISSION_ERRORS = ['EACCES', 'EPERM', 'EROFS']

const inRoot = (...parts) => path.join(ROOT, ...parts)
/** Modification time of a file, ms; 0 if it does not exist. */
const modifiedAt = (file) => existsSync(file) ? statSync(file).mtimeMs : 0

/** Exit code of a process, as shells report it after a signal. */
export const exitCodeOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0)

/** A build step failed; its output is printed. */
class StepError extends Error {
  constructor (title, exitCode) {
    super(`${title} failed`)
    this.exitCode = exitCode
  }
}

/** Program of the current step. */
let running = null

/** Ends the current step with this process: its output would be written while the next start builds as well. */
function endOnSignal (lock) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => {
    running?.kill('SIGTERM')
    rmSync(lock, { force: true })
    process.exit(exitCodeOf(null, signal))
  }])
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

/** Runs a program and resolves with its exit code and output. */
function runProgram (command, args) {
  return new Promise((resolve, reject) => {
    const output = []
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === NPM,
    })
    running = child
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running = null
      resolve({ exitCode: exitCodeOf(code, signal), output: Buffer.concat(output).toString() })
    })
  })
}

/** Runs a program and prints its title and duration to standard error, and its output if it fails. */
async function runStep (title, command, args) {
  const { isTTY } = process.stderr
  const startedAt = Date.now()
  const elapsed = () => `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`
  const print = (text) => {
    process.stderr.write(`${isTTY ? '\r' : ''}${text}`)
  }
  print(`${title} …`)
  const timer = isTTY ? setInterval(() => print(`${title} … ${elapsed()}`), PROGRESS_INTERVAL_MS) : null
  const { exitCode, output } = await runProgram(command, args)
  if (timer !== null) clearInterval(timer)
  print(`${isTTY ? `${title} …` : ''} ${exitCode === 0 ? 'done' : 'failed'} in ${elapsed()}\n`)
  if (exitCode === 0) return
  process.stderr.write(output)
  throw new StepError(title, exitCode)
}

function checkNodeVersion () {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [minMajor, minMinor] = MIN_NODE_VERSION
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return
  const required = MIN_NODE_VERSION.join('.')
  console.error(
    `NormFlix needs Node ${required} or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  )
  process.exit(1)
}

/** Paths of the matching files below the folders of `base`, relative to `base`. */
function listFiles (folders, base, pattern) {
  return folders.filter((folder) => existsSync(inRoot(base, folder))).flatMap((folder) =>
    readdirSync(inRoot(base, folder), { recursive: true })
      .filter((file) => pattern.test(file) && !file.startsWith('generated'))
      .map((file) => path.join(folder, file))
  )
}

/** Runs `npm ci` after a change of the lock file. npm writes its own lock file last, so an interrupted run repeats. */
async function installDependencies () {
  if (modifiedAt(inRoot('node_modules', '.package-lock.json')) >= modifiedAt(inRoot('package-lock.json'))) return
  // The build needs the packages for development, whatever NODE_ENV is.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  await runStep('Installing dependencies', NPM, args)
}

/** Path of the JavaScript file that the compiler writes for a source file. */
const outputOf = (source) => inRoot('dist', source.replace(/\.ts$/, '.js'))
const isStale = (source) => modifiedAt(outputOf(source)) < modifiedAt(inRoot(source))
const compile = async (title, ...args) => {
  await runStep(title, process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), ...args])
}

/** Transpiles the service without checking types if an output file is missing or older than its source. */
async function buildService () {
  const sources = listFiles(SERVICE_FOLDERS, '.', TYPESCRIPT)
  removeStaleOutput(SERVICE_FOLDERS, sources)
  const configs = ['tsconfig.json', 'tsconfig.build.json'].map((file) => modifiedAt(inRoot(file)))
  const isCurrent = sources.every((source) => !isStale(source) && modifiedAt(outputOf(source)) >= Math.max(...configs))
  if (isCurrent) return
  const startedAt = Date.now()
  mkdirSync(inRoot('dist'), { recursive: true })
  writeFileSync(inRoot('dist', SERVICE_MARK), '')
  await compile('Building', '-p', 'tsconfig.build.json')
  expireEdited(sources, startedAt)
}

/** Compiles everything, with types, if a source file is newer than its output or than the last such build. */
async function buildAll () {
  const folders = [...SERVICE_FOLDERS, ...TEST_FOLDERS]
  const stamp = inRoot('dist', '.tsbuildinfo')
  const all = listFiles(folders, '.', TYPESCRIPT)
  removeStaleOutput(folders, all)
  const sources = all.filter((file) => !CLIENT_FOLDERS.some((folder) => file.startsWith(folder + path.sep)))
  const isEachBuilt = sources.every((source) => existsSync(outputOf(source)))
  const isCurrent = existsSync(stamp) && !sources.some(isStale) &&
    ['tsconfig.json', 'package-lock.json', ...sources].every((file) => modifiedAt(inRoot(file)) <= modifiedAt(stamp))
  if (isCurrent) return
  // The compiler skips files that its stamp lists, even if their output is missing.
  if (!isEachBuilt) rmSync(stamp, { force: true })
  const startedAt = Date.now()
  try {
    await compile('Building with tests', '-p', 'tsconfig.json')
  } catch (error) {
    // A failed build must not count as current.
    if (existsSync(stamp)) utimesSync(stamp, 0, 0)
    throw error
  }
  const mark = inRoot('dist', SERVICE_MARK)
  const stale = sources.filter(isStale)
  // A build of the service may have written an edit that is undone: the compiler skips the file. Without such a build
  // the skipped files have only new dates.
  if (stale.length > 0 && existsSync(mark)) {
    await compile('Rewriting the output', '-p', 'tsconfig.json', ...TRANSPILE_ONLY)
  } else {
    for (const source of stale) utimesSync(outputOf(source), startedAt / 1_000, startedAt / 1_000)
  }
  rmSync(mark, { force: true })
  // The compiler does not rewrite an unchanged stamp.
  utimesSync(stamp, startedAt / 1_000, startedAt / 1_000)
  expireEdited(sources, startedAt)
}

/** Compiles the client package and its tests, if one of them, the API description or the service is newer. */
async function buildClient () {
  if (!existsSync(inRoot('tsconfig.client.json'))) return
  const stamp = inRoot('dist', '.client.tsbuildinfo')
  const sources = listFiles(CLIENT_FOLDERS, '.', TYPESCRIPT)
  const inputs = [
    'tsconfig.client.json',
    path.join('openapi', 'openapi.json'),
    path.join('dist', '.tsbuildinfo'),
    ...sources,
  ]
  const isCurrent = existsSync(stamp) && inputs.every((file) => modifiedAt(inRoot(file)) <= modifiedAt(stamp))
  const isEachBuilt = sources.every((source) => existsSync(outputOf(source)))
  if (isCurrent && isEachBuilt) return
  if (!isEachBuilt) rmSync(stamp, { force: true })
  const startedAt = Date.now()
  await runStep('Building the client', process.execPath, [inRoot('packages', 'client', 'build.mjs')])
  await compile('Building its tests', '-p', 'tsconfig.client.json')
  utimesSync(stamp, startedAt / 1_000, startedAt / 1_000)
}

/** Marks the output of files that were edited during a build as out of date. */
function expireEdited (sources, startedAt) {
  for (const source of sources) {
    if (modifiedAt(inRoot(source)) > startedAt) utimesSync(outputOf(source), 0, 0)
  }
}

/** Removes the output of deleted and moved sources: their tests would still run. */
function removeStaleOutput (folders, sources) {
  const known = new Set(sources.map((file) => file.slice(0, -'.ts'.length)))
  for (const file of listFiles(folders, 'dist', /\.js(\.map)?$/)) {
    if (!known.has(file.replace(/\.js(\.map)?$/, ''))) rmSync(inRoot('dist', file))
  }
}

/** Builds the web apps if a file of them, of the client package, the guides or the API description is newer. */
async function buildWebApps () {
  const page = inRoot('dist', 'web', 'watch', 'index.html')
  const webFiles = readdirSync(inRoot('web'), { recursive: true })
  const guides = readdirSync(inRoot('docs'), { recursive: true }).filter((file) => file.endsWith('.md'))
  const sources = [
    ...webFiles.map((file) => path.join('web', file)),
    ...guides.map((file) => path.join('docs', file)),
    ...listFiles([path.join('packages', 'client', 'src')], '.', TYPESCRIPT),
    path.join('openapi', 'openapi.json'),
    'package-lock.json',
  ]
  if (sources.every((file) => modifiedAt(inRoot(file)) <= modifiedAt(page))) return
  const startedAt = new Date()
  await runStep('Building the web apps', process.execPath, [inRoot('web', 'build.mjs'), '--bundle'])
  // Files edited during the build are newer than this date.
  utimesSync(page, startedAt, startedAt)
}

/** Runs `work` while no other process installs or builds in this checkout. */
async function withLock (work) {
  const lock = inRoot('.cache', 'prepare.lock')
  mkdirSync(path.dirname(lock), { recursive: true })
  while (!tryLock(lock)) await sleep(LOCK_POLL_INTERVAL_MS)
  const stopListening = endOnSignal(lock)
  try {
    await work()
  } finally {
    stopListening()
    rmSync(lock, { force: true })
  }
}

function tryLock (lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isLockHeld(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** Whether the process that the lock file names is alive; a killed process leaves its file behind. */
function isLockHeld (lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // The file exists, but its process has not written its ID yet.
    if (pid === 0) return Date.now() - modifiedAt(lock) < LOCK_WRITE_TIMEOUT_MS
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Installs and builds what is missing or out of date.
 * @param withTests also compiles tests and benchmarks, and checks the types
 */
export async function prepare ({ withTests = false } = {}) {
  checkNodeVersion()
  const isBuilt = existsSync(inRoot('dist', 'src', 'server.js'))
  const hasDependencies = existsSync(inRoot('node_modules', '.package-lock.json'))
  const canBuild = existsSync(inRoot('node_modules', 'typescript')) && existsSync(inRoot('src'))
  // A deployment has a build and its packages, but no sources or no compiler.
  if (isBuilt && hasDependencies && !canBuild) return
  try {
    await withLock(async () => {
      await installDependencies()
      await (withTests ? buildAll() : buildService())
      if (withTests) await buildClient()
      await buildWebApps()
    })
  } catch (error) {
    if (error instanceof StepError) process.exit(error.exitCode)
    if (!PERMISSION_ERRORS.includes(error.code)) throw error
    if (isBuilt && hasDependencies) {
      console.error(`${ROOT} cannot be written (${error.code}): the existing build is used, even if it is out of date.`)
      return
    }
    console.error(`${ROOT} cannot be written (${error.code}). Run this once as its owner, or copy the folder.`)
    process.exit(1)
  }
}
