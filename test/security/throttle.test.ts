import t from 'tap'
import { Throttle } from '../../models/throttle.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import {
  countAttempt,
  endAttempt,
  resetAttempts,
  computeWaitMs,
  type ThrottlePolicy,
} from '../../src/security/throttle.js'
import { createTestDatabase } from '../support/app.js'

const POLICY: ThrottlePolicy = { freeAttempts: 3, firstWaitMs: 1_000, maxWaitMs: 5_000, resetAfterMs: 60_000 }
const at = (ms: number): Date => new Date(Date.UTC(2026, 2, 1) + ms)

t.test('the wait doubles from the last free attempt up to the maximum', async (t) => {
  t.strictSame([1, 2, 3, 4, 5, 6, 60, 5_000].map((n) => computeWaitMs(POLICY, n)), [
    0,
    0,
    1_000,
    2_000,
    4_000,
    5_000,
    5_000,
    5_000,
  ])
})

t.test('counting', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(disconnectDatabase)
  await Throttle.createCollection()
  const count = async (key: string, ms: number): Promise<number> => await countAttempt(key, POLICY, at(ms))

  t.test('some attempts are free, then each is followed by a wait; a blocked attempt does not extend it', async (t) => {
    const key = 'a'
    t.strictSame([await count(key, 0), await count(key, 0), await count(key, 0)], [0, 0, 0])
    t.strictSame([await count(key, 0), await count(key, 400), await count(key, 999)], [1_000, 600, 1])
    t.equal(await count(key, 1_000), 0)
    t.equal(await count(key, 1_000), 2_000)
    t.equal(await count(key, 3_000), 0)
    t.equal(await count(key, 3_000), 4_000)
    t.equal(await count(key, 7_000), 0)
    t.equal(await count(key, 7_000), 5_000)
    t.equal(await count(key, 12_000), 0)
    t.equal(await count(key, 12_000), 5_000)
  })

  t.test('the count restarts after a long time without attempts, even if the document still exists', async (t) => {
    const key = 'b'
    for (let i = 0; i < 3; i++) await count(key, 0)
    t.equal(await count(key, 60_000), 0)
    t.equal((await Throttle.findById(key))?.count, 1)
    t.strictSame([await count(key, 60_000), await count(key, 60_000)], [0, 0])
    t.equal(await count(key, 60_000), 1_000)
  })

  t.test('a success resets the count, and each key has its own count', async (t) => {
    for (let i = 0; i < 4; i++) await count('c', 0)
    t.equal(await count('d', 0), 0)
    await resetAttempts('c')
    await resetAttempts('c')
    t.equal(await count('c', 0), 0)
  })

  t.test('a success restarts its own count and leaves the failures of others in the shared one', async (t) => {
    for (let i = 0; i < 3; i++) t.strictSame([await count('own', 0), await count('shared', 0)], [0, 0])
    t.not(await count('own', 0), 0, 'blocked')
    await endAttempt('own', 'shared')
    t.match(await Throttle.findById('own').lean(), { count: 0, blockedUntil: null })
    t.match(await Throttle.findById('shared').lean(), { count: 2, blockedUntil: null })
    t.strictSame([await count('own', 0), await count('shared', 0)], [0, 0])
    await endAttempt('own', null)
    t.match(await Throttle.findById('shared').lean(), { count: 3 })
    await endAttempt('unknown', 'unknown too')
    t.equal(await Throttle.countDocuments({ _id: /^unknown/ }), 0, 'no count is created')
  })

  t.test('of 40 concurrent attempts, only the free ones are allowed', async (t) => {
    for (let round = 0; round < 20; round++) {
      const key = `e${round}`
      const waits = await Promise.all(Array.from({ length: 40 }, async () => await count(key, 0)))
      t.equal(waits.filter((wait) => wait === 0).length, 3, `round ${round + 1}`)
      const later = await Promise.all(Array.from({ length: 40 }, async () => await count(key, 1_000)))
      t.equal(later.filter((wait) => wait === 0).length, 1, 'one after the wait')
    }
  })
})
