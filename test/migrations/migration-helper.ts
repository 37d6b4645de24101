// Database and checks for tests of migrations.
import { randomUUID } from 'node:crypto'
import mongoose, { type Model, type mongo } from 'mongoose'
import type { Test } from 'tap'
import type { Migration } from '../../migrations/migration.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { MIGRATIONS } from '../../src/database/migrations.js'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import { readDatabaseRecord } from '../support/shared-database.js'

/** Connects the models to an empty database. */
export async function openDatabase (t: Test): Promise<mongo.Db> {
  const shared = process.env['NORMFLIX_TEST_MONGODB_URI'] ?? readDatabaseRecord()?.uri ?? null
  const server = await resolveDatabaseServer({ uri: shared, dataDir: null, report: () => undefined })
  await connectDatabase(server.uri.replace('/normflix', `/test-${randomUUID().slice(0, 13)}`))
  const { db } = mongoose.connection
  if (db === undefined) throw new Error('not connected')
  t.teardown(async () => {
    await db.dropDatabase()
    await disconnectDatabase()
    await server.stop()
  })
  return db
}

/** Runs a migration twice: the second run must not change anything. */
export async function runTwice (t: Test, db: mongo.Db, { name, up }: Migration): Promise<void> {
  await up(db)
  const first = await readAll(db)
  await up(db)
  t.strictSame(await readAll(db), first, `${name} has no effect when it runs again`)
}

async function readAll (db: mongo.Db): Promise<Record<string, unknown[]>> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  const entries = collections.map(async ({ name }) =>
    [name, await db.collection(name).find().sort({ _id: 1 }).toArray()] as const
  )
  return Object.fromEntries((await Promise.all(entries)).sort(([a], [b]) => a.localeCompare(b)))
}

/**
 * Checks that stored documents have the fields of the model: no others, and all that have a default. Later migrations
 * run first, because the model has the fields that they add.
 */
export async function expectModelForm (t: Test, model: unknown): Promise<void> {
  const Documents = model as Model<mongo.Document>
  const { db } = mongoose.connection
  if (db === undefined) throw new Error('not connected')
  for (const { up } of MIGRATIONS) await up(db)
  const documents = await Documents.collection.find().limit(20).toArray()
  t.ok(documents.length > 0, `${Documents.modelName} has documents`)
  for (const document of documents) {
    // A new document drops unknown fields and gets the defaults.
    const expected = new Documents(copy(document))
    // Without the hooks, which require that a plan is set by newAccount.
    t.equal(expected.validateSync() ?? null, null)
    t.strictSame(
      sortKeys(document),
      sortKeys(expected.toObject({ depopulate: true, minimize: false })),
      `a document of ${Documents.modelName} has the fields of the model`,
    )
  }
}

const { BSON } = mongoose.mongo
const copy = (document: mongo.Document): mongo.Document => BSON.deserialize(BSON.serialize(document))

/** JSON with sorted keys: the order of stored fields does not matter. */
function sortKeys (value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_key, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
        : part,
  )
}
