// Observes the commands that the driver sends. It reports them only if the connection was opened to do so.
import mongoose from 'mongoose'
import type { Test } from 'tap'

/** Calls the listener for each command of connections that are opened until the test ends. */
export function observeCommands (t: Test, listener: (event: mongoose.mongo.CommandStartedEvent) => void): void {
  const connect = mongoose.connect.bind(mongoose)
  const createConnection = mongoose.createConnection.bind(mongoose) as typeof mongoose.createConnection
  t.teardown(() => {
    mongoose.connect = connect
    mongoose.createConnection = createConnection
  })
  mongoose.connect = async (uri, options) => {
    const connected = await connect(uri, { ...options, monitorCommands: true })
    connected.connection.getClient().on('commandStarted', listener)
    return connected
  }
  mongoose.createConnection = ((uri: string, options: mongoose.ConnectOptions) => {
    const connection = createConnection(uri, { ...options, monitorCommands: true })
    connection.once('connected', () => connection.getClient().on('commandStarted', listener))
    return connection
  }) as typeof mongoose.createConnection
}

/** Sent by the driver, or by the change streams that caches follow. */
const NOT_OF_REQUESTS = new Set(['hello', 'ping', 'getMore', 'killCursors', 'endSessions'])

/** Records the commands of requests as "update streams", until they are taken. */
export function recordCommands (t: Test): { take(): string[] } {
  let commands: string[] = []
  observeCommands(t, ({ commandName, command }) => {
    if (!NOT_OF_REQUESTS.has(commandName)) commands.push(`${commandName} ${String(command[commandName])}`)
  })
  return {
    take () {
      const taken = commands
      commands = []
      return taken
    },
  }
}
