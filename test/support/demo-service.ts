// The service with the demo catalogue and the demo accounts, on a port of its own.
import mongoose from 'mongoose'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { loadConfig } from '../../src/config.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { seedAccounts } from '../../src/demo/seed-accounts.js'
import { seedCatalogue } from '../../src/demo/seed.js'
import { openStorage } from '../../src/storage/open-storage.js'
import { containerOf, createTestDatabase, startApp } from './app.js'
import { createTestClock } from './clock.js'

/** @returns the origin of the service */
export async function startDemoService (t: Test): Promise<string> {
  return (await openDemoService(t)).origin
}

/** @param variables configuration beside the default one */
export async function openDemoService (
  t: Test,
  variables: Record<string, string> = {},
  clock = createTestClock(),
): Promise<{ readonly app: FastifyInstance, readonly origin: string }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-demo-'))
  const uri = await createTestDatabase(t)
  await connectDatabase(uri)
  await createIndexes()
  await seedCatalogue(
    await openStorage(loadConfig({ NODE_ENV: 'test', DATA_DIR: dataDir }), () => undefined),
    () => undefined,
  )
  await disconnectDatabase()
  const { app } = await startApp(t, { DATA_DIR: dataDir, ...variables }, uri, clock)
  await seedAccounts(containerOf(app))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }
}
