// Running migrations: order, once per database, two concurrent processes, failures, and the check at the start.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import mongoose from 'mongoose'
import t from 'tap'
import { applyMigrations, findPendingMigrations, MIGRATIONS, requireMigrations } from '../../src/database/migrations.js'
import type { Migration } from '../../migrations/migration.js'
import { openDatabase } from '../migrations/migration-helper.js'

const createMigration = (
  name: string,
  runs: string[],
  run: () => Promise<void> = async () => undefined,
): Migration => ({
  name,
  async up () {
    runs.push(name)
    await run()
  },
})

t.test('the list contains every file of the folder, in the order of the numbers', async (t) => {
  const files = readdirSync('migrations').filter((file) => /^\d{4}-/.test(file)).map((file) => path.parse(file).name)
  t.strictSame(MIGRATIONS.map(({ name }) => name), files.sort())
})

t.test('pending migrations run in order, once', async (t) => {
  await openDatabase(t)
  const runs: string[] = []
  const first = createMigration('0001-a', runs)
  const second = createMigration('0002-b', runs)
  t.strictSame(await findPendingMigrations([first]), ['0001-a'])
  t.strictSame(await applyMigrations(undefined, [first]), ['0001-a'])
  const lines: string[] = []
  t.strictSame(await applyMigrations((line) => lines.push(line), [first, second]), ['0002-b'])
  t.strictSame(lines, ['0002-b'])
  t.strictSame(await applyMigrations(undefined, [first, second]), [])
  t.strictSame(await findPendingMigrations([first, second]), [])
  t.strictSame(runs, ['0001-a', '0002-b'])
})

t.test('two concurrent processes apply each migration once; the second waits', async (t) => {
  await openDatabase(t)
  const runs: string[] = []
  const lines: string[] = []
  let finish = (): void => undefined
  const running = new Promise<void>((resolve) => {
    finish = resolve
  })
  const migrations = [createMigration('0001-a', runs, async () => await running), createMigration('0002-b', runs)]
  const first = applyMigrations(undefined, migrations)
  while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const second = applyMigrations((line) => lines.push(line), migrations)
  while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve))
  t.match(lines, ['Waiting for another process that applies migrations …'])
  finish()
  t.strictSame(await Promise.all([first, second]), [['0001-a', '0002-b'], []])
  t.strictSame(runs, ['0001-a', '0002-b'])
})

t.test('many concurrent starts apply each migration once', async (t) => {
  await openDatabase(t)
  const runs: string[] = []
  const migrations = [createMigration('0001-a', runs), createMigration('0002-b', runs)]
  await Promise.all(Array.from({ length: 5 }, async () => await applyMigrations(undefined, migrations)))
  t.strictSame(runs, ['0001-a', '0002-b'])
})

t.test('the lock of a dead process expires', async (t) => {
  const db = await openDatabase(t)
  const lock = { _id: 'migrations', holder: 'dead', expiresAt: new Date(Date.now() - 1) }
  await db.collection<{ _id: string }>('migrationlocks').insertOne(lock)
  t.strictSame(await applyMigrations(undefined, [createMigration('0001-a', [])]), ['0001-a'])
  t.equal(await db.collection('migrationlocks').countDocuments(), 0, 'the lock is released')
})

t.test('a failed migration stays pending, with those after it, and releases the lock', async (t) => {
  const db = await openDatabase(t)
  const runs: string[] = []
  let isBroken = true
  const migrations = [
    createMigration('0001-a', runs),
    createMigration('0002-b', runs, async () => {
      if (isBroken) throw new Error('cannot convert')
    }),
    createMigration('0003-c', runs),
  ]
  await t.rejects(applyMigrations(undefined, migrations), { message: /0002-b.*cannot convert/s })
  t.strictSame(await findPendingMigrations(migrations), ['0002-b', '0003-c'])
  t.equal(await db.collection('migrationlocks').countDocuments(), 0)
  isBroken = false
  t.strictSame(await applyMigrations(undefined, migrations), ['0002-b', '0003-c'])
})

t.test('production does not start with pending migrations; development applies them', async (t) => {
  await openDatabase(t)
  await t.rejects(requireMigrations('production'), {
    message: /^Migrations are pending; apply them with "npm run normflix -- migrate":\n {2}0001-fill-account-fields\n/,
  })
  t.equal((await findPendingMigrations()).length, MIGRATIONS.length, 'nothing was applied')
  await requireMigrations('development')
  await requireMigrations('production')
  t.strictSame(await findPendingMigrations(), [])
  t.equal(await mongoose.connection.collection('migrations').countDocuments(), MIGRATIONS.length)
})
