import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { newProfile } from '../../src/accounts/profiles.js'
import { limitsOf } from '../../src/domain/plans.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { freshDatabase } from '../helper.js'

let emails = 0
const account = (plan: 'basic' | 'standard' | 'premium', profiles: number) => ({
  email: `a${++emails}@example.com`,
  passwordHash: 'x',
  plan,
  limits: limitsOf(plan),
  profiles: Array.from({ length: profiles }, (_, i) => newProfile({ name: `P${i}` })),
})
const tooMany = { code: 'plan-profile-limit' }

t.test('the limit on profiles holds on every write verb', async (t) => {
  await connectDatabase(await freshDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const stored = async (id: Types.ObjectId): Promise<number> =>
    (await Account.findById(id).lean())?.profiles.length ?? -1
  const one = newProfile({ name: 'One more' })

  t.test('create and save', async (t) => {
    await t.rejects(Account.create(account('basic', 2)), tooMany)
    const { _id } = await Account.create(account('basic', 1))
    const loaded = await Account.findById(_id).orFail()
    loaded.profiles.push(one)
    await t.rejects(loaded.save(), tooMany)
    t.equal(await stored(_id), 1)
  })

  t.test('the limits come from the plan, whatever is said', async (t) => {
    const { limits } = await Account.create({ ...account('basic', 1), limits: limitsOf('premium') })
    t.equal(limits.maxProfiles, 1)
    await t.rejects(Account.create({ ...account('basic', 2), limits: limitsOf('premium') }), tooMany)
  })

  t.test('insertMany, with lean too', async (t) => {
    await t.rejects(Account.insertMany([account('premium', 5), account('standard', 4)]), tooMany)
    await t.rejects(Account.insertMany([account('standard', 4)], { lean: true }), tooMany)
    const sly = { ...account('basic', 1), limits: limitsOf('premium') }
    await Account.insertMany([sly], { lean: true })
    t.match(await Account.findOne({ email: sly.email }).lean(), { limits: { maxProfiles: 1 } })
  })

  t.test('updateOne and findOneAndUpdate: adding one is guarded', async (t) => {
    const { _id } = await Account.create(account('standard', 2))
    t.equal((await Account.updateOne({ _id }, { $push: { profiles: newProfile({ name: 'Three' }) } })).modifiedCount, 1)
    t.equal((await Account.updateOne({ _id }, { $push: { profiles: newProfile({ name: 'Four' }) } })).modifiedCount, 0)
    t.equal(await Account.findOneAndUpdate({ _id }, { $push: { profiles: newProfile({ name: 'Four' }) } }), null)
    t.equal(await Account.findByIdAndUpdate(_id, { $push: { profiles: newProfile({ name: 'Four' }) } }), null)
    t.equal((await Account.updateMany({ _id }, { $push: { profiles: newProfile({ name: 'Four' }) } })).modifiedCount, 0)
    t.equal(await stored(_id), 3)
  })

  t.test('a name is taken once, whatever its case', async (t) => {
    const { _id } = await Account.create(account('premium', 1))
    t.equal((await Account.updateOne({ _id }, { $push: { profiles: newProfile({ name: 'p0' }) } })).modifiedCount, 0)
    await t.rejects(
      Account.create({
        ...account('premium', 0),
        profiles: [newProfile({ name: 'Kim' }), newProfile({ name: 'KIM' })],
      }),
      { code: 'profile-name-taken' },
    )
  })

  t.test('every other way to write profiles, plan or limits is refused', async (t) => {
    const { _id } = await Account.create(account('basic', 1))
    const list = [one]
    const ways: Record<string, object> = {
      '$push of several': { $push: { profiles: { $each: list } } },
      $addToSet: { $addToSet: { profiles: one } },
      '$set of all': { $set: { profiles: list } },
      'set without an operator': { profiles: list },
      '$set of one by position': { $set: { 'profiles.1': one } },
      $pull: { $pull: { profiles: { name: 'P0' } } },
      $pop: { $pop: { profiles: 1 } },
      $unset: { $unset: { profiles: 1 } },
      $rename: { $rename: { 'limits.maxProfiles': 'limits.maxStreams' } },
      'unlocking one': { $set: { 'profiles.0.locked': false } },
      'renaming one': { $set: { 'profiles.$[p].name': 'x' } },
      'another plan': { $set: { plan: 'premium' } },
      'larger limits': { $inc: { 'limits.maxProfiles': 5 } },
    }
    for (const [name, update] of Object.entries(ways)) {
      for (const verb of ['updateOne', 'updateMany', 'findOneAndUpdate'] as const) {
        await t.rejects((Account[verb] as typeof Account.updateOne)({ _id }, update as never), {
          name: 'UnguardedWriteError',
        }, `${name} by ${verb}`)
      }
      await t.rejects(Account.bulkWrite([{ updateOne: { filter: { _id }, update } }] as never), {
        name: 'UnguardedWriteError',
      }, `${name} by bulkWrite`)
    }
    for (
      const stage of [{ $set: { profiles: list } }, { $unset: ['profiles'] }, { $replaceWith: { plan: 'premium' } }]
    ) {
      await t.rejects(Account.updateOne({ _id }, [stage] as never, { updatePipeline: true }), {
        name: 'UnguardedWriteError',
      }, `pipeline ${Object.keys(stage)[0]}`)
    }
    await t.rejects(Account.replaceOne({ _id }, account('basic', 2) as never), { name: 'UnguardedWriteError' })
    await t.rejects(Account.findOneAndReplace({ _id }, account('basic', 2) as never), { name: 'UnguardedWriteError' })
    await t.rejects(
      Account.bulkWrite([{ replaceOne: { filter: { _id }, replacement: account('basic', 2) } }] as never),
      { name: 'UnguardedWriteError' },
    )
    await t.rejects(
      Account.bulkWrite([{ updateOne: { filter: { _id }, update: { $push: { profiles: one } } } }] as never),
      { name: 'UnguardedWriteError' },
    )
    await t.rejects(Account.bulkWrite([{ insertOne: { document: account('basic', 2) } }] as never), tooMany)
    t.match(await Account.findById(_id).lean(), {
      plan: 'basic',
      limits: { maxProfiles: 1 },
      profiles: [{ name: 'P0' }],
    })
  })

  t.test('a document that was loaded before a profile was added cannot be saved over it', async (t) => {
    const { _id } = await Account.create(account('standard', 2))
    const stale = await Account.findById(_id).orFail()
    await Account.updateOne({ _id }, { $push: { profiles: newProfile({ name: 'Three' }) } })
    stale.profiles.push(newProfile({ name: 'Four' }))
    await t.rejects(stale.save(), { name: 'VersionError' })
    t.equal(await stored(_id), 3)
  })

  t.test('the last usable profile stays', async (t) => {
    const { _id } = await Account.create(account('premium', 1))
    const loaded = await Account.findById(_id).orFail()
    loaded.profiles = []
    await t.rejects(loaded.save(), { code: 'last-profile' })
  })

  t.test('20 rounds of 50 at once leave exactly five', async (t) => {
    for (let round = 0; round < 20; round++) {
      const { _id } = await Account.create(account('premium', 1))
      const results = await Promise.all(
        Array.from(
          { length: 50 },
          async (_, i) => await Account.updateOne({ _id }, { $push: { profiles: newProfile({ name: `N${i}` }) } }),
        ),
      )
      const added = results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0)
      t.strictSame([added, await stored(_id)], [4, 5], `round ${round + 1}`)
    }
  })
})
