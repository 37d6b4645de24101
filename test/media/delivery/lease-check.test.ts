// The cache of the lease check: shared reads, trusted results and invalidation.
import mongoose from 'mongoose'
import t from 'tap'
import { createLeaseCheck } from '../../../src/media/delivery/lease-check.js'
import type { LeaseGrant } from '../../../src/media/delivery/media-urls.js'
import { containerOf, startApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { createManualClock } from '../../support/clock.js'
import { play } from '../../support/playback.js'
import { signUp, signUpAdmin } from '../../support/users.js'

/** Grants of this test are for streams. */
const canPreview = async (): Promise<boolean> => await Promise.resolve(false)

t.test('the lease check', async (t) => {
  const { app } = await startApp(t)
  const { catalogue } = containerOf(app)
  const movie = await addMovie(app, await signUpAdmin(app), {}, ['480p-en'])
  const kim = await signUp(app)
  const start = async (): Promise<LeaseGrant> => {
    const { body } = await play(kim, movie)
    const account = kim.accountId
    return { account, profile: kim.profileId, lease: body.streamId, expiresAt: Date.now() + 3_600_000 }
  }
  const end = async ({ lease }: LeaseGrant): Promise<void> => {
    await kim.delete(`/v1/account/streams/${lease}`)
  }
  const unknown = (grant: LeaseGrant): LeaseGrant => ({ ...grant, lease: '0'.repeat(24) })

  let reads = 0
  mongoose.set('debug', (collection: string) => {
    if (collection === 'streams') reads++
  })
  t.teardown(() => {
    mongoose.set('debug', false)
  })
  const countReads = async (work: () => Promise<unknown>): Promise<number> => {
    const before = reads
    await work()
    return reads - before
  }

  t.test('concurrent checks share a read, and a live lease is cached for 4 s', async (t) => {
    const clock = createManualClock()
    const leases = createLeaseCheck({ catalogue, now: clock.now, canPreview })
    const grant = await start()
    const checks = async (): Promise<void> => {
      const results = await Promise.all(Array.from({ length: 10 }, async () => await leases.isLive(grant)))
      t.ok(results.every((isLive) => isLive))
    }
    t.equal(await countReads(checks), 1)
    clock.advance(3_999)
    t.equal(await countReads(checks), 0)
    clock.advance(1)
    t.equal(await countReads(checks), 1)
    await end(grant)
    t.equal(await leases.isLive(grant), true, 'a lease that another process ended')
    clock.advance(4_000)
    t.equal(await leases.isLive(grant), false)
  })

  t.test('a negative result is never cached', async (t) => {
    const leases = createLeaseCheck({ catalogue, now: createManualClock().now, canPreview })
    const grant = await start()
    t.equal(await countReads(async () => t.notOk(await leases.isLive(unknown(grant)))), 1)
    t.equal(await countReads(async () => t.notOk(await leases.isLive(unknown(grant)))), 1)
    t.equal(await countReads(async () => t.ok(await leases.isLive(grant))), 0)
    const next = await start()
    t.equal(await countReads(async () => t.ok(await leases.isLive(next))), 1, 'a stream that started after the read')
    await end(grant)
    await end(next)
  })

  t.test('an invalidation also discards the result of a read in progress', async (t) => {
    const leases = createLeaseCheck({ catalogue, now: createManualClock().now, canPreview })
    const grant = await start()
    const inProgress = leases.isLive(grant)
    leases.invalidate(grant.account)
    t.equal(await inProgress, true, 'the check that started before')
    t.equal(await countReads(async () => t.ok(await leases.isLive(grant))), 1)
    await end(grant)
    leases.invalidate(grant.account)
    t.equal(await leases.isLive(grant), false)
  })

  t.test('a failed read rejects its checks and is not cached', async (t) => {
    const leases = createLeaseCheck({ catalogue, now: createManualClock().now, canPreview })
    const grant = await start()
    const invalid = { ...grant, account: 'not an ID' }
    await Promise.all([
      t.rejects(leases.isLive(invalid), { name: 'BSONError' }),
      t.rejects(leases.isLive(invalid), { name: 'BSONError' }),
    ])
    await t.rejects(leases.isLive(invalid), { name: 'BSONError' })
    t.ok(await leases.isLive(grant))
    await end(grant)
  })
})
