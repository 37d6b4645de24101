// Starts the service as a separate process, for tests of signals, crashes and several processes.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Account } from '../../models/account.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { PASSWORD } from './users.js'

export interface ServerProcess {
  readonly origin: string
  readonly pid: number
  /** Lines of the standard output. */
  readonly lines: readonly string[]
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number>
}

/** Starts the service on a free port and waits until it listens. The teardown stops it. */
export async function startServer (
  t: { teardown: (end: () => unknown) => unknown },
  databaseUri: string,
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const secret = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
  const child = spawn(process.execPath, [path.resolve('dist', 'src', 'server.js')], {
    env: {
      ...process.env,
      NODE_ENV: 'test',
      PORT: '0',
      MONGODB_URI: databaseUri,
      DATA_DIR: dataDir,
      SIGNING_KEYS: `k:${secret}`,
      PASSWORD_PEPPER: secret,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number>((resolve) =>
    child.once('exit', (code) => {
      resolve(code ?? -1)
    })
  )
  const stop = async (): Promise<number> => {
    child.kill('SIGTERM')
    return await exited
  }
  t.teardown(stop)
  const lines: string[] = []
  const origin = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const match = /(?:API\s+(http:\S+)\/v1|Worker\s+(http:\S+)\/health)/.exec(line)
      const found = match?.[1] ?? match?.[2]
      if (found !== undefined) resolve(found)
    })
    void exited.then((code) => {
      reject(new Error(`The service exited with code ${code}.`))
    })
  })
  return { origin, pid: child.pid ?? 0, lines, stop }
}

/** Sends a request to the process. The body of the response is parsed JSON or text. */
export async function send (
  server: ServerProcess,
  method: string,
  url: string,
  token?: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number, body: any, headers: Record<string, string> }> {
  const isBytes = body instanceof Uint8Array
  const response = await fetch(server.origin + url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text,
    headers: Object.fromEntries(response.headers),
  }
}

/** Signs an administrator up and returns an access token. */
export async function signUpAdminAt (server: ServerProcess, databaseUri: string): Promise<string> {
  const credentials = { email: `admin-${randomUUID()}@example.com`, password: PASSWORD }
  await send(server, 'POST', '/v1/auth/signup', undefined, credentials)
  await connectDatabase(databaseUri)
  await Account.updateOne({ email: credentials.email }, { $set: { role: 'admin' } })
  await disconnectDatabase()
  return (await send(server, 'POST', '/v1/auth/login', undefined, credentials)).body.accessToken
}
