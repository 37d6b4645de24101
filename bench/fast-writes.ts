// After a large import the disk still writes it, and each acknowledged write of the database is slow meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import { runStep } from './command.js'
import { formatMs, quantile } from './measurements.js'

const FAST_MS = 20
const INTERVAL_MS = 100
const WRITES = 20
const MAX_WAIT_MS = 180_000

/**
 * Waits until writes are fast again: all of the last 20 took at most 20 ms. After three minutes it goes on, and says
 * so: the database may be slow at any time.
 */
export async function waitForFastWrites (databaseUri: string): Promise<void> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  try {
    const collection = connection.collection('writeprobes')
    const slowest = await runStep('Wait until the disk has written the data', async (progress) => {
      const startedAt = performance.now()
      const times: number[] = []
      while (performance.now() - startedAt < MAX_WAIT_MS) {
        const sentAt = performance.now()
        await collection.insertOne({})
        times.push(performance.now() - sentAt)
        const last = Math.max(...times.slice(-WRITES))
        progress(`a write takes up to ${formatMs(last)} ms`)
        if (times.length >= WRITES && last <= FAST_MS) return null
        await sleep(INTERVAL_MS)
      }
      return quantile(times.slice(-WRITES).sort((a, b) => a - b), 1)
    })
    await collection.drop()
    if (slowest !== null) console.log(`Writes to the database still take up to ${formatMs(slowest)} ms.`)
  } finally {
    await connection.close()
  }
}
