// The processes that are compared: the service in production mode, and its peers.
import { fileURLToPath } from 'node:url'
import type { Cleanup } from '../cleanup.js'
import { forkServer } from '../forked-server.js'
import { startService } from '../service.js'

/** Requests come from this many addresses in turn, as from a proxy in front of the service. */
const CLIENT_ADDRESSES = 1_024
export const BCRYPT_COST = 10
export const PASSWORD = 'three blind mice ran'
export const SIGNING_KEYS = 'bench:a signing key that only benchmarks use 0123456789'
export const PASSWORD_PEPPER = 'a pepper that only benchmarks use 0123456789'

export type TargetName = 'bare' | 'fastify' | 'flask' | 'service'
export const PEER_NAMES = ['bare', 'fastify', 'flask'] as const

export const TARGET_TITLES: Readonly<Record<TargetName, string>> = {
  bare: 'bare',
  fastify: 'Fastify + Mongoose lean',
  flask: 'Flask + PostgreSQL',
  service: 'the service',
}

export interface Target {
  readonly name: TargetName
  readonly origin: string
  /** Processes whose CPU time and memory count. */
  readonly pids: readonly number[]
  /** Processes of its database; empty for a server that this command did not start. */
  readonly databasePids: readonly number[]
}

/** Address of the client of a request, in X-Forwarded-For. */
export function clientAddress (request: number): string {
  const number = request % CLIENT_ADDRESSES
  return `10.0.${number >> 8}.${number & 255}`
}

export interface ProductionOptions {
  readonly databaseUri: string
  readonly dataDir: string
  /** The log of the service. */
  readonly logFile: string
  /** Folder for CPU profiles; null for none. */
  readonly profileDir: string | null
}

/** Starts the service as in production: log in a file, rate limits on, behind a proxy that names the clients. */
export async function startProductionService (
  cleanup: Cleanup,
  { databaseUri, dataDir, logFile, profileDir }: ProductionOptions,
  databasePid: number | null,
): Promise<Target> {
  const service = await startService(cleanup, databaseUri, dataDir, {
    NODE_ENV: 'production',
    // The media files of the data are not stored: a worker would try to read them again and again.
    ROLE: 'api',
    RATE_LIMITS: 'on',
    LOG_LEVEL: 'info',
    TRUSTED_PROXIES: '127.0.0.1',
    BCRYPT_COST: String(BCRYPT_COST),
    SIGNING_KEYS,
    PASSWORD_PEPPER,
    // Nothing here sends an email.
    SMTP_URL: 'smtp://127.0.0.1:9',
    PUBLIC_URL: 'http://localhost',
  }, { logFile, nodeOptions: profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] })
  return {
    name: 'service',
    origin: service.origin,
    pids: service.pid === null ? [] : [service.pid],
    databasePids: databasePid === null ? [] : [databasePid],
  }
}

/** Starts a peer that is a Node program. It ends with this process. */
export async function startNodePeer (
  cleanup: Cleanup,
  name: 'bare' | 'fastify',
  databaseUri: string,
  databasePid: number | null,
): Promise<Target> {
  const script = fileURLToPath(new URL(`./${name}-server.js`, import.meta.url))
  const { origin, pid } = await forkServer(cleanup, script, [], {
    NODE_ENV: 'production',
    PEER_DATABASE_URI: databaseUri,
  })
  return {
    name,
    origin,
    pids: pid === undefined ? [] : [pid],
    databasePids: databasePid === null ? [] : [databasePid],
  }
}
