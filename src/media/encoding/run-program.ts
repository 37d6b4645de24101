// Runs a program as a child process with low priority, in a process group of its own, and with bounds on its output.
// The group is killed on an abort, on a stall, and when this process ends, also by SIGKILL.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'

export interface ProgramOptions {
  /** Time without progress after which the program is killed. */
  readonly stallTimeoutMs: number
  /** Working folder; by default that of this process. */
  readonly folder?: string
  readonly signal?: AbortSignal
  /**
   * Receives each line of the standard output, which is then not collected.
   * @returns whether the line shows progress
   */
  readonly onLine?: (line: string) => boolean
}

/**
 * - `stalled`: no progress for too long
 * - `failed`: it did not start, or ended with an error
 * - `output-limit`: it printed too much
 */
export type ProgramFailure = 'stalled' | 'failed' | 'output-limit'

export type ProgramResult =
  | { readonly ok: true, readonly output: string, readonly logTail: string }
  | { readonly ok: false, readonly code: ProgramFailure, readonly logTail: string }

/** The program was aborted. Its input may be valid. */
export class ProgramStoppedError extends Error {
  constructor () {
    super('the program was stopped')
    this.name = 'ProgramStoppedError'
  }
}

const MAX_OUTPUT_CHARACTERS = 4 * 1024 ** 2
const MAX_LINE_CHARACTERS = 64 * 1024
/** Room for the loudness of 32 audio tracks. */
const LOG_TAIL_CHARACTERS = 32 * 1024
/** The program reads files of strangers: it receives no secrets of the service. */
const INHERITED_VARIABLES = [
  'PATH',
  'LD_LIBRARY_PATH',
  'TMPDIR',
  'SystemRoot',
  'LIBVA_DRIVER_NAME',
  'LIBVA_DRIVERS_PATH',
  'CUDA_VISIBLE_DEVICES',
]

/** @throws ProgramStoppedError after an abort */
export async function runProgram (
  program: string,
  args: readonly string[],
  { stallTimeoutMs, folder, signal, onLine }: ProgramOptions,
): Promise<ProgramResult> {
  const isAborted = (): boolean => signal?.aborted === true
  if (isAborted()) throw new ProgramStoppedError()
  const child = spawnWithLowPriority(program, args, folder)
  let failure: ProgramFailure | null = null
  const fail = (code: ProgramFailure): void => {
    failure ??= code
    killGroup(child)
  }
  const abort = (): void => {
    killGroup(child)
  }
  const stallTimer = setTimeout(() => {
    fail('stalled')
  }, stallTimeoutMs)
  signal?.addEventListener('abort', abort)
  const log = collectTail(child.stderr, LOG_TAIL_CHARACTERS)
  const output = readOutput(child.stdout, onLine, () => {
    stallTimer.refresh()
  }, () => {
    fail('output-limit')
  })
  try {
    const exitCode = await waitForExit(child, log.append)
    if (isAborted()) throw new ProgramStoppedError()
    if (failure === null && exitCode === 0) return { ok: true, output: output.text(), logTail: log.text() }
    return { ok: false, code: failure ?? 'failed', logTail: log.text() }
  } finally {
    clearTimeout(stallTimer)
    signal?.removeEventListener('abort', abort)
    // Children that the program left behind.
    killGroup(child)
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * Runs a program, `"$@"`, beside a shell that reads an open pipe from this process. The pipe ends with this process:
 * then the shell kills the group. Linux alone has a signal for the death of a parent (prctl), macOS has none.
 *
 * The group is a session of its own. With `sched_autogroup`, Linux gives each session the same share of the processors
 * and compares the priorities of processes within a session only: the session needs a low priority too (sched(7)). It
 * accepts one such change in 0.1 s.
 */
const WATCHED_PROGRAM = `
exec 3<&0
(read -r line <&3; kill -9 -$$) >/dev/null 2>&1 &
session=/proc/$$/autogroup
(for attempt in 1 2 3 4 5; do
  [ -w $session ] && ! echo ${constants.priority.PRIORITY_LOW} >$session && sleep 0.2 || break
done) >/dev/null 2>&1 3<&- &
nice -n ${constants.priority.PRIORITY_LOW} "$@" </dev/null 3<&- &
wait $!
`

/** Playback takes precedence over encoding. The words of the program are arguments of the shell, never its code. */
function spawnWithLowPriority (program: string, args: readonly string[], cwd: string | undefined): Child {
  const options = { cwd, env: childVariables(), shell: false, windowsHide: true }
  if (process.platform !== 'win32') {
    const words = ['-c', WATCHED_PROGRAM, 'sh', program, ...args]
    return spawn('/bin/sh', words, { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  }
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end()
  lowerPriority(child)
  return child
}

function childVariables (): Record<string, string> {
  const inherited = INHERITED_VARIABLES.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(inherited) as Record<string, string>, AV_LOG_FORCE_NOCOLOR: '1' }
}

function lowerPriority ({ pid }: Child): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // The program has ended already.
  }
}

function killGroup (child: Child): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has ended.
  }
}

/** @returns the exit code; null after a signal, or if the program could not be started */
async function waitForExit (child: Child, log: (text: string) => void): Promise<number | null> {
  return await new Promise((resolve) => {
    child.once('error', ({ message }) => {
      log(message)
      resolve(null)
    })
    child.once('close', resolve)
  })
}

function collectTail (stream: Readable, maxCharacters: number) {
  let tail = ''
  const append = (text: string): void => {
    tail = (tail + text).slice(-maxCharacters)
  }
  stream.setEncoding('utf8').on('data', append)
  return { append, text: () => tail.trim() }
}

function readOutput (
  stream: Readable,
  onLine: ProgramOptions['onLine'],
  onProgress: () => void,
  onLimit: () => void,
) {
  let text = ''
  const limit = onLine === undefined ? MAX_OUTPUT_CHARACTERS : MAX_LINE_CHARACTERS
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (onLine !== undefined) {
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      // Each line counts: the first one with progress must not hide the others.
      if (lines.map((line) => onLine(line.trim())).includes(true)) onProgress()
    }
    if (text.length <= limit) return
    text = ''
    onLimit()
  })
  return { text: () => text }
}
