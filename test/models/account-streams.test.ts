import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { AccountStreams, findStreamLeases, isLeaseLive, type StreamLease } from '../../models/account-streams.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { DEFAULT_PLANS } from '../../src/domain/plans.js'
import {
  acquireLease,
  applyStreamLimit,
  endStream,
  findStreamsDueForRemoval,
  renewLease,
  type LeaseRequest,
  type LeaseResult,
} from '../../src/watching/streams/stream-leases.js'
import { createTestDatabase } from '../support/app.js'

type PlanName = 'basic' | 'standard' | 'premium'

const now = new Date('2026-01-01T00:00:00Z')
const id = (): Types.ObjectId => new Types.ObjectId()
const requestOf = (fields: Partial<LeaseRequest> = {}): LeaseRequest => ({
  profile: id(),
  session: id(),
  title: id(),
  item: id(),
  season: null,
  episode: null,
  mediaFile: id(),
  device: null,
  private: false,
  estimatePosition: false,
  videoHeight: 480,
  maxHeight: 720,
  startedAt: now,
  startPositionMs: 0,
  durationMs: 60_000,
  completionThresholdMs: 54_000,
  base: { watchedMs: 0, finishedAt: null, reachedEndAt: null, activeAt: null },
  ...fields,
})
const leaseOf = (fields: Partial<StreamLease> = {}) => ({
  ...requestOf(),
  _id: id(),
  expiresAt: new Date(now.getTime() + 60_000),
  positionMs: 0,
  furthestMs: 0,
  ...fields,
})
const unguarded = { name: 'UnguardedWriteError' }
const idOf = (result: LeaseResult): string => result.isAcquired ? result.lease._id.toString() : ''

