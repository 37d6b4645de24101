import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { AccountStreams, findStreamLeases, isLeaseLive } from '../../models/account-streams.js'
import { limitsOf } from '../../src/domain/plans.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import {
  applyStreamLimit,
  endStream,
  findStreamsDueForRemoval,
  renewLease,
  acquireLease,
  type LeaseRequest,
} from '../../src/watching/streams/stream-leases.js'
import { freshDatabase } from '../helper.js'

const now = new Date('2026-01-01T00:00:00Z')
const id = (): Types.ObjectId => new Types.ObjectId()
const request = (startedAt = now): LeaseRequest => ({
  profile: id(),
  session: id(),
  title: id(),
  item: id(),
  season: null,
  episode: null,
  mediaFile: id(),
  device: null,
  private: false,
  maxHeight: 1080,
  startedAt,
  startPositionMs: 0,
  durationMs: 60_000,
  completionThresholdMs: 54_000,
  base: { watchedMs: 0, finishedAt: null, reachedEndAt: null, activeAt: null },
})

t.test('stream slots', async (t) => {
  await connectDatabase(await freshDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const live = async (account: string): Promise<string[]> =>
    (await findStreamLeases(account)).filter((slot) => isLeaseLive(slot, now)).map((slot) => slot._id.toString())
  const start = async (
    account: string,
    plan: 'basic' | 'standard' | 'premium',
    revision = 0,
    takeOver: string | null = null,
  ) => await acquireLease(account, limitsOf(plan), revision, request(), takeOver, now)

  t.test('n streams play, one more is told who holds them', async (t) => {
    const account = id().toString()
    t.ok((await start(account, 'standard')).isAcquired)
    t.ok((await start(account, 'standard')).isAcquired)
    const third = await start(account, 'standard')
    t.equal(third.isAcquired, false)
    t.equal(third.isAcquired ? 0 : third.holders.length, 2)
    t.equal((await live(account)).length, 2)
  })

  t.test('taking one over ends it and leaves the rest', async (t) => {
    const account = id().toString()
    const first = await start(account, 'basic')
    const taken = await start(account, 'basic', 0, first.isAcquired ? first.lease._id.toString() : null)
    t.ok(taken.isAcquired)
    t.strictSame(await live(account), taken.isAcquired ? [taken.lease._id.toString()] : [])
    t.equal((await findStreamLeases(account)).length, 2, 'the one that ended waits to be flushed')
    t.notOk((await start(account, 'basic', 0, id().toString())).isAcquired, 'an unknown stream gives no slot')
  })

  t.test('an ended stream frees its slot at once', async (t) => {
    const account = id().toString()
    const first = await start(account, 'basic')
    await endStream(account, first.isAcquired ? first.lease._id.toString() : '', now)
    t.ok((await start(account, 'basic')).isAcquired)
  })

  t.test('a slot that was counted as free is not renewed by a process whose clock is behind', async (t) => {
    const account = id().toString()
    const first = await start(account, 'basic')
    const slot = first.isAcquired ? first.lease : null
    const second = await acquireLease(account, limitsOf('basic'), 0, request(), null, new Date(now.getTime() + 60_001))
    t.ok(second.isAcquired)
    const behind = new Date(now.getTime() + 59_999)
    const watcher = { account, profile: String(slot?.profile) }
    t.equal(
      await renewLease(
        watcher,
        String(slot?._id),
        { positionMs: 5_000, at: behind.getTime(), watchedMs: 5_000, eventId: '' },
        'playing',
        behind,
      ),
      'ended',
    )
    const slots = await findStreamLeases(account)
    t.equal(slots.filter((one) => isLeaseLive(one, behind)).length, 1)
    t.equal(slots.find((one) => one._id.equals(slot?._id ?? ''))?.positionMs, 5_000, 'its place is kept')
    t.equal(
      (await findStreamsDueForRemoval(behind, 100)).filter((one) => one._id.toString() === account).length,
      1,
      'and it is swept',
    )
  })

  t.test('a lower limit ends the newest, and an older copy of the limit never comes back', async (t) => {
    const account = id().toString()
    const started = []
    for (let i = 0; i < 4; i++) started.push(await start(account, 'premium', 3))
    await applyStreamLimit(account, limitsOf('basic'), 4, now)
    t.ok(
      (await findStreamsDueForRemoval(now, 100)).some((one) => one._id.toString() === account),
      'those that ended are flushed at the next sweep',
    )
    t.strictSame(await live(account), started.slice(0, 1).map((one) => one.isAcquired ? one.lease._id.toString() : ''))
    t.notOk((await start(account, 'premium', 3)).isAcquired, 'somebody who read the old plan')
    await applyStreamLimit(account, limitsOf('premium'), 3, now)
    t.notOk((await start(account, 'basic', 4)).isAcquired)
    await applyStreamLimit(account, limitsOf('standard'), 5, now)
    t.ok((await start(account, 'standard', 5)).isAcquired)
  })

  t.test('every other way to write slots is refused', async (t) => {
    const account = id().toString()
    await start(account, 'basic')
    const slot = { ...request(), _id: id(), expiresAt: new Date(now.getTime() + 60_000), positionMs: 0, furthestMs: 0 }
    const ways = [
      { $push: { slots: slot } },
      { $addToSet: { slots: slot } },
      { $set: { slots: [slot, slot] } },
      { $set: { 'slots.1': slot } },
      { $set: { maxStreams: 9 } },
      { $inc: { limitRevision: 1 } },
    ]
    for (const update of ways) {
      await t.rejects(
        AccountStreams.updateOne({ _id: account }, update as never),
        { name: 'UnguardedWriteError' },
        JSON.stringify(Object.keys(update)),
      )
      await t.rejects(AccountStreams.findOneAndUpdate({ _id: account }, update as never), {
        name: 'UnguardedWriteError',
      })
    }
    await t.rejects(AccountStreams.updateMany({}, { $set: { removalDueAt: null } }), { name: 'UnguardedWriteError' })
    await t.rejects(AccountStreams.replaceOne({ _id: account }, {} as never), { name: 'UnguardedWriteError' })
    await t.rejects(
      AccountStreams.bulkWrite(
        [{ updateOne: { filter: { _id: account }, update: { $push: { slots: slot } } } }] as never,
      ),
      { name: 'UnguardedWriteError' },
    )
    await t.rejects(AccountStreams.insertMany([{ _id: id(), maxStreams: 9, slots: [slot, slot] }] as never), {
      name: 'UnguardedWriteError',
    })
    await t.rejects(
      AccountStreams.create({ _id: id(), maxStreams: 1, slots: [slot, { ...slot, _id: id() }] } as never),
      { name: 'UnguardedWriteError' },
    )
    const pipeline = [{ $set: { slots: { $concatArrays: ['$slots', [{ $literal: slot }]] } } }]
    await AccountStreams.updateOne({ _id: account }, pipeline as never, { updatePipeline: true, now } as never)
    t.equal((await live(account)).length, 1, 'a pipeline of somebody else is brought within the limit')
  })

  t.test('20 rounds of 40 starts at once on four slots leave exactly four', async (t) => {
    for (let round = 0; round < 20; round++) {
      const account = id().toString()
      const results = await Promise.all(Array.from({ length: 40 }, async () => await start(account, 'premium')))
      t.strictSame(
        [results.filter(({ isAcquired: taken }) => taken).length, (await live(account)).length],
        [4, 4],
        `round ${round + 1}`,
      )
    }
  })

  t.test('20 rounds of starts racing with a plan change never end over the lower limit', async (t) => {
    for (let round = 0; round < 20; round++) {
      const account = id().toString()
      await Promise.all([
        ...Array.from({ length: 10 }, async () => await start(account, 'premium', 1)),
        applyStreamLimit(account, limitsOf('basic'), 2, now),
        ...Array.from({ length: 10 }, async () => await start(account, 'premium', 1)),
      ])
      t.equal((await live(account)).length, 1, `round ${round + 1}`)
    }
  })
})
