// The process: configuration, database, indexes, demo, app, listening, and stopping without losing anything.
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { ConfigError, loadConfig, type Config } from './config.js'
import { buildContainer, type Container } from './container.js'
import { requireIndexes } from './database/indexes.js'
import { NoDatabaseError, resolveDatabaseServer, type DatabaseServer } from './database/resolve-server.js'
import { DEMO_ACCOUNTS, isDemoSeeded, seedAccounts, seedCatalogue } from './demo/seed.js'
import { createLog } from './security/log.js'

/** Everything in flight has this long to end. */
const STOP_WITHIN_MS = 15_000

function say (line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Says what is done and, when it is done, how long it took. */
async function step<T> (title: string, work: (progress: (text: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now()
  const show = (text: string): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${title} … ${text}`)
  }
  show('')
  const result = await work(show)
  say(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${title} … done in ${((Date.now() - started) / 1_000).toFixed(1)} s`)
  return result
}

async function prepareDatabase ({ config, storage, connect }: Container): Promise<void> {
  await connect()
  await step('Indexes', async () => {
    await requireIndexes(config.env)
  })
  if (config.env === 'production' || config.seed !== 'demo' || await isDemoSeeded()) return
  await step('Demo catalogue', async (progress) => {
    await seedCatalogue(storage, progress)
  })
}

function sayWhereItIs (config: Config, address: string): void {
  say('')
  say(`  Watch       ${address}/watch`)
  say(`  API         ${address}/v1`)
  say(`  Swagger UI  ${address}/docs`)
  if (config.seed === 'demo') {
    for (const { email, password, note } of DEMO_ACCOUNTS) say(`  Log in      ${email} / ${password}   (${note})`)
  }
  say('  Try it      npm run demo')
  say('  Stop        Ctrl-C')
  say('')
}

async function start (config: Config): Promise<void> {
  const database = await resolveDatabaseServer({ uri: config.mongodbUri, dataDir: config.dataDir, report: say })
  say(`Database … ${database.description}`)
  let container: Container | null = null
  try {
    container = await buildContainer({ ...config, mongodbUri: database.uri }, { log: createLog(config) })
    await prepareDatabase(container)
    const app = await openApp(container)
    const address = await app.listen({ host: config.host, port: config.port })
    container.jobs.start()
    sayWhereItIs(config, address.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost'))
    stopGracefully(app, database)
  } catch (error) {
    await container?.close()
    await database.stop()
    throw error
  }
}

async function openApp (container: Container): Promise<FastifyInstance> {
  const app = await step('Service', async () => {
    await container.open()
    return await buildApp(container)
  })
  if (container.config.seed === 'demo' && !await isDemoSeeded()) {
    await step('Demo accounts', async () => {
      await seedAccounts(container)
    })
  }
  return app
}

function stopGracefully (app: FastifyInstance, database: DatabaseServer): void {
  closeWithGrace({ delay: STOP_WITHIN_MS, logger: app.log }, async ({ err }) => {
    if (err !== undefined) app.log.error({ err }, 'stopping after an error')
    say('Stopping …')
    await app.close()
    await database.stop()
  })
  // The program that started this one is gone: so is the terminal.
  if (process.send !== undefined) {
    process.once('disconnect', () => {
      process.kill(process.pid, 'SIGTERM')
    })
  }
}

function explain (error: unknown): string {
  if (error instanceof ConfigError) return `The configuration cannot be used: ${error.message}.`
  if (error instanceof NoDatabaseError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}\nAnother program listens there; choose another port with PORT=3001 npm start.`
  }
  return error instanceof Error ? error.message : String(error)
}

try {
  await start(loadConfig())
} catch (error) {
  process.stderr.write(`\n${explain(error)}\n`)
  process.exit(1)
}
