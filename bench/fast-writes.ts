// After a large import the disk still writes it, and each acknowledged write of the database is slow meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import { runStep } from './command.js'
import { formatMs } from './measurements.js'

const FAST_MS = 20
const INTERVAL_MS = 100
const WRITES = 20
const MAX_WAIT_MS = 180_000

/**
 * Waits until each of the last 20 writes took at most 20 ms. After three minutes, it prints a warning and continues.
 */
export async function waitForFastWrites (databaseUri: string): Promise<void> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  try {
    const collection = connection.collection('writeprobes')
    await runStep('Wait until the disk has written the data', async (progress) => {
      const startedAt = performance.now()
      const times: number[] = []
      let slowestMs = Infinity
      while (performance.now() - startedAt < MAX_WAIT_MS) {
        const sentAt = performance.now()
        await collection.insertOne({})
        times.push(performance.now() - sentAt)
        slowestMs = Math.max(...times.slice(-WRITES))
        progress(`the slowest of the last writes took ${formatMs(slowestMs)} ms`)
        if (times.length >= WRITES && slowestMs <= FAST_MS) return
        await sleep(INTERVAL_MS)
      }
      console.log(`Warning: the slowest of the last ${WRITES} writes to the database took ${formatMs(slowestMs)} ms.`)
    })
    await collection.drop()
  } finally {
    await connection.close()
  }
}
