// A process that holds a data folder's database until it is told to stop, as the service does; tests kill it.
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'

const server = await resolveDatabaseServer({ uri: null, dataDir: process.argv[2] ?? '', report: () => undefined })
process.send?.({ uri: server.uri, source: server.source, pid: server.pid })
process.on('message', async () => {
  await server.stop()
  process.exit(0)
})
process.on('SIGINT', () => {
  process.send?.('interrupted')
})
// Without whoever asked for it, it has no purpose.
process.on('disconnect', () => {
  process.exit(1)
})
