// Runs a script of the build as a child process with the environment of .env, and forwards signals and the exit code.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { exitCodeOf, ROOT } from './prepare.mjs'

/** Under npm, one Ctrl-C arrives twice: from the terminal and from npm. */
const DUPLICATE_SIGNAL_MS = 1_000

/** Reads .env. Variables that are already set are not changed. */
export function loadEnvironment () {
  const file = path.join(ROOT, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

/**
 * Runs a script and ends with its exit code. Each signal is forwarded once: the child has its own process group, so
 * that Ctrl-C does not reach it from the terminal too. A second signal would end the service immediately.
 * @param args options for node, the script, and its arguments
 */
export function spawnScript (...args) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  })
  const forwardedAt = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - (forwardedAt.get(signal) ?? 0) < DUPLICATE_SIGNAL_MS) return
      forwardedAt.set(signal, Date.now())
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
  if (process.env.npm_lifecycle_event !== undefined) stopWithNpm(child)
  child.on('exit', (code, signal) => {
    process.exit(exitCodeOf(code, signal))
  })
  return child
}

/** A SIGTERM to npm ends its shell, which does not forward it: the end of the shell counts as the signal. */
function stopWithNpm (child) {
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) child.kill('SIGTERM')
  }, DUPLICATE_SIGNAL_MS).unref()
}
