// Runs a command with the container of the service, connected to its database.
import { pino } from 'pino'
import { loadConfig } from '../config.js'
import { buildContainer, type Container } from '../container.js'
import { resolveDatabaseServer } from '../database/resolve-server.js'
import { usePlans } from '../domain/plans.js'
import { createLog } from '../security/log.js'

/**
 * Runs a command on the service's database. The database of a running development service is found, else one is
 * started. Warnings go to standard error.
 */
export async function withContainer<T> (work: (container: Container) => Promise<T>): Promise<T> {
  const config = loadConfig()
  usePlans(config.plans)
  const server = await resolveDatabaseServer({
    uri: config.mongodbUri,
    dataDir: config.dataDir,
    report: (line) => {
      console.error(line)
    },
  })
  try {
    const log = createLog({ ...config, logLevel: 'warn' }, pino.destination(2))
    const container = await buildContainer({ ...config, mongodbUri: server.uri }, { log, isEager: false })
    try {
      await container.connect()
      return await work(container)
    } finally {
      await container.close()
    }
  } finally {
    await server.stop()
  }
}
