// The connection to MongoDB, with the guarantees that the service's promises rest on.
import fp from 'fastify-plugin'
import mongoose from 'mongoose'

mongoose.set('strict', 'throw')
mongoose.set('strictQuery', 'throw')
mongoose.set('sanitizeFilter', true)
mongoose.set('bufferCommands', false)
mongoose.set('autoIndex', false)
mongoose.set('autoCreate', false)

/**
 * A server that is silent is noticed by its monitor within 1.5 s, which ends what waits for it; a retry then looks for a
 * server for another second: whoever asked is told within 3 s.
 */
const NOTICED = { heartbeatFrequencyMS: 500, connectTimeoutMS: 1_000, serverSelectionTimeoutMS: 1_000 }

/** How many parts of this process use the connection: tests run several apps in one. */
let users = 0
/** The connection that they share. Connecting once more while it is interrupted would leave the first one open. */
let connecting: Promise<unknown> | null = null

/** Connects, or joins the connection that is there. Writes are acknowledged by a majority and its journals. */
export async function connectDatabase (uri: string): Promise<void> {
  users++
  connecting ??= mongoose.connect(uri, {
    writeConcern: { w: 'majority', journal: true },
    retryWrites: true,
    ...NOTICED,
    socketTimeoutMS: 30_000,
    maxPoolSize: 50,
  })
  try {
    await connecting
  } catch (error) {
    users--
    if (users === 0) connecting = null
    throw error
  }
}

export async function disconnectDatabase (): Promise<void> {
  users--
  if (users > 0) return
  connecting = null
  await mongoose.disconnect()
}

/** Answers whether the database replies right now. */
export async function pingDatabase (): Promise<boolean> {
  try {
    await mongoose.connection.db?.admin().ping({ timeoutMS: 1_500 })
    return mongoose.connection.readyState === mongoose.ConnectionStates.connected
  } catch {
    return false
  }
}

export default fp<{ uri: string }>(async function database (app, { uri }) {
  await connectDatabase(uri)
  app.addHook('onClose', async () => {
    await disconnectDatabase()
  })
}, { name: 'database' })
