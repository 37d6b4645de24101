// What commands share: the configuration, and a connection that is closed again.
import { loadConfig, type Config } from '../config.js'
import { usePlans } from '../domain/plans.js'
import { resolveDatabaseServer } from '../database/resolve-server.js'
import { connectDatabase, disconnectDatabase } from '../database/connection.js'

/** Runs a command on the service's database: a running development service's is found, else one is started. */
export async function withDatabase<T> (work: (config: Config) => Promise<T>): Promise<T> {
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
    await connectDatabase(server.uri)
    return await work(config)
  } finally {
    await disconnectDatabase()
    await server.stop()
  }
}
