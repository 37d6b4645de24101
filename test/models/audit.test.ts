import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { anonymiseAudit, Audit } from '../../models/audit.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createTestDatabase } from '../support/app.js'

const entry = (fields: object = {}) => ({
  _id: new Types.ObjectId(),
  at: new Date(),
  action: 'log-in',
  result: 'ok' as const,
  expiresAt: new Date(Date.now() + 1e9),
  ...fields,
})
const unguarded = { name: 'UnguardedWriteError' }

t.test('the audit log', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()

  t.test('entries are added singly and in batches', async (t) => {
    await Audit.create(entry())
    await Audit.insertMany([entry(), entry()])
    t.equal(await Audit.countDocuments(), 3)
  })

  t.test('no write method changes or removes an entry', async (t) => {
    const { _id } = entry()
    const document = await Audit.create(entry({ _id }))
    const update = { $set: { result: 'refused' } }
    const writes: Record<string, () => Promise<unknown>> = {
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
    for (const [name, write] of Object.entries(writes)) await t.rejects(write(), unguarded, name)
    t.match(await Audit.findById(_id).lean(), { result: 'ok', action: 'log-in' })
  })

  t.test('anonymising removes the references to an erased account and keeps the entries', async (t) => {
    const [erased, other, session] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()]
    const own = await Audit.create(
      entry({ actor: erased, account: erased, session, subject: { kind: 'profile', id: 'p' } }),
    )
    const rejected = await Audit.create(entry({ account: erased, session, result: 'refused' }))
    const byAdmin = await Audit.create(entry({ actor: other, account: erased, session }))
    const onOther = await Audit.create(
      entry({ actor: erased, account: other, session, subject: { kind: 'movie', id: 'm' } }),
    )
    await anonymiseAudit(erased.toString())
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
    t.strictSame(await read(rejected), [null, null, null, null])
    t.strictSame(await read(byAdmin), [other.toString(), null, session.toString(), null])
    t.strictSame(await read(onOther), [null, other.toString(), null, 'm'])
  })
})
