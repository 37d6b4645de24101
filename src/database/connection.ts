// The connection to MongoDB, with the write guarantees that the service relies on.
import mongoose from 'mongoose'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseConnectionError, toConnectionError } from './connection-errors.js'
import '../../models/mongoose-settings.js'

/**
 * The monitor notices a silent server within 1.5 s and fails the operations on it; their retry selects a server for
 * another second. A request without a database therefore fails within 3 s.
 */
const FAILURE_DETECTION = {
  heartbeatFrequencyMS: 500,
  connectTimeoutMS: 1_000,
  serverSelectionTimeoutMS: 1_000,
  // One request in this time instead of two: the other mode pushes states, and measures round trips beside them.
  serverMonitoringMode: 'poll',
} as const

/**
 * The change watch has a connection of its own. In an overloaded process its requests would wait behind all others;
 * without responses, caches are not used, which overloads the process further.
 */
const CHANGES = {
  maxPoolSize: 2,
  heartbeatFrequencyMS: 10_000,
  socketTimeoutMS: 10_000,
} as const

const PING_TIMEOUT_MS = 1_500
/** Looking up an SRV record has longer timeouts of its own. */
const CONNECT_TIMEOUT_MS = 4_500

/** Number of users of the connection in this process: tests run several apps in one process. */
let users = 0
/** The shared connection. A second connect while it is interrupted would leave the first connection open. */
let connecting: Promise<unknown> | null = null
let changes: mongoose.Connection | null = null

/**
 * Connects, or shares the open connection. A majority acknowledges each write with its journal.
 * @throws DatabaseConnectionError
 */
export async function connectDatabase (uri: string): Promise<void> {
  users++
  connecting ??= connect(uri)
  try {
    await connecting
  } catch (error) {
    users--
    if (users === 0) {
      connecting = null
      await mongoose.disconnect()
    }
    throw error
  }
}

async function connect (uri: string): Promise<void> {
  const connected = mongoose.connect(uri, {
    writeConcern: { w: 'majority', journal: true },
    retryWrites: true,
    ...FAILURE_DETECTION,
    socketTimeoutMS: 30_000,
    maxPoolSize: 50,
  }).then(requireReplicaSet).then(async () => {
    changes = await mongoose.createConnection(uri, { ...FAILURE_DETECTION, ...CHANGES }).asPromise()
  }).catch((error: unknown) => {
    throw error instanceof DatabaseConnectionError ? error : toConnectionError(uri, error)
  })
  const timeout = new AbortController()
  const timedOut = sleep(CONNECT_TIMEOUT_MS, undefined, { signal: timeout.signal }).then(() => {
    connected.catch(() => undefined)
    throw toConnectionError(uri, new Error('timed out'))
  })
  timedOut.catch(() => undefined)
  try {
    await Promise.race([connected, timedOut])
  } finally {
    timeout.abort()
  }

  /** Transactions and change streams need a replica set. The router of a sharded cluster has no name of a set. */
  async function requireReplicaSet ({ connection }: typeof mongoose): Promise<void> {
    const hello = await connection.db?.admin().command({ hello: 1 }) ?? {}
    if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return
    throw new DatabaseConnectionError(uri, 'it is not a replica set; start mongod with --replSet and run rs.initiate()')
  }
}

/** The database for the change watch. @throws Error when it is not connected */
export function changesDatabase (): mongoose.mongo.Db {
  const db = changes?.db
  if (db === undefined) throw new Error('the database is not connected')
  return db
}

/** Closes the connection after its last user. */
export async function disconnectDatabase (): Promise<void> {
  users--
  if (users > 0) return
  connecting = null
  changes = null
  await mongoose.disconnect()
}

/** Whether the monitor of the connection sees the database. It notices a silent server within 1.5 s. */
export function isDatabaseAvailable (): boolean {
  return mongoose.connection.readyState === mongoose.ConnectionStates.connected
}

/** Whether the database responds to a ping. */
export async function pingDatabase (): Promise<boolean> {
  try {
    await mongoose.connection.db?.admin().ping({ timeoutMS: PING_TIMEOUT_MS })
    return mongoose.connection.readyState === mongoose.ConnectionStates.connected
  } catch {
    return false
  }
}
