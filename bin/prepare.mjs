// Everything that has to be there before anything of ours can run: Node, dependencies, the build. Needs nothing itself.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = ['src', 'models', 'migrations', 'routes', 'test', 'bench']
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const NEEDED_NODE = [20, 19]
/** One Ctrl-C arrives twice under npm: from the terminal, and passed on by npm. */
const SAME_SIGNAL_WITHIN_MS = 1_000

const inRoot = (...parts) => path.join(ROOT, ...parts)
const modified = (file) => existsSync(file) ? statSync(file).mtimeMs : 0
const exitCodeOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0)

/** Runs a program and answers its exit code; its output is kept for when it fails, unless it is to be seen. */
export function run (command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const output = []
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === NPM,
      ...options,
    })
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code: exitCodeOf(code, signal), output: Buffer.concat(output).toString() })
    })
  })
}

/** Says what is done, how long it has taken so far on a terminal, and how long it took. Standard error: output stays clean. */
async function step (title, command, args) {
  const started = Date.now()
  const seconds = () => `${((Date.now() - started) / 1_000).toFixed(1)} s`
  const say = (text) => {
    process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${text}`)
  }
  say(`${title} …`)
  const ticking = process.stderr.isTTY
    ? setInterval(() => {
      say(`${title} … ${seconds()}`)
    }, 500)
    : null
  const { code, output } = await run(command, args)
  if (ticking !== null) clearInterval(ticking)
  say(`${process.stderr.isTTY ? `${title} …` : ''} ${code === 0 ? 'done' : 'failed'} in ${seconds()}\n`)
  if (code === 0) return
  process.stderr.write(output)
  throw new StepFailed(code)
}

class StepFailed extends Error {
  constructor (code) {
    super('a step failed')
    this.code = code
  }
}

function checkNode () {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1])) return
  console.error(
    `NormFlix needs Node ${NEEDED_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  )
  process.exit(1)
}

/** Files below the source folders, or below the same folders of the build, as paths from where they start. */
function filesIn (base, wanted) {
  return SOURCES.filter((folder) => existsSync(inRoot(base, folder))).flatMap((folder) =>
    readdirSync(inRoot(base, folder), { recursive: true }).filter((file) => wanted.test(file)).map((file) =>
      path.join(folder, file)
    )
  )
}

/** Installs what is missing; npm writes the file that is looked at when it is done, so half an installation is none. */
async function install () {
  if (modified(inRoot('node_modules', '.package-lock.json')) >= modified(inRoot('package-lock.json'))) return
  // The build needs what is only for development, whatever NODE_ENV says.
  await step('Installing dependencies', NPM, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
}

async function build () {
  const stamp = inRoot('dist', '.tsbuildinfo')
  const sources = filesIn('.', /(?<!\.d)\.ts$/)
  // A test whose source is gone would still be run, and a moved file keeps its old date.
  const known = new Set(sources.map((file) => file.slice(0, -'.ts'.length)))
  for (const file of filesIn('dist', /\.js(\.map)?$/)) {
    if (!known.has(file.replace(/\.js(\.map)?$/, ''))) rmSync(inRoot('dist', file))
  }
  const isCurrent = existsSync(stamp) &&
    ['tsconfig.json', 'package-lock.json', ...sources].every((file) => modified(inRoot(file)) <= modified(stamp)) &&
    sources.every((file) => existsSync(inRoot('dist', file.replace(/\.ts$/, '.js'))))
  if (isCurrent) return
  if (sources.some((file) => !existsSync(inRoot('dist', file.replace(/\.ts$/, '.js'))))) rmSync(stamp, { force: true })
  const startedAt = new Date()
  try {
    await step('Building', process.execPath, [
      inRoot('node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      'tsconfig.json',
    ])
    // The compiler leaves the file alone when nothing changed but dates. What was edited meanwhile is newer than this.
    utimesSync(stamp, startedAt, startedAt)
  } catch (error) {
    // Or the next start would take what failed for a build.
    if (existsSync(stamp)) utimesSync(stamp, 0, 0)
    throw error
  }
}

/** The watch page: everything below web, and the description of the API that its client is made from. */
async function buildPage () {
  const page = inRoot('dist', 'web', 'index.html')
  const sources = readdirSync(inRoot('web'), { recursive: true }).filter((file) => !file.startsWith('generated')).map((
    file,
  ) => path.join('web', file))
  const builtAt = modified(page)
  if (
    [...sources, path.join('openapi', 'openapi.json'), 'package-lock.json'].every((file) =>
      modified(inRoot(file)) <= builtAt
    )
  ) return
  const startedAt = new Date()
  await step('Building the watch page', process.execPath, [inRoot('web', 'build.mjs'), '--bundle'])
  // What was edited meanwhile is newer than this.
  utimesSync(page, startedAt, startedAt)
}

/** Runs work while no other process of this folder installs or builds. */
async function alone (work) {
  const lock = inRoot('.cache', 'prepare.lock')
  mkdirSync(path.dirname(lock), { recursive: true })
  while (!tryLock(lock)) await sleep(200)
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function tryLock (lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isHeld(lock)) rmSync(lock, { force: true })
    return false
  }
}

/** The process that is named in it lives; one that was killed leaves its lock behind. */
function isHeld (lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    // Between making the file and naming itself in it.
    if (holder === 0) return Date.now() - modified(lock) < 2_000
    return process.kill(holder, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Installs and builds what is missing or older than its sources. */
export async function prepare () {
  checkNode()
  const isBuilt = existsSync(inRoot('dist', 'src', 'server.js'))
  const hasDependencies = existsSync(inRoot('node_modules', '.package-lock.json'))
  const hasCompiler = existsSync(inRoot('node_modules', 'typescript'))
  // A deployment: a build, and what it needs to run, without its sources or without the compiler.
  if (isBuilt && hasDependencies && !(hasCompiler && existsSync(inRoot('src')))) return
  try {
    await alone(async () => {
      await install()
      await build()
      await buildPage()
    })
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    process.exit(error.code)
  }
}

/** Reads .env; what the environment says already wins. */
export function loadEnvironment () {
  if (existsSync(inRoot('.env'))) process.loadEnvFile(inRoot('.env'))
}

/** A SIGTERM to npm ends its shell, which passes nothing on: the shell's end is the signal. */
function stopWithNpm (child) {
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) child.kill('SIGTERM')
  }, SAME_SIGNAL_WITHIN_MS).unref()
}

/**
 * Runs a program of ours and passes exit code and signals on, each signal once. A process group of its own keeps the
 * terminal's Ctrl-C from reaching it a second time: a service that is told twice to stop stops at once.
 * @param args node's options, the script, and the script's arguments
 */
export function hand (...args) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  })
  const passedOn = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - (passedOn.get(signal) ?? 0) < SAME_SIGNAL_WITHIN_MS) return
      passedOn.set(signal, Date.now())
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
  if (process.env.npm_lifecycle_event !== undefined) stopWithNpm(child)
  child.on('exit', (code, signal) => {
    process.exit(exitCodeOf(code, signal))
  })
  return child
}
