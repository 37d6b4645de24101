import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { anonymiseAudit, Audit } from '../../models/audit.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { freshDatabase } from '../helper.js'

const entry = (fields: object = {}) => ({
  _id: new Types.ObjectId(),
  at: new Date(),
  action: 'log-in',
  result: 'ok' as const,
  expiresAt: new Date(Date.now() + 1e9),
  ...fields,
})
const unguarded = { name: 'UnguardedWriteError' }

t.test('the audit log only grows', async (t) => {
  await connectDatabase(await freshDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()

  t.test('entries are added one by one and together', async (t) => {
    await Audit.create(entry())
    await Audit.insertMany([entry(), entry()])
    t.equal(await Audit.countDocuments(), 3)
  })

  t.test('no verb changes or removes one', async (t) => {
    const { _id } = entry()
    const document = await Audit.create(entry({ _id }))
    const update = { $set: { result: 'refused' } }
    const ways: Record<string, () => Promise<unknown>> = {
      updateOne: async () => await Audit.updateOne({ _id }, update as never),
      upsert: async () => await Audit.updateOne({ _id: new Types.ObjectId() }, update as never, { upsert: true }),
      updateMany: async () => await Audit.updateMany({}, update as never),
      pipeline: async () => await Audit.updateOne({ _id }, [update] as never, { updatePipeline: true }),
      findOneAndUpdate: async () => await Audit.findOneAndUpdate({ _id }, update as never),
      replaceOne: async () => await Audit.replaceOne({ _id }, entry() as never),
      findOneAndReplace: async () => await Audit.findOneAndReplace({ _id }, entry() as never),
      deleteOne: async () => await Audit.deleteOne({ _id }),
      deleteMany: async () => await Audit.deleteMany({}),
      findOneAndDelete: async () => await Audit.findOneAndDelete({ _id }),
      findByIdAndDelete: async () => await Audit.findByIdAndDelete(_id),
      bulkWrite: async () => await Audit.bulkWrite([{ deleteOne: { filter: { _id } } }]),
      "a document's deleteOne": async () => await document.deleteOne(),
      "a document's updateOne": async () => await document.updateOne(update as never),
      "a document's save": async () => await Object.assign(document, { result: 'refused' }).save(),
    }
    for (const [name, way] of Object.entries(ways)) await t.rejects(way(), unguarded, name)
    t.match(await Audit.findById(_id).lean(), { result: 'ok', action: 'log-in' })
  })

  t.test('an erased account is taken out of it, what was done stays', async (t) => {
    const [gone, other, session] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()]
    const own = await Audit.create(
      entry({ actor: gone, account: gone, session, subject: { kind: 'profile', id: 'p' } }),
    )
    const tried = await Audit.create(entry({ account: gone, session, result: 'refused' }))
    const admins = await Audit.create(entry({ actor: other, account: gone, session }))
    const theirs = await Audit.create(
      entry({ actor: gone, account: other, session, subject: { kind: 'movie', id: 'm' } }),
    )
    await anonymiseAudit(gone.toString())
    const read = async ({ _id }: { _id: Types.ObjectId }) => {
      const found = await Audit.findById(_id).lean()
      return [
        found?.actor?.toString() ?? null,
        found?.account?.toString() ?? null,
        found?.session?.toString() ?? null,
        found?.subject?.id ?? null,
      ]
    }
    t.strictSame(await read(own), [null, null, null, null])
    t.strictSame(await read(tried), [null, null, null, null])
    t.strictSame(await read(admins), [other.toString(), null, session.toString(), null])
    t.strictSame(await read(theirs), [null, other.toString(), null, 'm'])
  })
})
