// Runs scripts of the build as child processes with the environment of .env, and passes signals on to them.
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
 * The C library of Linux reserves memory for each thread otherwise, 20 MB and more in the service. The image sets the
 * same value. A variable that is already set is not changed.
 */
const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' }

/**
 * Runs a script. It has its own process group, so that Ctrl-C does not reach it from the terminal too: a second signal
 * would end the service immediately.
 * @param args options for node, the script, and its arguments
 */
export function startNode (...args) {
  return spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...MEMORY_ENVIRONMENT, ...process.env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  })
}

/** Calls `stop` once for each signal, with the signal for the child process. */
export function onStopSignal (stop) {
  const receivedAt = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - (receivedAt.get(signal) ?? 0) < DUPLICATE_SIGNAL_MS) return
      receivedAt.set(signal, Date.now())
      stop(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
  if (process.env.npm_lifecycle_event === undefined) return
  // A SIGTERM to npm ends its shell, which does not forward it: the end of the shell counts as the signal.
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) stop('SIGTERM')
  }, DUPLICATE_SIGNAL_MS).unref()
}

/** Runs a script, forwards signals to it, and ends with its exit code. */
export function spawnScript (...args) {
  const child = startNode(...args)
  onStopSignal((signal) => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exit(exitCodeOf(code, signal))
  })
  return child
}
