// The ways to start an embedded server, in the order of the attempts.
import {
  databaseFolder,
  findDataKind,
  startDownloadedMongod,
  startFallbackServer,
  startSystemMongod,
  type ServerKind,
  type StartedServer,
  type StartOptions,
} from './start-server.js'

export type StartSource = 'system' | 'download' | 'fallback'

/** One way to start an embedded server. */
export interface StartMethod {
  readonly source: StartSource
  readonly name: string
  readonly kind: ServerKind
  readonly start: (options: StartOptions) => Promise<StartedServer>
}

export const START_METHODS: readonly StartMethod[] = [
  { source: 'system', name: 'installed mongod', kind: 'mongod', start: startSystemMongod },
  { source: 'download', name: 'cached or downloaded mongod', kind: 'mongod', start: startDownloadedMongod },
  { source: 'fallback', name: 'fallback server from PyPI', kind: 'fallback', start: startFallbackServer },
]

export interface FailedAttempt {
  readonly name: string
  readonly reason: string
}

/** The program that the operator selected does not start. Another server would take its place unnoticed. */
export class SelectedServerError extends Error {
  constructor (binary: string, reason: string) {
    super(`MONGOD_BINARY cannot be used (${binary}: ${reason}). Correct or remove the variable.`)
    this.name = 'SelectedServerError'
  }
}

/** No server was found or started. The message lists every attempt with its reason, and two solutions. */
export class NoDatabaseError extends Error {
  constructor (readonly attempts: readonly FailedAttempt[]) {
    super([
      'No MongoDB was found or started. Attempts:',
      '  - MONGODB_URI: not set',
      ...attempts.map(({ name, reason }) => `  - ${name}: ${reason}`),
      'The two simplest solutions:',
      '  1. Run MongoDB in Docker, then repeat this command with MONGODB_URI:',
      '       docker run -d --name normflix-mongo -p 127.0.0.1:27017:27017 mongo:8 --replSet rs0',
      '       docker exec normflix-mongo mongosh --quiet --eval "rs.initiate()"',
      '       export MONGODB_URI="mongodb://127.0.0.1:27017/normflix?directConnection=true"',
      '  2. Use a MongoDB that runs elsewhere as a replica set: set MONGODB_URI to its connection string.',
    ].join('\n'))
    this.name = 'NoDatabaseError'
  }
}

/**
 * Starts a server with the first method that works, or with the program of MONGOD_BINARY only.
 * @throws NoDatabaseError, SelectedServerError
 */
export async function startFirst (
  options: StartOptions,
  methods: readonly StartMethod[] = START_METHODS,
): Promise<StartedServer & { readonly source: StartSource }> {
  const { dataDir, env: { MONGOD_BINARY: selected = '' } } = options
  const attempts: FailedAttempt[] = []
  const dataKind = dataDir === null ? null : await findDataKind(dataDir)
  for (const { name, source, kind, start } of methods) {
    const reject = (reason: string): void => {
      if (source === 'system' && selected !== '') throw new SelectedServerError(selected, reason)
      attempts.push({ name, reason })
    }
    // Another kind of server cannot read the data and would start with an empty database.
    if (dataDir !== null && dataKind !== null && dataKind !== kind) {
      const folder = databaseFolder(dataDir, dataKind)
      reject(`cannot read the data in ${folder}; delete that folder to start with an empty one`)
      continue
    }
    try {
      const server = await start(options)
      return { ...server, source, stop: once(server.stop) }
    } catch (error) {
      reject(firstLineOf(error))
    }
  }
  throw new NoDatabaseError(attempts)
}

function once (work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return async () => {
    await (running ??= work())
  }
}

function firstLineOf (error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? ''
}
