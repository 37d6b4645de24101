// The process of the service: configuration, database, demo, app, and a graceful shutdown.
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { ConfigError, loadConfig, type Config } from './config.js'
import { buildContainer, type Container } from './container.js'
import { requireIndexes } from './database/indexes.js'
import { requireMigrations } from './database/migrations.js'
import { resolveDatabaseServer, type DatabaseServer } from './database/resolve-server.js'
import { NoDatabaseError } from './database/start-methods.js'
import { createLog } from './security/log.js'

const SHUTDOWN_TIMEOUT_MS = 15_000

function print (line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Prints the title of a step, its progress on a terminal, and its duration. */
async function runStep<T> (title: string, run: (onProgress: (text: string) => void) => Promise<T>): Promise<T> {
  const { isTTY } = process.stdout
  const startedAt = Date.now()
  const showProgress = (text: string): void => {
    if (isTTY) process.stdout.write(`\r\x1b[K${title} … ${text}`)
  }
  showProgress('')
  const result = await run(showProgress)
  print(`${isTTY ? '\r\x1b[K' : ''}${title} … done in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`)
  return result
}

/** Loaded for the demo only: its packages are not installed in production. */
const loadDemo = async () => await import('./demo/seed.js')

async function prepareDatabase ({ config, storage, connect }: Container): Promise<void> {
  await connect()
  await runStep('Migrations', async (onProgress) => {
    await requireMigrations(config.env, onProgress)
  })
  await runStep('Indexes', async () => {
    await requireIndexes(config.env)
  })
  if (config.seed !== 'demo') return
  const { isDemoSeeded, seedCatalogue } = await loadDemo()
  if (await isDemoSeeded()) return
  await runStep('Demo catalogue', async (onProgress) => {
    await seedCatalogue(storage, onProgress)
  })
}

async function openApp (container: Container): Promise<FastifyInstance> {
  const app = await runStep('Service', async () => {
    await container.open()
    return await buildApp(container)
  })
  if (container.config.seed === 'demo') {
    const { isDemoSeeded, seedAccounts } = await loadDemo()
    if (!await isDemoSeeded()) {
      await runStep('Demo accounts', async () => {
        await seedAccounts(container)
      })
    }
  }
  return app
}

async function printUrls (config: Config, origin: string): Promise<void> {
  print('')
  print(`  Watch       ${origin}/watch`)
  print(`  API         ${origin}/v1`)
  print(`  Swagger UI  ${origin}/docs`)
  if (config.seed === 'demo') {
    const { DEMO_ACCOUNTS } = await loadDemo()
    for (const { email, password, note } of DEMO_ACCOUNTS) print(`  Log in      ${email} / ${password}   (${note})`)
  }
  print('  Try it      npm run demo')
  print('  Stop        Ctrl-C')
  print('')
}

async function start (config: Config): Promise<void> {
  for (const warning of config.warnings) process.stderr.write(`${warning}\n`)
  const database = await resolveDatabaseServer({ uri: config.mongodbUri, dataDir: config.dataDir, report: print })
  print(`Database … ${database.description}`)
  let container: Container | null = null
  try {
    container = await buildContainer({ ...config, mongodbUri: database.uri }, { log: createLog(config) })
    await prepareDatabase(container)
    const app = await openApp(container)
    const url = await app.listen({ host: config.host, port: config.port })
    container.jobs.start()
    await printUrls(config, url.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost'))
    shutDownGracefully(app, database)
  } catch (error) {
    await container?.close()
    await database.stop()
    throw error
  }
}

function shutDownGracefully (app: FastifyInstance, database: DatabaseServer): void {
  closeWithGrace({ delay: SHUTDOWN_TIMEOUT_MS, logger: app.log }, async ({ err }) => {
    if (err !== undefined) app.log.error({ err }, 'shutting down after an error')
    print('Stopping …')
    await app.close()
    await database.stop()
  })
  // The start script has ended, and the terminal with it.
  if (process.send !== undefined) {
    process.once('disconnect', () => {
      process.kill(process.pid, 'SIGTERM')
    })
  }
}

function describeError (error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is invalid:\n  ${error.message.replaceAll('\n', '\n  ')}`
  if (error instanceof NoDatabaseError) return error.message
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') {
    return `${text}\nAnother program uses this port; select another one with PORT=3001 npm start.`
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return `${text}\nDevelopment needs the packages for development: run npm ci, or set NODE_ENV=production.`
  }
  return text
}

try {
  await start(loadConfig())
} catch (error) {
  process.stderr.write(`\n${describeError(error)}\n`)
  process.exit(1)
}