t.test('stream leases within the limits of the account', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const liveLeases = async (account: string): Promise<StreamLease[]> =>
    (await findStreamLeases(account)).filter((lease) => isLeaseLive(lease, now))
  const liveIds = async (account: string): Promise<string[]> =>
    (await liveLeases(account)).map(({ _id }) => _id.toString())
  const start = async (
    account: string,
    plan: PlanName,
    revision = 0,
    fields: Partial<LeaseRequest> = {},
    takeOver: string | null = null,
  ): Promise<LeaseResult> =>
    await acquireLease(
      account,
      DEFAULT_PLANS.limitsOf(plan),
      revision,
      requestOf(fields),
      takeOver === null ? null : { streamId: takeOver, profileId: null },
      now,
    )
  const applyPlan = async (account: string, plan: PlanName, revision: number): Promise<void> => {
    await applyStreamLimit(account, DEFAULT_PLANS.limitsOf(plan), revision, now)
  }

  t.test('the plan limits concurrent streams; a rejected start returns the holders', async (t) => {
    const account = id().toString()
    t.ok((await start(account, 'standard')).isAcquired)
    t.ok((await start(account, 'standard')).isAcquired)
    const third = await start(account, 'standard')
    t.match(third, { isAcquired: false, exceedsHeight: false })
    t.equal(third.isAcquired ? 0 : third.holders.length, 2)
    t.equal((await liveIds(account)).length, 2)
  })

  t.test('a take-over ends one stream and no other', async (t) => {
    const account = id().toString()
    const first = await start(account, 'basic')
    const second = await start(account, 'basic', 0, {}, idOf(first))
    t.ok(second.isAcquired)
    t.strictSame(await liveIds(account), [idOf(second)])
    t.equal((await findStreamLeases(account)).length, 2, 'the ended stream waits for its flush')
    t.notOk((await start(account, 'basic', 0, {}, id().toString())).isAcquired, 'an unknown stream')
  })

  t.test('an ended stream makes room immediately', async (t) => {
    const account = id().toString()
    await endStream(account, idOf(await start(account, 'basic')), now)
    t.ok((await start(account, 'basic')).isAcquired)
  })

  t.test('a lease that another one replaced cannot be renewed by a process whose clock is behind', async (t) => {
    const account = id().toString()
    const first = await start(account, 'basic')
    const profile = first.isAcquired ? first.lease.profile.toString() : ''
    const limits = DEFAULT_PLANS.limitsOf('basic')
    const second = await acquireLease(account, limits, 0, requestOf(), null, new Date(now.getTime() + 60_001))
    t.ok(second.isAcquired)
    const behind = new Date(now.getTime() + 59_999)
    const event = { positionMs: 5_000, at: behind.getTime(), watchedMs: 5_000, eventId: '' }
    t.equal(await renewLease({ account, profile }, idOf(first), event, 'playing', behind), 'ended')
    const leases = await findStreamLeases(account)
    t.equal(leases.filter((lease) => isLeaseLive(lease, behind)).length, 1)
    t.equal(leases.find(({ _id }) => _id.toString() === idOf(first))?.positionMs, 5_000, 'the position is stored')
    const due = await findStreamsDueForRemoval(behind, 100)
    t.equal(due.filter(({ _id }) => _id.toString() === account).length, 1, 'the lease is due for removal')
  })

  t.test('a lower limit ends the newest streams, and an older copy of the limits is not applied', async (t) => {
    const account = id().toString()
    const started = []
    for (let i = 0; i < 4; i++) started.push(await start(account, 'premium', 3))
    await applyPlan(account, 'basic', 4)
    const due = await findStreamsDueForRemoval(new Date(now.getTime() + 15_000), 100)
    t.ok(due.some(({ _id }) => _id.toString() === account), 'ended streams are due for their flush after a heartbeat')
    t.strictSame(await liveIds(account), started.slice(0, 1).map(idOf))
    t.notOk((await start(account, 'premium', 3)).isAcquired, 'a start that has read the old plan')
    await applyPlan(account, 'premium', 3)
    t.notOk((await start(account, 'basic', 4)).isAcquired)
    await applyPlan(account, 'standard', 5)
    t.ok((await start(account, 'standard', 5)).isAcquired)
  })

  t.test('a lease above the resolution of the plan is not stored', async (t) => {
    const account = id().toString()
    const tooHigh = await start(account, 'basic', 0, { videoHeight: 1080 })
    t.match(tooHigh, { isAcquired: false, exceedsHeight: true, holders: [] })
    t.match(await start(account, 'basic', 0, { maxHeight: 1080 }), { isAcquired: false, exceedsHeight: true })
    t.strictSame(await findStreamLeases(account), [])
    t.ok((await start(account, 'basic', 0, { videoHeight: 720, maxHeight: 720 })).isAcquired, 'the limit is inclusive')
    t.ok((await start(id().toString(), 'basic', 0, { videoHeight: 0 })).isAcquired, 'an unknown resolution')
  })

  t.test('a lower resolution ends the streams above it and bounds the others', async (t) => {
    const account = id().toString()
    await start(account, 'premium', 1, { videoHeight: 2160, maxHeight: 2160 })
    const hd = await start(account, 'premium', 1, { videoHeight: 1080, maxHeight: 2160 })
    await applyPlan(account, 'standard', 2)
    t.match(await liveLeases(account), [{ _id: new Types.ObjectId(idOf(hd)), videoHeight: 1080, maxHeight: 1080 }])
    t.equal((await findStreamLeases(account)).length, 2, 'the ended stream waits for its flush')
    const stale = await start(account, 'premium', 1, { videoHeight: 2160, maxHeight: 2160 })
    t.match(stale, { isAcquired: false, exceedsHeight: true }, 'a start that has read the old plan')
    t.equal((await liveIds(account)).length, 1)
  })

  t.test('every other way to write leases and limits is rejected', async (t) => {
    const account = id().toString()
    await start(account, 'basic')
    const high = leaseOf({ videoHeight: 2160, maxHeight: 2160 })
    const updates: Record<string, object> = {
      $push: { $push: { leases: leaseOf() } },
      $addToSet: { $addToSet: { leases: leaseOf() } },
      '$set of all': { $set: { leases: [leaseOf(), leaseOf()] } },
      'a field without an operator': { leases: [high] },
      '$set by position': { $set: { 'leases.1': high } },
      '$set of a height': { $set: { 'leases.0.videoHeight': 2160 } },
      '$max of a height': { $max: { 'leases.$[].maxHeight': 2160 } },
      '$setOnInsert of leases': { $setOnInsert: { leases: [high] } },
      '$set of the stream limit': { $set: { maxStreams: 9 } },
      '$set of the height limit': { $set: { maxHeight: 2160 } },
      '$unset of the height limit': { $unset: { maxHeight: 1 } },
      '$inc of the revision': { $inc: { limitRevision: 1 } },
      '$rename to the height limit': { $rename: { removalDueAt: 'maxHeight' } },
      'reviving an ended lease': { $set: { 'leases.0.expiresAt': new Date(now.getTime() + 60_000) } },
      'reviving all leases': { $set: { 'leases.$[].expiresAt': new Date(now.getTime() + 60_000) } },
    }
    for (const [name, update] of Object.entries(updates)) {
      await t.rejects(AccountStreams.updateOne({ _id: account }, update as never), unguarded, `${name} by updateOne`)
      const findAndUpdate = AccountStreams.findOneAndUpdate({ _id: account }, update as never)
      await t.rejects(findAndUpdate, unguarded, `${name} by findOneAndUpdate`)
      await t.rejects(AccountStreams.updateMany({}, update as never), unguarded, `${name} by updateMany`)
      const bulk = AccountStreams.bulkWrite([{ updateOne: { filter: { _id: account }, update } }] as never)
      await t.rejects(bulk, unguarded, `${name} by bulkWrite`)
    }
    const revive = { $set: { 'leases.$[ended].expiresAt': now } }
    const arrayFilters = [{ 'ended._id': id() }]
    await t.rejects(AccountStreams.updateOne({ _id: account }, revive, { arrayFilters }), unguarded, 'without expiry')
    const streams = { _id: id(), maxStreams: 9, maxHeight: 2160, leases: [high] }
    const writes: Record<string, () => Promise<unknown>> = {
      save: async () => await new AccountStreams(streams).save(),
      create: async () => await AccountStreams.create(streams as never),
      insertMany: async () => await AccountStreams.insertMany([streams] as never),
      'lean insertMany': async () => await AccountStreams.insertMany([streams] as never, { lean: true }),
      'updateMany with a pipeline': async () =>
        await AccountStreams.updateMany({}, [{ $set: { maxHeight: 2160 } }] as never, { updatePipeline: true }),
      'upsert with limits in the filter': async () =>
        await AccountStreams.updateOne({ _id: id(), maxHeight: 2160 }, { $set: { removalDueAt: null } }, {
          upsert: true,
        }),
      replaceOne: async () => await AccountStreams.replaceOne({ _id: account }, streams as never),
      findOneAndReplace: async () => await AccountStreams.findOneAndReplace({ _id: account }, streams as never),
      'bulk insertOne': async () => await AccountStreams.bulkWrite([{ insertOne: { document: streams } }] as never),
      'bulk replaceOne': async () =>
        await AccountStreams.bulkWrite([{ replaceOne: { filter: { _id: account }, replacement: streams } }] as never),
      "a document's save": async () => {
        const document = await AccountStreams.findById(account).orFail()
        document.leases.push(high as never)
        await document.save()
      },
    }
    for (const [name, write] of Object.entries(writes)) await t.rejects(write(), unguarded, name)
    t.match(await AccountStreams.find({ _id: account }).lean(), [{ maxStreams: 1, maxHeight: 720 }])
    t.equal((await liveIds(account)).length, 1)
  })

  t.test('a pipeline stores no lease beyond the limits', async (t) => {
    const append = (lease: object) => [{ $set: { leases: { $concatArrays: ['$leases', [{ $literal: lease }]] } } }]
    const options = { updatePipeline: true, now } as never
    const account = id().toString()
    await start(account, 'standard')
    await AccountStreams.updateOne({ _id: account }, append(leaseOf({ videoHeight: 2160 })) as never, options)
    await AccountStreams.findOneAndUpdate({ _id: account }, append(leaseOf({ maxHeight: 2160 })) as never, options)
    t.equal((await findStreamLeases(account)).length, 1, 'above the resolution')
    await AccountStreams.updateOne({ _id: account }, append(leaseOf()) as never, options)
    await AccountStreams.findOneAndUpdate({ _id: account }, append(leaseOf()) as never, options)
    t.equal((await liveIds(account)).length, 2, 'above the number of streams')
    const raise = { $map: { input: '$leases', as: 'lease', in: { $mergeObjects: ['$$lease', { videoHeight: 2160 }] } } }
    await AccountStreams.updateOne({ _id: account }, [{ $set: { leases: raise } }] as never, options)
    t.equal((await liveIds(account)).length, 0, 'a raised resolution ends the lease')
  })

  t.test('20 rounds of 40 concurrent starts on four streams leave exactly four', async (t) => {
    for (let round = 0; round < 20; round++) {
      const account = id().toString()
      const results = await Promise.all(Array.from({ length: 40 }, async () => await start(account, 'premium')))
      const acquired = results.filter(({ isAcquired }) => isAcquired).length
      t.strictSame([acquired, (await liveIds(account)).length], [4, 4], `round ${round + 1}`)
    }
  })

  t.test('20 rounds of starts that race with a plan change leave no stream above the lower limits', async (t) => {
    const uhd = { videoHeight: 2160, maxHeight: 2160 }
    for (let round = 0; round < 20; round++) {
      const account = id().toString()
      const startSome = (fields: Partial<LeaseRequest>) =>
        Array.from({ length: 5 }, async () => await start(account, 'premium', 1, fields))
      await Promise.all([
        ...startSome(uhd),
        ...startSome({}),
        applyPlan(account, 'basic', 2),
        ...startSome(uhd),
        ...startSome({}),
      ])
      // The oldest streams may be above the new resolution: then the change leaves room for another one.
      await start(account, 'basic', 2)
      const live = await liveLeases(account)
      t.equal(live.length, 1, `round ${round + 1}`)
      t.ok(live.every(({ videoHeight, maxHeight }) => videoHeight <= 720 && maxHeight <= 720), 'within the resolution')
    }
  })
})
