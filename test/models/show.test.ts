import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { MAX_SHOW_BYTES, MAX_SHOW_EPISODES, Show } from '../../models/show.js'
import { Title } from '../../models/title.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { createTestDatabase } from '../support/app.js'

const episodeOf = (number: number, title = `Episode ${number}`) => ({ _id: new Types.ObjectId(), number, title })
const seasonOf = (number: number, episodes: number) => ({
  number,
  episodes: Array.from({ length: episodes }, (_, i) => episodeOf(i + 1)),
})
const showOf = (...seasons: object[]) => ({ title: 'Fawlty Towers', seasons })
const tooManyEpisodes = showOf(seasonOf(1, MAX_SHOW_EPISODES + 1))
const tooManyBytes = showOf({ number: 1, episodes: [episodeOf(1, 'x'.repeat(MAX_SHOW_BYTES))] })
const sameNumbers = showOf(seasonOf(1, 1), seasonOf(1, 1))
const unguarded = { name: 'UnguardedWriteError' }
const tooLarge = { code: 'show-too-large' }

t.test('a show within its bounds', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const store = async (): Promise<Types.ObjectId> => (await Show.create(showOf(seasonOf(1, 2), seasonOf(2, 3))))._id
  const countStored = async (_id: Types.ObjectId): Promise<number | undefined> =>
    (await Show.findById(_id).lean())?.episodeCount

  t.test('save counts the episodes', async (t) => {
    const _id = await store()
    t.equal(await countStored(_id), 5)
    const loaded = await Show.findById(_id).orFail()
    loaded.seasons.pop()
    await loaded.save()
    t.equal(await countStored(_id), 2)
    loaded.episodeCount = 99
    await loaded.save()
    t.equal(await countStored(_id), 2, 'the count cannot be set')
  })

  t.test('save rejects a show beyond its bounds, with and without validation', async (t) => {
    for (const options of [{}, { validateBeforeSave: false }]) {
      await t.rejects(new Show(tooManyEpisodes).save(options), tooLarge)
      await t.rejects(new Show(tooManyBytes).save(options), tooLarge)
      await t.rejects(new Show(sameNumbers).save(options), { code: 'duplicate-number' })
      const episode = episodeOf(1)
      const twins = showOf({ number: 1, episodes: [episode] }, { number: 2, episodes: [episode] })
      await t.rejects(new Show(twins).save(options), { code: 'duplicate-id' })
      const loaded = await Show.findById(await store()).orFail()
      loaded.seasons.push(seasonOf(2, 1) as never)
      await t.rejects(loaded.save(options), { code: 'duplicate-number' })
      await t.rejects(new Title({ kind: 'show', ...tooManyEpisodes }).save(options), tooLarge)
    }
    await t.rejects(Show.create(tooManyEpisodes), tooLarge)
    await t.rejects(Title.create({ kind: 'show', ...tooManyEpisodes }), tooLarge)
  })

  t.test('insertMany counts and checks, also without documents', async (t) => {
    const [plain] = await Show.insertMany([{ title: 'Firefly', seasons: [{ number: 1 }, seasonOf(2, 2)] }] as never)
    t.equal(plain?.episodeCount, 2)
    const [lean] = await Show.insertMany([{ kind: 'show', ...showOf(seasonOf(1, 3)) }] as never, { lean: true })
    t.equal(await countStored((lean as unknown as { _id: Types.ObjectId })._id), 3)
    for (const options of [{}, { lean: true }]) {
      await t.rejects(Show.insertMany([tooManyEpisodes] as never, options), tooLarge)
      await t.rejects(Show.insertMany([tooManyBytes] as never, options), tooLarge)
      await t.rejects(Show.insertMany([sameNumbers] as never, options), { code: 'duplicate-number' })
      const show = { kind: 'show', ...showOf(seasonOf(1, 1)) }
      await t.rejects(Title.insertMany([show] as never, options), unguarded, 'by the base model')
    }
  })

  for (const model of [Title, Show as unknown as typeof Title]) {
    t.test(`${model.modelName}: every other way to write seasons is rejected`, async (t) => {
      const _id = await store()
      const season = seasonOf(3, 1)
      const updates: Record<string, object> = {
        $push: { $push: { seasons: season } },
        $addToSet: { $addToSet: { seasons: season } },
        $pull: { $pull: { seasons: { number: 1 } } },
        $set: { $set: { seasons: [season] } },
        'a field without an operator': { seasons: [season] },
        '$set by position': { $set: { 'seasons.0.episodes.0.number': 2 } },
        '$set of the count': { $set: { episodeCount: 9 } },
        $unset: { $unset: { seasons: 1 } },
        '$rename from': { $rename: { seasons: 'cast' } },
        '$rename to': { $rename: { popularity: 'episodeCount' } },
        $setOnInsert: { $setOnInsert: { seasons: [season] } },
      }
      for (const [update, operators] of Object.entries(updates)) {
        for (const method of ['updateOne', 'updateMany', 'findOneAndUpdate'] as const) {
          const write = (model[method] as typeof Title.updateOne)({ _id }, operators as never)
          await t.rejects(write, unguarded, `${update} by ${method}`)
        }
        const bulk = model.bulkWrite([{ updateOne: { filter: { _id }, update: operators } }] as never)
        await t.rejects(bulk, unguarded, `${update} by bulkWrite`)
      }
      const show = { kind: 'show', ...showOf(season) } as never
      const pipeline = [{ $set: { episodeCount: 9 } }] as never
      const options = { updatePipeline: true }
      const byFilter = { _id: new Types.ObjectId(), episodeCount: 9 } as never
      const update = { $set: { popularity: 1 } }
      const writes: Record<string, () => Promise<unknown>> = {
        'pipeline by updateOne': async () => await model.updateOne({ _id }, pipeline, options),
        'pipeline by updateMany': async () => await model.updateMany({ _id }, pipeline, options),
        'pipeline by findOneAndUpdate': async () => await model.findOneAndUpdate({ _id }, pipeline, options),
        '$replaceWith': async () => await model.updateOne({ _id }, [{ $replaceWith: {} }] as never, options),
        'upsert with a count in the filter': async () => await model.updateOne(byFilter, update, { upsert: true }),
        replaceOne: async () => await model.replaceOne({ _id }, show),
        findOneAndReplace: async () => await model.findOneAndReplace({ _id }, show),
        'bulk insertOne': async () => await model.bulkWrite([{ insertOne: { document: show } }]),
        'bulk replaceOne': async () => await model.bulkWrite([{ replaceOne: { filter: { _id }, replacement: show } }]),
        'bulk pipeline': async () => await model.bulkWrite([{ updateOne: { filter: { _id }, update: pipeline } }]),
        'bulk upsert': async () =>
          await model.bulkWrite([{ updateOne: { filter: byFilter, update, upsert: true } }] as never),
      }
      for (const [write, run] of Object.entries(writes)) await t.rejects(run(), unguarded, write)
      t.equal((await model.updateOne({ _id }, update)).modifiedCount, 1, 'other fields are not guarded')
      t.match(await Show.findById(_id).lean(), { episodeCount: 5, popularity: 1 })
    })
  }
})
