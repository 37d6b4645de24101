// A field that a schema does not know is an error: it is never dropped silently.
import mongoose, { Types, type Schema } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { Movie } from '../../models/movie.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
// Registers every model.
import '../../src/database/indexes.js'
import { createTestDatabase } from '../support/app.js'

const unknownField = { name: /StrictModeError|StrictPopulateError/ }

/** A schema and the schemas of its subdocuments. */
function withChildSchemas (schema: Schema): Schema[] {
  return [schema, ...schema.childSchemas.flatMap((child) => withChildSchemas(child.schema as unknown as Schema))]
}

t.test('every schema rejects unknown fields in documents, updates and filters', async (t) => {
  t.ok(mongoose.modelNames().length > 20, 'the models are registered')
  for (const name of mongoose.modelNames()) {
    const schemas = withChildSchemas(mongoose.model(name).schema as Schema)
    t.strictSame(new Set(schemas.map((schema) => schema.get('strict'))), new Set(['throw']), `${name}: strict`)
    t.strictSame(
      new Set(schemas.map((schema) => schema.get('strictQuery'))),
      new Set(['throw']),
      `${name}: strictQuery`,
    )
  }
})

t.test('each write method rejects an unknown field', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  const _id = new Types.ObjectId()
  const update = { $set: { nickname: 'Neo' } } as never
  t.throws(() => new Movie({ title: 'Heat', nickname: 'H' }), unknownField, 'a document')
  const cast = [{ name: 'Al Pacino', nickname: 'Al' }]
  await t.rejects(new Movie({ title: 'Heat', cast }).validate(), /cast: .*nickname/, 'its parts')
  await t.rejects(Account.updateOne({ _id }, update), unknownField, 'updateOne')
  await t.rejects(Account.updateMany({ _id }, update), unknownField, 'updateMany')
  await t.rejects(Account.findOneAndUpdate({ _id }, update), unknownField, 'findOneAndUpdate')
  await t.rejects(Account.findOne({ nickname: 'Neo' } as never), unknownField, 'a filter')
  await t.rejects(Account.deleteMany({ nickname: 'Neo' } as never), unknownField, 'the filter of a deletion')
  await t.rejects(
    Account.bulkWrite([{ updateOne: { filter: { _id }, update } }]),
    unknownField,
    'bulkWrite',
  )
})
