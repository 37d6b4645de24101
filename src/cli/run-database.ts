// Runs the embedded database server without the service, until Ctrl-C.
import { loadConfig } from '../config.js'
import { resolveDatabaseServer } from '../database/resolve-server.js'
import { describeError } from './describe-error.js'

async function run (): Promise<void> {
  const config = loadConfig()
  for (const warning of config.warnings) console.error(warning)
  const server = await resolveDatabaseServer({ uri: config.mongodbUri, dataDir: config.dataDir, report: console.log })
  console.log(`Database … ${server.description}\n\n  ${server.uri}\n\n  Stop        Ctrl-C\n`)
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.once(signal, () => {
      console.log('Stopping …')
      void server.stop().finally(() => process.exit(0))
    })
  }
  // Keeps the process alive.
  setInterval(() => undefined, 60_000)
}

try {
  await run()
} catch (error) {
  console.error(describeError(error))
  process.exit(1)
}
