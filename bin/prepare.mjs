// Everything that has to be there before anything of ours can run: Node, dependencies, the build. Needs nothing itself.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = ['src', 'models', 'routes', 'test', 'bench']
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const NEEDED_NODE = [20, 19]

const inRoot = (...parts) => path.join(ROOT, ...parts)
const modified = (file) => existsSync(file) ? statSync(file).mtimeMs : 0

/** Runs a program and answers its exit code; its output is kept for when it fails, unless it is to be seen. */
export function run (command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const output = []
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' && command === NPM, ...options })
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('exit', (code, signal) => { resolve({ code: code ?? (signal === null ? 1 : 130), output: Buffer.concat(output).toString() }) })
  })
}

/** Says what is done, how long it has taken so far on a terminal, and how long it took. */
async function step (title, command, args) {
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1_000).toFixed(1)
  process.stdout.write(`${title} …`)
  const ticking = process.stdout.isTTY ? setInterval(() => { process.stdout.write(`\r${title} … ${seconds()} s`) }, 500) : null
  const { code, output } = await run(command, args)
  if (ticking !== null) clearInterval(ticking)
  process.stdout.write(process.stdout.isTTY ? `\r${title} … ${code === 0 ? 'done' : 'failed'} in ${seconds()} s\n` : ` ${code === 0 ? 'done' : 'failed'} in ${seconds()} s\n`)
  if (code === 0) return
  process.stderr.write(output)
  process.exit(code)
}

function checkNode () {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1])) return
  console.error(`NormFlix needs Node ${NEEDED_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org.`)
  process.exit(1)
}

function newest (folder) {
  if (!existsSync(folder)) return 0
  return Math.max(0, ...readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => modified(path.join(entry.parentPath ?? entry.path, entry.name))))
}

/** Installs and builds what is missing or older than its sources. */
export async function prepare () {
  checkNode()
  const hasSources = existsSync(inRoot('tsconfig.json')) && existsSync(inRoot('src'))
  if (modified(inRoot('node_modules', '.package-lock.json')) < modified(inRoot('package-lock.json'))) {
    await step('Installing dependencies', NPM, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  }
  const built = modified(inRoot('dist', 'src', 'server.js'))
  // An image carries the build without its sources.
  if (!hasSources && built > 0) return
  const changed = Math.max(...SOURCES.map((folder) => newest(inRoot(folder))), modified(inRoot('tsconfig.json')))
  if (modified(inRoot('dist', '.tsbuildinfo')) < changed || built === 0) {
    await step('Building', process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'])
  }
}

/** Reads .env; what the environment says already wins. */
export function loadEnvironment () {
  if (existsSync(inRoot('.env'))) process.loadEnvFile(inRoot('.env'))
}

/**
 * Runs a program of ours in a process group of its own and passes signals on: `Ctrl-C` would otherwise reach the database
 * in the same moment, before the service has written what it still holds.
 */
export function hand (script, args = []) {
  const child = spawn(process.execPath, ['--enable-source-maps', inRoot(script), ...args], {
    cwd: ROOT, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: process.platform !== 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal) })
  child.on('exit', (code, signal) => { process.exit(code ?? (signal === null ? 1 : 130)) })
}
