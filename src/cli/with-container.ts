// Runs a command with the container of the service, connected to its database.
import type { StoredAccount } from '../../models/account.js'
import type { Container } from '../container.js'

/** Loaded after the configuration is checked. */
const loadModules = async () =>
  await Promise.all([
    import('../container.js'),
    import('../database/migrations.js'),
    import('../database/resolve-server.js'),
    import('../security/log.js'),
  ])

/**
 * Runs `work` on the database of the service: the one of MONGODB_URI or of a running development service, else an
 * embedded server that ends with the command. Warnings go to standard error.
 * @param needsMigrations false for commands that work while migrations are pending
 */
export async function withContainer<T> (
  work: (container: Container) => Promise<T>,
  { needsMigrations = true }: { readonly needsMigrations?: boolean } = {},
): Promise<T> {
  const { loadConfig } = await import('../config.js')
  const config = loadConfig()
  for (const warning of config.warnings) console.error(warning)
  const [{ buildContainer }, { requireMigrations }, { resolveDatabaseServer }, { createLog }] = await loadModules()
  const server = await resolveDatabaseServer({
    uri: config.mongodbUri,
    dataDir: config.dataDir,
    report: (line) => {
      console.error(line)
    },
  })
  try {
    const log = createLog({ ...config, logLevel: 'warn' }, 2)
    const container = await buildContainer({ ...config, mongodbUri: server.uri }, { log, isEager: false })
    try {
      await container.connect()
      if (needsMigrations) await requireMigrations(config.env)
      return await work(container)
    } finally {
      await container.close()
    }
  } finally {
    await server.stop()
  }
}

/** Writes a command to the audit log, without an actor. */
export async function recordCommand (
  { audit }: Pick<Container, 'audit'>,
  action: string,
  account: StoredAccount | null = null,
): Promise<void> {
  audit.record({ action, result: 'ok', reason: 'command-line', account: account?._id.toString() ?? null })
  await audit.onIdle()
}
