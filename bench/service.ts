// The service as it runs in earnest: a process of its own on a database of its own, spoken to over HTTP.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { resolveDatabaseServer } from '../src/database/resolve-server.js'
import type { Cleanup } from './cleanup.js'

const SERVER = fileURLToPath(new URL('../src/server.js', import.meta.url))
const KEPT_LINES = 30
/** A service that does not stop by itself is ended after this. */
const STOP_WITHIN_MS = 20_000

export interface Database {
  readonly uri: string
  readonly description: string
  /** Null when somebody else runs it. */
  readonly pid: number | null
  /** On somebody else's server, where nothing may be left. */
  readonly isGiven: boolean
}

/** A database of its own: on a server that is thrown away afterwards, or under a name of its own on the one given. */
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
    isGiven: givenUri !== null,
  }
}

/** Another database on the same server. */
export function besideDatabase (database: Database, name: string): Database {
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

/** Starts the built service on any free port. @param variables of its configuration, beside the usual ones */
export async function startService (
  cleanup: Cleanup,
  databaseUri: string,
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const child = spawn(process.execPath, ['--enable-source-maps', SERVER], {
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
    // The channel lets it notice when this process is killed; its own group keeps the terminal's Ctrl-C from it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  })
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
    }, STOP_WITHIN_MS)
    await ended
    clearTimeout(timer)
  }
  cleanup.add(stop)
  const lines: string[] = []
  const origin = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr].filter((one) => one !== null)) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > KEPT_LINES) lines.shift()
        const match = /API\s+(http:\S+)\/v1/.exec(line)
        if (match?.[1] !== undefined) resolve(match[1])
      })
    }
    child.once('error', reject)
    void ended.then(() => {
      reject(new Error(`The service ended before it listened:\n${lines.join('\n')}`))
    })
  })
  return { pid: child.pid ?? null, origin, stop }
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly token?: string
  /** Sent as JSON, or as it is when it is bytes of a video. */
  readonly body?: unknown
}

export interface Reply {
  readonly status: number
  readonly bytes: Buffer
  /** From the request to the last byte of the answer. */
  readonly ms: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Sends one request on a kept connection, as a player does. */
export async function send (origin: string, { method, path, token, body }: Call): Promise<Reply> {
  const isBytes = Buffer.isBuffer(body)
  const payload = body === undefined ? null : isBytes ? body : Buffer.from(JSON.stringify(body))
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(payload === null
      ? {}
      : { 'content-type': isBytes ? 'video/mp4' : 'application/json', 'content-length': String(payload.length) }),
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
        resolve({ status: incoming.statusCode ?? 0, bytes: Buffer.concat(chunks), ms: performance.now() - started })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** Sends one request that has to succeed, and reads its JSON. */
export async function ask<T> (origin: string, call: Call): Promise<T> {
  const { status, bytes } = await send(origin, call)
  if (status < 200 || status > 299) {
    throw new Error(`${call.method} ${call.path} answered ${status}: ${bytes.toString()}`)
  }
  return JSON.parse(bytes.toString()) as T
}
