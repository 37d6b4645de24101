import mongoose, { Types } from 'mongoose'
import t from 'tap'
import {
  Account,
  loadAccount,
  newAccount,
  pushProfile,
  setPlan,
  type AccountDocument,
  type StoredProfile,
} from '../../models/account.js'
import { newProfile } from '../../src/accounts/profiles.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createPlanTable, DEFAULT_PLANS, type PlanTable } from '../../src/domain/plans.js'
import { createTestDatabase } from '../support/app.js'

type PlanName = 'basic' | 'standard' | 'premium'

let emails = 0
const profilesOf = (count: number): StoredProfile[] =>
  Array.from({ length: count }, (_, i) => newProfile({ name: `P${i}` }))
const fieldsOf = (plan: PlanName, profiles: StoredProfile[]) => ({
  email: `a${++emails}@example.com`,
  passwordHash: 'x',
  plan,
  profiles,
})
const plainAccount = (plan: PlanName, count: number) => ({
  ...fieldsOf(plan, profilesOf(count)),
  limits: DEFAULT_PLANS.limitsOf(plan),
})
const accountWith = (plan: PlanName, count: number, plans: PlanTable = DEFAULT_PLANS): AccountDocument =>
  newAccount(fieldsOf(plan, profilesOf(count)), plans)
const tooMany = { code: 'plan-profile-limit' }
const unguarded = { name: 'UnguardedWriteError' }

