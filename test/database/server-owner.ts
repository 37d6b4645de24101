// A process that owns the server of a data folder until the test stops or kills it, as the service does.
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
// The test process has ended.
process.on('disconnect', () => {
  process.exit(1)
})
