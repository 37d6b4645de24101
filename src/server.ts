// The process of the service: configuration, database, demo, app, and a graceful shutdown.
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describeError } from './cli/describe-error.js'
import { loadConfig, type Config } from './config.js'
import type { Container } from './container.js'
import type { DatabaseServer } from './database/resolve-server.js'
import { createLog } from './security/log.js'

const SHUTDOWN_TIMEOUT_MS = 15_000
/**
 * Buffers up to half of this length are parts of a shared one: most responses are. By default, those of more than 4 kB
 * have memory of their own, which takes longer to allocate and to collect than they take to send.
 */
const BUFFER_POOL_BYTES = 64 * 1_024

/**
 * Garbage may take this share of the heap, in percent, until it is collected; by default V8 lets the heap double and
 * more. The catalogue is most of the heap, and rarely changes.
 */
const HEAP_GROWTH_PERCENT = 30

/**
 * V8 allocates what often survived a collection as old objects from then on, such as the arrays of responses that were
 * written during the start. They keep the young objects of their request until the old generation is collected.
 */
setFlagsFromString('--no-allocation-site-pretenuring')

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

/** Loaded after the configuration and the port are checked: loading them takes a second or more. */
async function loadModules () {
  const [app, container, indexes, migrations, database, programs, encodingStatus] = await Promise.all([
    import('./app.js'),
    import('./container.js'),
    import('./database/indexes.js'),
    import('./database/migrations.js'),
    import('./database/resolve-server.js'),
    import('./media/encoding/find-programs.js'),
    import('./media/encoding/encoding-status.js'),
  ])
  return { ...app, ...container, ...indexes, ...migrations, ...database, ...programs, ...encodingStatus }
}

type Modules = Awaited<ReturnType<typeof loadModules>>

/** Loaded for the demo only: its packages are not installed in production. */
const loadDemo = async () => ({
  ...await import('./demo/seed.js'),
  ...await import('./demo/seed-accounts.js'),
  ...await import('./demo/seed-master.js'),
})

async function prepareDatabase (
  container: Container,
  { requireMigrations, requireIndexes }: Modules,
): Promise<void> {
  const { config, storage, connect } = container
  await connect()
  await runStep('Migrations', async (onProgress) => {
    await requireMigrations(config.env, onProgress)
  })
  await runStep('Indexes', async () => {
    await requireIndexes(config.env)
  })
  if (config.seed !== 'demo') return
  const { canEncodeDemo, isDemoSeeded, seedCatalogue } = await loadDemo()
  if (await isDemoSeeded()) return
  const hasMaster = await canEncodeDemo(container)
  await runStep('Demo catalogue', async (onProgress) => {
    await seedCatalogue(storage, onProgress, hasMaster)
  })
}

async function openApp (container: Container, { buildApp }: Modules): Promise<FastifyInstance> {
  const app = await runStep('Service', async () => {
    await container.open()
    return await buildApp(container)
  })
  if (container.config.seed === 'demo') {
    const { canEncodeDemo, isDemoSeeded, seedAccounts, seedMaster } = await loadDemo()
    if (!await isDemoSeeded()) {
      if (await canEncodeDemo(container)) {
        await runStep('Demo master, first rendition', async (onProgress) => {
          await seedMaster(container, onProgress)
        })
      }
      await runStep('Demo accounts', async () => {
        await seedAccounts(container)
      })
    }
  }
  return app
}

/** Not earlier: while the catalogue is loaded, each collection would find little garbage. */
function limitGarbage (): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`)
  // The limit applies from a collection on. The function exists in contexts that are created after the flag is set.
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
}

async function printUrls (config: Config, origin: string): Promise<void> {
  print('')
  if (config.role === 'worker') {
    print(`  Worker      ${origin}/health/ready`)
    print('  Stop        Ctrl-C')
    print('')
    return
  }
  print(`  Watch       ${origin}/watch`)
  print(`  Admin       ${origin}/admin`)
  print(`  API         ${origin}/v1`)
  print(`  Swagger UI  ${origin}/docs`)
  print(`  Reference   ${origin}/reference`)
  if (config.seed === 'demo') {
    const { listDemoAccounts } = await loadDemo()
    for (const { email, password, note } of listDemoAccounts(config.plans)) {
      print(`  Log in      ${email} / ${password}   (${note})`)
    }
  }
  print('  Try it      npm run demo')
  print('  Stop        Ctrl-C')
  print('')
}

async function start (config: Config): Promise<void> {
  for (const warning of config.warnings) process.stderr.write(`${warning}\n`)
  await checkPort(config)
  const opened: Opened = { database: null, container: null, app: null }
  const signals = shutDownGracefully(opened)
  try {
    const modules = await loadModules()
    opened.database = await modules.resolveDatabaseServer({
      uri: config.mongodbUri,
      dataDir: config.dataDir,
      report: print,
    })
    print(`Database … ${opened.database.description}`)
    const log = createLog(config)
    const container = await modules.buildContainer({ ...config, mongodbUri: opened.database.uri }, { log })
    opened.container = container
    const encoderStatus = modules.encodingStatus(container.encoder, config)
    // A start that ends before the trial closes the encoder.
    encoderStatus.catch(() => undefined)
    await prepareDatabase(container, modules)
    opened.app = await openApp(container, modules)
    print(`Encoding … ${modules.describeEncoder(await encoderStatus)}`)
    if (config.role === 'api') print('ROLE=api: this process does not encode; start one with ROLE=worker')
    limitGarbage()
    Buffer.poolSize = BUFFER_POOL_BYTES
    const url = await opened.app.listenOn(await addressesOf(config.host), config.port)
    await printUrls(config, url.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost'))
    process.send?.('listening')
    container.jobs.start()
  } catch (error) {
    // A stop during the start closes what the start is using.
    if (signals.isStopping()) return
    signals.uninstall()
    await close(opened)
    throw error
  }
}

/** What the start has opened so far. */
interface Opened {
  database: DatabaseServer | null
  container: Container | null
  app: FastifyInstance | null
}

async function close ({ database, container, app }: Opened): Promise<void> {
  // Closing the app closes the container.
  await (app ?? container)?.close()
  await database?.stop()
}

/** `localhost` may have an address of each IP version; clients try them in turn. */
async function addressesOf (host: string): Promise<readonly string[]> {
  if (host !== 'localhost') return [host]
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/** Fails before the work of the start if the service could not listen after it. */
async function checkPort ({ host, port }: Config): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen({ host, port }, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

/** From the beginning of the start: a signal ends a start as well. */
function shutDownGracefully (opened: Opened): { isStopping(): boolean, uninstall(): void } {
  let isStopping = false
  const logger = {
    error (text: string) {
      const log = opened.container?.log ?? console
      log.error(text)
    },
  }
  const handle = closeWithGrace({ delay: SHUTDOWN_TIMEOUT_MS, logger }, async ({ err }) => {
    isStopping = true
    if (err !== undefined) opened.container?.log.error({ err }, 'shutting down after an error')
    print('Stopping …')
    await close(opened)
  })
  // The start script has ended, and the terminal with it.
  if (process.send !== undefined) {
    process.once('disconnect', () => {
      process.kill(process.pid, 'SIGTERM')
    })
  }
  return { isStopping: () => isStopping, uninstall: handle.uninstall }
}

try {
  await start(loadConfig())
} catch (error) {
  process.stderr.write(`\n${describeError(error)}\n`)
  process.exit(1)
}