t.test('an account within the limits of its plan', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const store = async (plan: PlanName, profiles: number): Promise<Types.ObjectId> =>
    (await accountWith(plan, profiles).save())._id
  const countProfiles = async (id: Types.ObjectId): Promise<number> =>
    (await Account.findById(id).lean())?.profiles.length ?? -1
  const load = async (id: Types.ObjectId): Promise<AccountDocument> => (await loadAccount(id))!
  const add = async (id: Types.ObjectId, name: string): Promise<boolean> =>
    await pushProfile(id, newProfile({ name }), DEFAULT_PLANS)

  t.test('save rejects one profile more than the plan allows', async (t) => {
    await t.rejects(accountWith('basic', 2).save(), tooMany)
    await t.rejects(accountWith('basic', 2).save({ validateBeforeSave: false }), tooMany)
    const _id = await store('basic', 1)
    const loaded = await load(_id)
    loaded.profiles.push(newProfile({ name: 'Two' }))
    await t.rejects(loaded.save(), tooMany)
    await t.rejects(loaded.save({ validateBeforeSave: false }), tooMany)
    t.equal(await countProfiles(_id), 1)
  })

  t.test('limits come from the plan table, not from the caller', async (t) => {
    const { limits } = await newAccount(
      { ...fieldsOf('basic', profilesOf(1)), limits: DEFAULT_PLANS.limitsOf('premium') } as never,
      DEFAULT_PLANS,
    ).save()
    t.match(limits, { maxProfiles: 1, maxStreams: 1, maxHeight: 720 })
    const changed = accountWith('basic', 2)
    changed.limits = DEFAULT_PLANS.limitsOf('premium')
    await t.rejects(changed.save(), tooMany)
    const loaded = await load(await store('basic', 1))
    loaded.limits = DEFAULT_PLANS.limitsOf('premium')
    await t.rejects(loaded.save(), unguarded)
    await t.rejects(loaded.save({ validateBeforeSave: false }), unguarded)
  })

  t.test('a plan without a plan table is rejected', async (t) => {
    await t.rejects(Account.create(plainAccount('basic', 1)), unguarded)
    await t.rejects(new Account(plainAccount('basic', 1)).save({ validateBeforeSave: false }), unguarded)
    const loaded = await load(await store('basic', 1))
    loaded.plan = 'premium'
    await t.rejects(loaded.save(), unguarded)
    t.throws(() => newAccount({ ...fieldsOf('basic', []), plan: 'gold' }, DEFAULT_PLANS), { code: 'validation-failed' })
    t.throws(() => {
      setPlan(loaded, 'gold', DEFAULT_PLANS)
    }, { code: 'validation-failed' })
  })

  t.test('a changed plan copies the limits of its table', async (t) => {
    const _id = await store('basic', 1)
    const upgraded = await load(_id)
    setPlan(upgraded, 'premium', DEFAULT_PLANS)
    await upgraded.save()
    t.match(await Account.findById(_id).lean(), { plan: 'premium', limits: { maxProfiles: 5, maxHeight: 2160 } })
    const roomy = createPlanTable(DEFAULT_PLANS.plans.map((plan) => ({ ...plan, maxProfiles: 7 })))
    const same = await load(_id)
    setPlan(same, 'premium', roomy)
    await same.save()
    t.match(await Account.findById(_id).lean(), { plan: 'premium', limits: { maxProfiles: 7 } }, 'the same plan')
    const downgraded = await load(_id)
    downgraded.profiles.push(newProfile({ name: 'Two' }))
    setPlan(downgraded, 'basic', DEFAULT_PLANS)
    await t.rejects(downgraded.save(), tooMany)
  })

  t.test('pushProfile adds profiles up to the limit', async (t) => {
    const _id = await store('standard', 2)
    t.strictSame([await add(_id, 'Three'), await add(_id, 'Four')], [true, false])
    t.equal(await countProfiles(_id), 3)
    t.equal(await add(new Types.ObjectId(), 'Nobody'), false)
  })

  t.test('every update method adds a profile within the limit only', async (t) => {
    const _id = await store('standard', 2)
    const update = (name: string) => ({ $push: { profiles: newProfile({ name }) } })
    const options = { plans: DEFAULT_PLANS } as never
    for (const method of ['updateOne', 'updateMany', 'findOneAndUpdate'] as const) {
      await t.rejects((Account[method] as typeof Account.updateOne)({ _id }, update('Three')), unguarded, method)
    }
    t.equal((await Account.updateMany({ _id }, update('Three'), options)).modifiedCount, 1)
    t.equal((await Account.updateOne({ _id }, update('Four'), options)).modifiedCount, 0)
    t.equal((await Account.updateMany({ _id }, update('Four'), options)).modifiedCount, 0)
    t.equal(await Account.findOneAndUpdate({ _id }, update('Four'), options), null)
    t.equal(await Account.findByIdAndUpdate(_id, update('Four'), options), null)
    t.equal(await countProfiles(_id), 3)
  })

  t.test('locked profiles count towards the stored maximum of the table', async (t) => {
    const _id = await store('premium', 5)
    const downgraded = await load(_id)
    for (const profile of downgraded.profiles.slice(1)) profile.locked = true
    setPlan(downgraded, 'standard', DEFAULT_PLANS)
    await downgraded.save()
    t.equal(await add(_id, 'Six'), false, 'five are stored, as many as the largest plan allows')
    const roomy = createPlanTable(DEFAULT_PLANS.plans.map((plan) => ({ ...plan, maxProfiles: 6 })))
    t.equal(await pushProfile(_id, newProfile({ name: 'Six' }), roomy), true)
  })

  t.test('a name is unique in its account on every write method, whatever its case', async (t) => {
    const _id = await store('premium', 1)
    t.equal(await add(_id, 'p0'), false)
    const taken = { code: 'profile-name-taken' }
    const twins = [newProfile({ name: 'Kim' }), newProfile({ name: 'KIM' })]
    await t.rejects(newAccount(fieldsOf('premium', twins), DEFAULT_PLANS).save(), taken)
    const loaded = await load(_id)
    loaded.profiles.push(newProfile({ name: 'Ｐ0' }))
    await t.rejects(loaded.save(), taken)
  })

  t.test('every other way to write profiles, plan or limits is rejected', async (t) => {
    const _id = await store('basic', 1)
    const one = newProfile({ name: 'One more' })
    const updates: Record<string, object> = {
      '$push of several': { $push: { profiles: { $each: [one] } } },
      $addToSet: { $addToSet: { profiles: one } },
      '$set of all': { $set: { profiles: [one] } },
      'a field without an operator': { profiles: [one] },
      '$set of one by position': { $set: { 'profiles.1': one } },
      $pull: { $pull: { profiles: { name: 'P0' } } },
      $pop: { $pop: { profiles: 1 } },
      $unset: { $unset: { profiles: 1 } },
      '$rename from a guarded path': { $rename: { 'limits.maxProfiles': 'passwordHash' } },
      '$rename to a guarded path': { $rename: { passwordHash: 'plan' } },
      '$setOnInsert of a plan': { $setOnInsert: { plan: 'premium' } },
      'unlocking a profile': { $set: { 'profiles.0.locked': false } },
      'renaming a profile': { $set: { 'profiles.$[p].name': 'x' } },
      'another plan': { $set: { plan: 'premium' } },
      'higher limits': { $inc: { 'limits.maxProfiles': 5 } },
    }
    for (const [name, update] of Object.entries(updates)) {
      for (const method of ['updateOne', 'updateMany', 'findOneAndUpdate'] as const) {
        const write = (Account[method] as typeof Account.updateOne)({ _id }, update as never)
        await t.rejects(write, unguarded, `${name} by ${method}`)
      }
      const bulk = Account.bulkWrite([{ updateOne: { filter: { _id }, update } }] as never)
      await t.rejects(bulk, unguarded, `${name} by bulkWrite`)
    }
    const stages = [{ $set: { profiles: [one] } }, { $unset: ['profiles'] }, { $replaceWith: { plan: 'premium' } }]
    for (const stage of stages) {
      const write = Account.updateOne({ _id }, [stage] as never, { updatePipeline: true })
      await t.rejects(write, unguarded, `pipeline ${Object.keys(stage)[0]}`)
    }
    const replacement = plainAccount('basic', 2) as never
    const update = { $push: { profiles: one } }
    const upserted = { email: 'upsert@example.com', plan: 'premium' }
    const writes: Record<string, () => Promise<unknown>> = {
      replaceOne: async () => await Account.replaceOne({ _id }, replacement),
      findOneAndReplace: async () => await Account.findOneAndReplace({ _id }, replacement),
      insertMany: async () => await Account.insertMany([plainAccount('basic', 1)]),
      'lean insertMany': async () => await Account.insertMany([plainAccount('basic', 1)], { lean: true }),
      'upsert with a plan in the filter': async () =>
        await Account.updateOne(upserted, { $set: { role: 'member' } }, { upsert: true }),
      'bulk replaceOne': async () => await Account.bulkWrite([{ replaceOne: { filter: { _id }, replacement } }]),
      'bulk $push': async () => await Account.bulkWrite([{ updateOne: { filter: { _id }, update } }] as never),
      'bulk updateMany': async () => await Account.bulkWrite([{ updateMany: { filter: { _id }, update } }] as never),
      'bulk insertOne': async () =>
        await Account.bulkWrite([{ insertOne: { document: plainAccount('basic', 1) } }] as never),
      'bulk upsert': async () =>
        await Account.bulkWrite([
          { updateOne: { filter: upserted, update: { $set: { role: 'member' } }, upsert: true } },
        ] as never),
      bulkSave: async () => {
        await Account.bulkSave([accountWith('basic', 1)])
      },
    }
    for (const [name, write] of Object.entries(writes)) await t.rejects(write(), unguarded, name)
    t.match(await Account.findById(_id).lean(), {
      plan: 'basic',
      limits: { maxProfiles: 1 },
      profiles: [{ name: 'P0' }],
    })
  })

  t.test('a document that was loaded before a profile was added cannot be saved over it', async (t) => {
    const _id = await store('standard', 2)
    const stale = await load(_id)
    await add(_id, 'Three')
    stale.profiles.push(newProfile({ name: 'Four' }))
    await t.rejects(stale.save(), { name: 'VersionError' })
    t.equal(await countProfiles(_id), 3)
  })

  t.test('the last usable profile cannot be removed', async (t) => {
    const loaded = await load(await store('premium', 1))
    loaded.profiles = []
    await t.rejects(loaded.save(), { code: 'last-profile' })
  })

  t.test('20 rounds of 50 concurrent additions leave exactly five profiles', async (t) => {
    for (let round = 0; round < 20; round++) {
      const _id = await store('premium', 1)
      const results = await Promise.all(Array.from({ length: 50 }, async (_, i) => await add(_id, `N${i}`)))
      t.strictSame([results.filter(Boolean).length, await countProfiles(_id)], [4, 5], `round ${round + 1}`)
    }
  })
})
