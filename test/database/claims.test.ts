// Claims: renewal, expiry, release, and failures of the database.
import t from 'tap'
import { setTimeout as wait } from 'node:timers/promises'
import { acquireClaim, type Claim, type ClaimWrites } from '../../src/database/claims.js'

const RENEWAL_INTERVAL_MS = 5
const now = new Date('2026-01-01T00:00:00Z')

interface Recorded {
  readonly calls: string[]
  releaseRequests: number
  claim: Claim | null
}

async function acquire (writes: Partial<ClaimWrites>): Promise<Recorded> {
  const recorded: Recorded = { calls: [], releaseRequests: 0, claim: null }
  const record = (call: string) => async (expiresAt?: Date): Promise<boolean> => {
    recorded.calls.push(call)
    if (expiresAt !== undefined) t.equal(expiresAt.getTime() - now.getTime(), 60_000)
    return true
  }
  recorded.claim = await acquireClaim({
    acquire: record('acquire'),
    renew: record('renew'),
    release: async () => {
      await record('release')()
    },
    ...writes,
  }, {
    ttlMs: 60_000,
    renewalIntervalMs: RENEWAL_INTERVAL_MS,
    now: () => now,
    onReleaseRequested: () => {
      recorded.releaseRequests++
    },
  })
  return recorded
}

async function waitUntil (condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !condition(); tries++) await wait(RENEWAL_INTERVAL_MS)
}

t.test('a claim is renewed until it is released', async (t) => {
  const { calls, claim, releaseRequests } = await acquire({})
  await waitUntil(() => calls.length >= 4)
  await claim?.release()
  t.equal(calls[0], 'acquire')
  t.ok(calls.slice(1, -1).every((call) => call === 'renew'))
  t.equal(calls.at(-1), 'release')
  const { length } = calls
  await wait(5 * RENEWAL_INTERVAL_MS)
  t.equal(calls.length, length, 'no renewal after the release')
  t.equal(releaseRequests, 0)
})

t.test('a claim that another process holds is not acquired', async (t) => {
  const { calls, claim } = await acquire({ acquire: async () => false })
  await wait(5 * RENEWAL_INTERVAL_MS)
  t.equal(claim, null)
  t.strictSame(calls, [])
})

t.test('the holder is notified once that its claim is lost or requested', async (t) => {
  let renewals = 0
  const recorded = await acquire({
    async renew () {
      renewals++
      return false
    },
  })
  await waitUntil(() => renewals >= 3)
  await recorded.claim?.release()
  t.equal(recorded.releaseRequests, 1)
})

t.test('a failed renewal is repeated, and a slow one is not overtaken', async (t) => {
  let active = 0
  let renewals = 0
  const recorded = await acquire({
    async renew () {
      t.equal(++active, 1)
      await wait(3 * RENEWAL_INTERVAL_MS)
      active--
      if (++renewals < 3) throw new Error('the database is unavailable')
      return true
    },
  })
  await waitUntil(() => renewals >= 3)
  await recorded.claim?.stopRenewing()
  t.equal(active, 0, 'a renewal in progress is awaited')
  t.equal(recorded.releaseRequests, 0)
  t.notOk(recorded.calls.includes('release'))
})
