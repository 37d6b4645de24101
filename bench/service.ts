// Starts the built service in a separate process with a separate database, and sends requests to it.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { resolveDatabaseServer } from '../src/database/resolve-server.js'
import type { Cleanup } from './cleanup.js'

const SERVER = fileURLToPath(new URL('../src/server.js', import.meta.url))
/** Number of output lines in the error of a service that fails to start. */
const MAX_OUTPUT_LINES = 30
/** A service that does not stop within this time is killed. */
const STOP_TIMEOUT_MS = 20_000

export interface Database {
  readonly uri: string
  readonly description: string
  /** Null for an existing server. */
  readonly pid: number | null
  /** The database is on an existing server, from which the clean-up must remove it. */
  readonly isExternal: boolean
}

/** Opens a new database on a temporary server, or on the server with the given URI. */
export async function openDatabase (
  cleanup: Cleanup,
  givenUri: string | null,
  report: (line: string) => void,
): Promise<Database> {
  const starting = resolveDatabaseServer({ uri: givenUri, dataDir: null, report })
  cleanup.add(async () => {
    const server = await starting.catch(() => null)
    await server?.stop()
  })
  const { uri, description, pid } = await starting
  return {
    uri: withDatabaseName(uri, `normflix-bench-${randomUUID().slice(0, 8)}`),
    description,
    pid,
    isExternal: givenUri !== null,
  }
}

/** Returns another database on the same server. */
export function siblingDatabase (database: Database, name: string): Database {
  return { ...database, uri: database.uri.replace(/\/(normflix-bench-[0-9a-f]+)/, `/$1-${name}`) }
}

function withDatabaseName (uri: string, name: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(\/[^?]*)?/, `$1/${name}`)
}

export interface Service {
  readonly pid: number | null
  readonly origin: string
  stop(): Promise<void>
}

export interface StartOptions {
  /** Options of Node. */
  readonly nodeOptions?: readonly string[]
  /** File for the output. Without it, this process reads and drops the output. */
  readonly logFile?: string
}

/** Starts the service on a free port. @param variables additional environment variables */
export async function startService (
  cleanup: Cleanup,
  databaseUri: string,
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
  { nodeOptions = [], logFile }: StartOptions = {},
): Promise<Service> {
  const log = logFile === undefined ? null : openSync(logFile, 'a')
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, SERVER], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: '0',
      MONGODB_URI: databaseUri,
      DATA_DIR: dataDir,
      SEED: 'none',
      RATE_LIMITS: 'off',
      BCRYPT_COST: '4',
      LOG_LEVEL: 'warn',
      ...variables,
    },
    // The IPC channel ends the service with this process. A separate process group does not receive Ctrl-C.
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  })
  if (log !== null) closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve()
    })
  })
  async function stop (): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
    }, STOP_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
  cleanup.add(stop)
  const lines: string[] = []
  const origin = await new Promise<string>((resolve, reject) => {
    let isListening = false
    const findOrigin = (text: string): void => {
      const match = /API\s+(http:\S+)\/v1/.exec(text) ?? /Worker\s+(http:\S+)\/health\/ready/.exec(text)
      if (match?.[1] === undefined) return
      isListening = true
      resolve(match[1])
    }
    child.on('message', () => {
      if (logFile !== undefined && !isListening) findOrigin(readFileSync(logFile, 'utf8'))
    })
    for (const stream of [child.stdout, child.stderr].filter((output) => output !== null)) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > MAX_OUTPUT_LINES) lines.shift()
        findOrigin(line)
      })
    }
    child.once('error', reject)
    void ended.then(() => {
      // The log of a long run is larger than the longest string.
      if (isListening) return
      const output = logFile === undefined ? lines : readFileSync(logFile, 'utf8').split('\n').slice(-MAX_OUTPUT_LINES)
      reject(new Error(`The service ended before it listened:\n${output.join('\n')}`))
    })
  })
  return { pid: child.pid ?? null, origin, stop }
}

export interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly token?: string
  /** A buffer is sent as a video, any other value as JSON. */
  readonly body?: unknown
}

export interface TimedResponse {
  readonly status: number
  readonly bytes: Buffer
  /** Duration from the request to the last byte of the response. */
  readonly durationMs: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Sends a request on a persistent connection, like a player. */
export async function sendRequest (
  origin: string,
  { method, path, token, body }: RequestOptions,
): Promise<TimedResponse> {
  const isVideo = Buffer.isBuffer(body)
  const payload = body === undefined ? null : isVideo ? body : Buffer.from(JSON.stringify(body))
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(payload === null
      ? {}
      : { 'content-type': isVideo ? 'video/mp4' : 'application/json', 'content-length': String(payload.length) }),
  }
  return await new Promise((resolve, reject) => {
    const started = performance.now()
    const outgoing = httpRequest(`${origin}${path}`, { method, headers, agent }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const durationMs = performance.now() - started
        resolve({ status: incoming.statusCode ?? 0, bytes: Buffer.concat(chunks), durationMs })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** Sends a request and parses the JSON response. @throws Error for a status other than 2xx */
export async function requestJson<T> (origin: string, options: RequestOptions): Promise<T> {
  const response = await sendRequest(origin, options)
  assertSuccess(response, `${options.method} ${options.path}`)
  return JSON.parse(response.bytes.toString()) as T
}

/** @throws Error for a status other than 2xx */
export function assertSuccess ({ status, bytes }: TimedResponse, description: string): void {
  if (status < 200 || status > 299) throw new Error(`${description} returned ${status}: ${bytes.toString()}`)
}
