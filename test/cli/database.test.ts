// The commands migrate and indexes, and the check at the start of the service.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import mongoose from 'mongoose'
import t from 'tap'
import { MIGRATIONS } from '../../src/database/migrations.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createTestDatabase } from '../support/app.js'
import { inheritedVariables, runCommand, SECRETS, type CommandResult } from '../support/run-command.js'

const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtps://mail.example.com',
  PUBLIC_URL: 'https://www.example.com',
}

/** Starts the service and returns what it printed; it must not start. */
async function startRejectedServer (databaseUri: string, dataDir: string): Promise<string> {
  const child = spawn(process.execPath, [path.resolve('dist', 'src', 'server.js')], {
    env: {
      ...inheritedVariables(),
      PORT: '0',
      MONGODB_URI: databaseUri,
      DATA_DIR: dataDir,
      ...SECRETS,
      ...PRODUCTION,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return `${String(code)} ${output}`
}

t.test('migrate and indexes', { timeout: 120_000 }, async (t) => {
  const databaseUri = await createTestDatabase(t)
  const dataDir = t.testdir({})
  await connectDatabase(databaseUri)
  const { db } = mongoose.connection
  t.teardown(async () => {
    await db?.dropDatabase()
    await disconnectDatabase()
  })
  if (db === undefined) throw new Error('not connected')
  const run = async (...words: string[]): Promise<CommandResult> =>
    await runCommand({ databaseUri, config: { dataDir } as never }, words, { variables: PRODUCTION })

  t.test('--check lists what is pending and changes nothing', async (t) => {
    const check = await run('migrate', '--check')
    t.match(check, {
      code: 1,
      out: /Pending migrations:\n {2}0001-fill-account-fields\n[^]*Missing indexes:\n {2}accounts: /,
    })
    t.strictSame(await db.listCollections().toArray(), [])
  })

  t.test('production starts only after the migrations and indexes', async (t) => {
    t.match(await startRejectedServer(databaseUri, dataDir), /^1 [^]*Migrations are pending[^]*normflix -- migrate/)
    t.match(await run('indexes'), { code: 1, err: /Migrations are pending/ })
    t.match(await run('doctor'), { code: 1, err: /Migrations are pending/ })
  })

  t.test('two concurrent commands apply each migration once and create the indexes', async (t) => {
    await db.collection<{ _id: string }>('throttles').insertOne(
      { _id: 'pin 1', count: 3, blockedUntil: null, forgetAt: new Date(Date.now() + 60_000) } as never,
    )
    const ends = await Promise.all([run('migrate'), run('migrate')])
    t.match(ends, [{ code: 0 }, { code: 0 }])
    const applied = ends.map(({ out }) => out.match(/^ {2}\d{4}-/gm)?.length ?? 0)
    t.strictSame(applied.sort((a, b) => a - b), [0, MIGRATIONS.length])
    t.equal(await db.collection('throttles').countDocuments({ expiresAt: { $exists: true } }), 1)
  })

  t.test('--check succeeds afterwards, and a second run does nothing', async (t) => {
    t.match(await run('migrate', '--check'), {
      code: 0,
      out: 'No migrations are pending.\nAll indexes exist.\n',
    })
    t.match(await run('migrate'), { code: 0, out: 'No migrations are pending.\nAll indexes exist.\n' })
  })

  t.test('indexes --check lists a missing index, and indexes creates it', async (t) => {
    await db.collection('accounts').dropIndex('eraseAt_1')
    t.match(await run('indexes', '--check'), { code: 1, out: 'Missing indexes:\n  accounts: {"eraseAt":1}\n' })
    t.match(await run('indexes'), { code: 0, out: / {2}accounts\n[^]*All indexes exist\./ })
    t.match(await run('indexes', '--check'), { code: 0, out: 'All indexes exist.\n' })
  })

  t.test('help describes the command with examples', async (t) => {
    t.match((await run('migrate', '--help')).out, /Stop the service first[^]*--check[^]*Examples:/)
    t.match((await run('--help')).out, /migrate[^]*indexes[^]*create-admin[^]*import[^]*export[^]*doctor/)
  })
})
