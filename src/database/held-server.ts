// The embedded server of a data folder, for a process that uses it: starts its holder, joins and leaves.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ServerRecord } from './running-server.js'
import type { HolderMessage } from './server-holder.js'
import { NoDatabaseError } from './start-methods.js'
import type { StartOptions } from './start-server.js'

const HOLDER = fileURLToPath(new URL('./server-holder.js', import.meta.url))
/** A live holder responds in milliseconds, except on an overloaded machine. */
const JOIN_TIMEOUT_MS = 10_000
/** Time for the server to write everything to disk. */
const LEAVE_TIMEOUT_MS = 12_000

type ReadyMessage = Extract<HolderMessage, { type: 'ready' }>

export interface StartedHolder extends Omit<ReadyMessage, 'type'> {
  /** Lets the holder run alone, after this process has joined. */
  release(): void
}

/** Starts the holder of a data folder, and with it the server. @throws NoDatabaseError */
export async function startHolder (
  dataDir: string,
  { cacheDir, env, report }: Pick<StartOptions, 'cacheDir' | 'env' | 'report'>,
): Promise<StartedHolder> {
  // A process group of its own: it outlives the process that starts it, and Ctrl-C does not reach it.
  const holder = fork(HOLDER, [dataDir, cacheDir], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    env: { ...env },
  })
  const { record, source, description } = await waitUntilReady(holder, report)
  return {
    record,
    source,
    description,
    release () {
      if (holder.connected) holder.disconnect()
      holder.unref()
    },
  }
}

async function waitUntilReady (holder: ChildProcess, report: StartOptions['report']): Promise<ReadyMessage> {
  return await new Promise((resolve, reject) => {
    holder.on('message', (message: HolderMessage) => {
      if (message.type === 'report') report(message.line)
      else if (message.type === 'ready') resolve(message)
      else reject(message.attempts === null ? new Error(message.message) : new NoDatabaseError(message.attempts))
    })
    holder.once('error', reject)
    holder.once('exit', (code, signal) => {
      reject(new Error(`The process that holds the embedded database ended (${String(signal ?? code)}).`))
    })
  })
}

/**
 * Joins the users of a server until `leave` or the end of this process.
 * @returns a function that leaves, and waits for the end of the server if no other user remains; null if the holder of
 * this record does not run
 */
export async function joinHolder ({ port, token }: ServerRecord): Promise<(() => Promise<void>) | null> {
  const socket = connect({ host: '127.0.0.1', port, timeout: JOIN_TIMEOUT_MS })
  const isJoined = await new Promise<boolean>((resolve) => {
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
      if (received.length > token.length) resolve(received === `${token}\n`)
    })
    for (const event of ['error', 'close', 'timeout'] as const) socket.once(event, () => resolve(false))
  })
  if (!isJoined) {
    socket.destroy()
    return null
  }
  socket.setTimeout(0)
  // An open connection does not keep the process alive. An error is followed by "close".
  socket.unref().on('error', () => undefined)
  let leaving: Promise<void> | null = null
  return async () => {
    await (leaving ??= leave())
  }

  async function leave (): Promise<void> {
    if (socket.closed) return
    const ended = once(socket, 'close')
    socket.ref().end()
    const timeout = new AbortController()
    await Promise.race([ended, sleep(LEAVE_TIMEOUT_MS, undefined, { signal: timeout.signal })])
    timeout.abort()
    socket.destroy()
  }
}
