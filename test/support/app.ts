// Starts the app in the process of the test, on a database of its own.
import type { FastifyInstance } from 'fastify'
import mongoose from 'mongoose'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Writable } from 'node:stream'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { loadConfig, type Config } from '../../src/config.js'
import { buildContainer, type Container } from '../../src/container.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import type { HttpTimeouts } from '../../src/http/timeouts.js'
import { createLog } from '../../src/security/log.js'
import { createTestClock, type TestClock } from './clock.js'
import './documented-problems.js'
import { readDatabaseRecord } from './shared-database.js'

/** Returns the URI of an empty database on the server of the run. A file that runs alone starts its own server. */
export async function createTestDatabase (t: Test): Promise<string> {
  const uri = process.env['NORMFLIX_TEST_MONGODB_URI'] ?? readDatabaseRecord()?.uri
  const server = await resolveDatabaseServer({ uri: uri ?? null, dataDir: null, report: () => undefined })
  t.teardown(async () => {
    await server.stop()
  })
  return server.uri.replace('/normflix', `/test-${randomUUID().slice(0, 13)}`)
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly config: Config
  readonly databaseUri: string
}

/** Starts the app without scheduled jobs: tests run them. Rate limits are off unless `variables` enable them. */
export async function startApp (
  t: Test,
  variables: Record<string, string> = {},
  databaseUri?: string,
  clock = createTestClock(),
): Promise<TestApp> {
  const uri = databaseUri ?? await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-test-'))
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    RATE_LIMITS: 'off',
    DATA_DIR: dataDir,
    ...variables,
  })
  if (databaseUri === undefined) {
    await connectDatabase(uri)
    await createIndexes()
    await disconnectDatabase()
  }
  const app = await openApp(config, uri, { now: clock.now })
  t.teardown(async () => {
    if (databaseUri === undefined) await mongoose.connection.dropDatabase()
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { app, clock, config, databaseUri: uri }
}

/** Opens an app without scheduled jobs on an existing database. The caller closes it. */
export async function openApp (
  config: Config,
  databaseUri: string,
  { now, logTo, timeouts }: {
    readonly now?: () => Date,
    readonly logTo?: Writable,
    readonly timeouts?: HttpTimeouts,
  } = {},
): Promise<FastifyInstance> {
  const log = createLog(config, logTo)
  const container = await buildContainer({ ...config, mongodbUri: databaseUri }, {
    log,
    isEager: false,
    ...(now === undefined ? {} : { now }),
  })
  await container.open()
  const app = await buildApp(container, timeouts)
  containers.set(app, container)
  return app
}

const containers = new WeakMap<FastifyInstance, Container>()

/** Returns the container of an app that `startApp` or `openApp` opened. */
export function containerOf (app: FastifyInstance): Container {
  const container = containers.get(app)
  if (container === undefined) throw new Error('Neither startApp nor openApp opened this app.')
  return container
}
