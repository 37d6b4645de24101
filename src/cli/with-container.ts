// Runs a command with the container of the service, connected to its database.
import type { StoredAccount } from '../../models/account.js'
import { loadConfig } from '../config.js'
import { buildContainer, type Container } from '../container.js'
import { requireMigrations } from '../database/migrations.js'
import { resolveDatabaseServer } from '../database/resolve-server.js'
import { createLog } from '../security/log.js'

/**
 * Runs `work` on the database of the service: the one of MONGODB_URI or of a running development service, else an
 * embedded server that ends with the command. Warnings go to standard error.
 * @param needsMigrations false for commands that work while migrations are pending
 */
export async function withContainer<T> (
  work: (container: Container) => Promise<T>,
  { needsMigrations = true }: { readonly needsMigrations?: boolean } = {},
): Promise<T> {
  const config = loadConfig()
  for (const warning of config.warnings) console.error(warning)
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
  { audit }: Container,
  action: string,
  account: StoredAccount | null = null,
): Promise<void> {
  audit.record({ action, result: 'ok', reason: 'command-line', account: account?._id.toString() ?? null })
  await audit.onIdle()
}
