// A process that holds the embedded server of a data folder: it starts the server, counts the processes that use it,
// and stops it after the last one. Each user keeps a connection open, which the system closes when the user is killed.
import { randomUUID } from 'node:crypto'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readRunId, removeServerRecord, withStartLock, writeServerRecord, type ServerRecord } from './running-server.js'
import { NoDatabaseError, startFirst, type FailedAttempt, type StartSource } from './start-methods.js'

/** What the holder sends to the process that starts it. */
export type HolderMessage =
  | { readonly type: 'report', readonly line: string }
  | {
    readonly type: 'ready',
    readonly record: ServerRecord,
    readonly source: StartSource,
    readonly description: string,
  }
  | { readonly type: 'failed', readonly attempts: readonly FailedAttempt[] | null, readonly message: string }

const STOP_LOCK_TIMEOUT_MS = 3_000

function send (message: HolderMessage): void {
  if (process.connected) process.send?.(message)
}

interface Users {
  /** Port on which users join. */
  readonly port: number
  count(): number
  /** Closes the connections of users that left: they wait for the end of the server, in case they were the last. */
  releaseLeavers(): void
}

/** Accepts users. Each receives the token, so that it recognises this holder. */
async function acceptUsers (token: string, onLastLeft: () => void): Promise<Users> {
  const users = new Set<Socket>()
  const leavers = new Set<Socket>()

  function releaseLeavers (): void {
    for (const user of leavers) user.end()
    leavers.clear()
  }

  function leave (user: Socket): void {
    if (!users.delete(user)) return
    leavers.add(user)
    if (users.size === 0) onLastLeft()
    else releaseLeavers()
  }

  const server = createServer({ allowHalfOpen: true }, (user) => {
    users.add(user)
    // A killed process can reset its connection.
    user.on('error', () => undefined)
    for (const event of ['end', 'close'] as const) user.once(event, () => leave(user))
    user.resume()
    user.write(`${token}\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, count: () => users.size, releaseLeavers }
}

async function hold (dataDir: string, cacheDir: string): Promise<void> {
  const token = randomUUID()
  let stopServer: (() => Promise<void>) | null = null
  let stopping: Promise<void> | null = null
  const users = await acceptUsers(token, () => {
    void stopUnlessUsed()
  })

  async function stop (): Promise<void> {
    await (stopping ??= stopServer?.().then(async () => await removeServerRecord(dataDir)) ?? Promise.resolve())
  }

  /** With the lock: a start that is under way has joined before, or finds no record after. */
  async function stopUnlessUsed (): Promise<void> {
    if (stopServer === null || users.count() > 0) return
    await withStartLock(dataDir, STOP_LOCK_TIMEOUT_MS, () => undefined, async () => {
      if (users.count() === 0) await stop()
    }).catch(stop)
    if (stopping !== null) process.exit(0)
    users.releaseLeavers()
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      void stop().finally(() => process.exit(0))
    })
  }
  // The process that started this one has joined or has ended.
  process.on('disconnect', () => {
    void stopUnlessUsed()
  })

  const { uri, pid, source, description, stop: stopStarted } = await startFirst({
    dataDir,
    cacheDir,
    env: process.env,
    report: (line) => {
      send({ type: 'report', line })
    },
  })
  stopServer = stopStarted
  const record: ServerRecord = {
    uri,
    pid: process.pid,
    databasePid: pid,
    runId: await readRunId(uri),
    port: users.port,
    token,
  }
  await writeServerRecord(dataDir, record)
  send({ type: 'ready', record, source, description })
  if (!process.connected) await stopUnlessUsed()
}

const [dataDir = '', cacheDir = ''] = process.argv.slice(2)
try {
  await hold(dataDir, cacheDir)
} catch (error) {
  const attempts = error instanceof NoDatabaseError ? error.attempts : null
  send({ type: 'failed', attempts, message: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
  process.disconnect?.()
  setImmediate(() => process.exit())
}
