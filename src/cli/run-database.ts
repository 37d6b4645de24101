// Runs the embedded database server without the service, until Ctrl-C.
import { loadConfig } from '../config.js'
import { resolveDatabaseServer } from '../database/resolve-server.js'

const config = loadConfig()
for (const warning of config.warnings) console.error(warning)
const server = await resolveDatabaseServer({ uri: config.mongodbUri, dataDir: config.dataDir, report: console.log })
console.log(`Database … ${server.description}\n\n  ${server.uri}\n\n  Stop        Ctrl-C\n`)

let isStopping = false
async function stop (): Promise<void> {
  if (isStopping) return
  isStopping = true
  console.log('Stopping …')
  await server.stop()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
  process.on(signal, () => {
    void stop()
  })
}
// Keeps the process alive when the server belongs to another process.
setInterval(() => undefined, 60_000)
