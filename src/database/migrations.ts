// Runs the migrations of stored documents, in order and once per database, with umzug.
// Production applies them in a separate step; development applies them at each start.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import type { Umzug } from 'umzug'
import { migration as fillAccountFields } from '../../migrations/0001-fill-account-fields.js'
import { migration as fillMediaFields } from '../../migrations/0002-fill-media-fields.js'
import { migration as fillTitleFields } from '../../migrations/0003-fill-title-fields.js'
import { migration as renameCollections } from '../../migrations/0004-rename-collections.js'
import { migration as renameTitlePreferences } from '../../migrations/0005-rename-title-preferences.js'
import { migration as renamePlayFields } from '../../migrations/0006-rename-play-fields.js'
import { migration as renameStreamLeases } from '../../migrations/0007-rename-stream-leases.js'
import { migration as renameFields } from '../../migrations/0008-rename-fields.js'
import { migration as bindTokensToCredentials } from '../../migrations/0009-bind-tokens-to-credentials.js'
import { migration as fillLeaseFields } from '../../migrations/0010-fill-lease-fields.js'
import { migration as fillProbeFields } from '../../migrations/0011-fill-probe-fields.js'
import { migration as fillExtractionFields } from '../../migrations/0012-fill-extraction-fields.js'
import { migration as fillUploadFields } from '../../migrations/0013-fill-upload-fields.js'
import { migration as fillSessionFields } from '../../migrations/0014-fill-session-fields.js'
import { migration as fillPackageSizes } from '../../migrations/0015-fill-package-sizes.js'
import { migration as fillMasters } from '../../migrations/0016-fill-masters.js'
import { migration as fillMediaStages } from '../../migrations/0017-fill-media-stages.js'
import { migration as fillChunkFields } from '../../migrations/0018-fill-chunk-fields.js'
import { migration as fillTokenSlots } from '../../migrations/0019-fill-token-slots.js'
import type { Migration } from '../../migrations/migration.js'
import { isDuplicateKey } from '../../models/upsert.js'
import type { Config } from '../config.js'
import { acquireClaim, type ClaimWrites } from './claims.js'

/** In the order in which they run. A migration that was released is never changed, moved or removed. */
export const MIGRATIONS: readonly Migration[] = [
  fillAccountFields,
  fillMediaFields,
  fillTitleFields,
  renameCollections,
  renameTitlePreferences,
  renamePlayFields,
  renameStreamLeases,
  renameFields,
  bindTokensToCredentials,
  fillLeaseFields,
  fillProbeFields,
  fillExtractionFields,
  fillUploadFields,
  fillSessionFields,
  fillPackageSizes,
  fillMasters,
  fillMediaStages,
  fillChunkFields,
  fillTokenSlots,
]

/** One document per applied migration; `_id` is its name. */
interface AppliedMigration {
  _id: string
  appliedAt: Date
}

interface MigrationLock {
  _id: string
  holder: string
  expiresAt: Date
}

const COLLECTION = 'migrations'
const LOCK_COLLECTION = 'migrationlocks'
const LOCK_ID = 'migrations'
/** A lock that is not renewed for this long belongs to a dead process. */
const LOCK_TTL_MS = 60_000
const LOCK_RENEWAL_INTERVAL_MS = LOCK_TTL_MS / 4
const LOCK_POLL_INTERVAL_MS = 200

type Report = (line: string) => void

function connectedDatabase (): mongoose.mongo.Db {
  const { db } = mongoose.connection
  if (db === undefined) throw new Error('migrations need a connection to the database')
  return db
}

async function createUmzug (
  db: mongoose.mongo.Db,
  migrations: readonly Migration[],
): Promise<Umzug<mongoose.mongo.Db>> {
  const { Umzug } = await import('umzug')
  const applied = db.collection<AppliedMigration>(COLLECTION)
  return new Umzug({
    context: db,
    logger: undefined,
    migrations: migrations.map(({ name, up }) => ({ name, up: async ({ context }) => await up(context) })),
    storage: {
      async executed () {
        return (await applied.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)
      },
      async logMigration ({ name }) {
        await applied.updateOne({ _id: name }, { $set: { appliedAt: new Date() } }, { upsert: true })
      },
      async unlogMigration ({ name }) {
        await applied.deleteOne({ _id: name })
      },
    },
  })
}

/**
 * Returns the names of the migrations that the connected database lacks, in order. Without umzug: most starts have
 * none to apply, and its packages would take 8 MB in every process.
 */
export async function findPendingMigrations (migrations: readonly Migration[] = MIGRATIONS): Promise<string[]> {
  const applied = connectedDatabase().collection<AppliedMigration>(COLLECTION)
  const appliedNames = new Set((await applied.find().toArray()).map(({ _id }) => _id))
  return migrations.map(({ name }) => name).filter((name) => !appliedNames.has(name))
}

/**
 * Applies the pending migrations to the connected database. A second process waits for the first, then has none left.
 * @returns the names of those that this process applied
 * @throws Error of the first migration that fails; those after it stay pending
 */
export async function applyMigrations (
  report: Report = () => undefined,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string[]> {
  if ((await findPendingMigrations(migrations)).length === 0) return []
  const db = connectedDatabase()
  const umzug = await createUmzug(db, migrations)
  return await withMigrationLock(db, report, async () => {
    umzug.on('migrated', ({ name }) => {
      report(name)
    })
    return (await umzug.up()).map(({ name }) => name)
  })
}

/**
 * Applies pending migrations, except in production, where that is a separate step.
 * @throws Error with the names of the pending migrations
 */
export async function requireMigrations (env: Config['env'], report?: Report): Promise<void> {
  if (env !== 'production') {
    await applyMigrations(report)
    return
  }
  const pending = await findPendingMigrations()
  if (pending.length > 0) {
    const list = pending.join('\n  ')
    throw new Error(`Migrations are pending; apply them with "npm run normflix -- migrate":\n  ${list}`)
  }
}

/** Runs `work` while this process has the lock; waits while another process has it. */
async function withMigrationLock<T> (db: mongoose.mongo.Db, report: Report, work: () => Promise<T>): Promise<T> {
  const writes = createLockWrites(db.collection<MigrationLock>(LOCK_COLLECTION))
  const options = {
    ttlMs: LOCK_TTL_MS,
    renewalIntervalMs: LOCK_RENEWAL_INTERVAL_MS,
    now: () => new Date(),
    // A lost lock is harmless: each step can run again.
    onReleaseRequested: () => undefined,
  }
  let lock = await acquireClaim(writes, options)
  if (lock === null) report('Waiting for another process that applies migrations …')
  while (lock === null) {
    await sleep(LOCK_POLL_INTERVAL_MS)
    lock = await acquireClaim(writes, options)
  }
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

function createLockWrites (locks: mongoose.mongo.Collection<MigrationLock>): ClaimWrites {
  const holder = randomUUID()
  return {
    async acquire (expiresAt) {
      const isExpired = { _id: LOCK_ID, expiresAt: { $lt: new Date() } }
      try {
        await locks.updateOne(isExpired, { $set: { holder, expiresAt } }, { upsert: true })
        return true
      } catch (error) {
        // The lock exists and has not expired: the unique `_id` rejects the insert.
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    async renew (expiresAt) {
      return (await locks.updateOne({ _id: LOCK_ID, holder }, { $set: { expiresAt } })).matchedCount === 1
    },
    async release () {
      await locks.deleteOne({ _id: LOCK_ID, holder })
    },
  }
}
