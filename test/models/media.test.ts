import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { MAX_MEDIA_FILES, MAX_SUBTITLES, Media } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { initialHlsState } from '../../src/media/packaging/packaging-state.js'
import { createTestDatabase } from '../support/app.js'

const now = new Date('2026-01-01T00:00:00Z')
const fileOf = () => ({
  _id: new Types.ObjectId(),
  storageKey: 'key',
  contentType: 'video/mp4',
  sizeBytes: 1,
  sha256: 'a'.repeat(64),
  hls: initialHlsState(),
  createdAt: now,
})
const subtitleOf = () => ({
  _id: new Types.ObjectId(),
  language: 'en',
  kind: 'full' as const,
  storageKey: 'key',
  sizeBytes: 1,
  sha256: 'a'.repeat(64),
  createdAt: now,
})
const mediaOf = (files: number, subtitles = 0) => {
  const _id = new Types.ObjectId()
  return {
    _id,
    title: _id,
    files: Array.from({ length: files }, fileOf),
    subtitles: Array.from({ length: subtitles }, subtitleOf),
  }
}
const unguarded = { name: 'UnguardedWriteError' }
const tooManyFiles = { code: 'media-file-limit' }
const tooManySubtitles = { code: 'subtitle-limit' }

t.test('media within their bounds', async (t) => {
  await connectDatabase(await createTestDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const store = async (files: number, subtitles = 0): Promise<Types.ObjectId> =>
    (await Media.create(mediaOf(files, subtitles) as never))._id
  const countStored = async (_id: Types.ObjectId): Promise<[files: number, subtitles: number]> => {
    const media = await Media.findById(_id).lean()
    return [media?.files.length ?? -1, media?.subtitles.length ?? -1]
  }

  t.test('save rejects one element too many, with and without validation', async (t) => {
    for (const options of [{}, { validateBeforeSave: false }]) {
      await t.rejects(new Media(mediaOf(MAX_MEDIA_FILES + 1)).save(options), tooManyFiles)
      await t.rejects(new Media(mediaOf(0, MAX_SUBTITLES + 1)).save(options), tooManySubtitles)
      const loaded = await Media.findById(await store(MAX_MEDIA_FILES)).orFail()
      loaded.files.push(fileOf() as never)
      await t.rejects(loaded.save(options), tooManyFiles)
    }
    t.strictSame(await countStored(await store(MAX_MEDIA_FILES, MAX_SUBTITLES)), [MAX_MEDIA_FILES, MAX_SUBTITLES])
  })

  t.test('insertMany and bulk inserts reject one element too many', async (t) => {
    for (const options of [{}, { lean: true }]) {
      await t.rejects(Media.insertMany([mediaOf(MAX_MEDIA_FILES + 1)] as never, options), tooManyFiles)
      await t.rejects(Media.insertMany([mediaOf(0, MAX_SUBTITLES + 1)] as never, options), tooManySubtitles)
      await Media.insertMany([mediaOf(MAX_MEDIA_FILES)] as never, options)
    }
    const insert = (document: object) => [{ insertOne: { document } }] as never
    await t.rejects(Media.bulkWrite(insert(mediaOf(MAX_MEDIA_FILES + 1))), tooManyFiles)
    await Media.bulkWrite(insert(mediaOf(1)))
  })

  t.test('every update method adds one element within the limit only', async (t) => {
    const methods = ['updateOne', 'updateMany', 'findOneAndUpdate'] as const
    const updates = [{ $push: { files: fileOf() } }, { $push: { subtitles: subtitleOf() } }]
    const full = await store(MAX_MEDIA_FILES, MAX_SUBTITLES)
    const empty = await store(0)
    for (const method of methods) {
      for (const update of updates) {
        await (Media[method] as typeof Media.updateOne)({ _id: full }, update)
        await (Media[method] as typeof Media.updateOne)({ _id: empty }, update)
      }
    }
    t.strictSame(await countStored(full), [MAX_MEDIA_FILES, MAX_SUBTITLES])
    t.strictSame(await countStored(empty), [3, 3])
  })

  t.test('20 rounds of concurrent uploads leave exactly as many files as allowed', async (t) => {
    for (let round = 0; round < 20; round++) {
      const _id = await store(MAX_MEDIA_FILES - 2)
      const results = await Promise.all(
        Array.from({ length: 10 }, async () => await Media.updateOne({ _id }, { $push: { files: fileOf() } })),
      )
      const added = results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0)
      t.strictSame([added, (await countStored(_id))[0]], [2, MAX_MEDIA_FILES], `round ${round + 1}`)
    }
  })

  t.test('writes inside an element, removals and bounded inserts are allowed', async (t) => {
    const _id = await store(2)
    const [first] = (await Media.findById(_id).lean())!.files
    await Media.updateOne({ _id }, { $set: { 'files.$[file].edition': 'cut' } }, {
      arrayFilters: [{ 'file._id': first!._id }],
    })
    await Media.updateOne({ _id }, { $pull: { files: { edition: null } } } as never)
    t.match((await Media.findById(_id).lean())!.files, [{ edition: 'cut' }])
    t.strictSame(await countStored(_id), [1, 0])
    const inserted = new Types.ObjectId()
    const update = { $setOnInsert: { title: inserted, files: [fileOf(), fileOf()] } }
    await Media.bulkWrite([{ updateOne: { filter: { _id: inserted }, update, upsert: true } }] as never)
    t.strictSame(await countStored(inserted), [2, 0])
  })

  t.test('every other way to write the lists is rejected', async (t) => {
    const _id = await store(1)
    const many = Array.from({ length: MAX_MEDIA_FILES + 1 }, fileOf)
    const updates: Record<string, object> = {
      '$push of several': { $push: { files: { $each: many } } },
      $addToSet: { $addToSet: { files: fileOf() } },
      $set: { $set: { files: many } },
      'a field without an operator': { subtitles: [subtitleOf()] },
      '$set by position': { $set: { 'files.99': fileOf() } },
      '$set in an element by position': { $set: { 'files.99.edition': 'cut' } },
      '$unset by position': { $unset: { 'subtitles.99': 1 } },
      $unset: { $unset: { files: 1 } },
      $pop: { $pop: { files: 1 } },
      '$rename from': { $rename: { files: 'thumbnails' } },
      '$rename to': { $rename: { thumbnails: 'subtitles' } },
      '$setOnInsert of too many': { $setOnInsert: { files: many } },
    }
    for (const [name, update] of Object.entries(updates)) {
      for (const method of ['updateOne', 'updateMany', 'findOneAndUpdate'] as const) {
        const write = (Media[method] as typeof Media.updateOne)({ _id }, update as never)
        await t.rejects(write, unguarded, `${name} by ${method}`)
      }
      const bulk = Media.bulkWrite([{ updateOne: { filter: { _id }, update } }] as never)
      await t.rejects(bulk, unguarded, `${name} by bulkWrite`)
    }
    const pipeline = [{ $set: { files: [] } }] as never
    const options = { updatePipeline: true }
    const push = { $push: { files: fileOf() } }
    const byFilter = { _id: new Types.ObjectId(), files: many } as never
    const update = { $set: { season: 1 } }
    const writes: Record<string, () => Promise<unknown>> = {
      'pipeline by updateOne': async () => await Media.updateOne({ _id }, pipeline, options),
      'pipeline by findOneAndUpdate': async () => await Media.findOneAndUpdate({ _id }, pipeline, options),
      '$replaceWith': async () => await Media.updateOne({ _id }, [{ $replaceWith: {} }] as never, options),
      'upsert with files in the filter': async () => await Media.updateOne(byFilter, update, { upsert: true }),
      replaceOne: async () => await Media.replaceOne({ _id }, mediaOf(1) as never),
      findOneAndReplace: async () => await Media.findOneAndReplace({ _id }, mediaOf(1) as never),
      'bulk $push': async () => await Media.bulkWrite([{ updateOne: { filter: { _id }, update: push } }] as never),
      'bulk updateMany': async () =>
        await Media.bulkWrite([{ updateMany: { filter: { _id }, update: push } }] as never),
      'bulk replaceOne': async () =>
        await Media.bulkWrite([{ replaceOne: { filter: { _id }, replacement: mediaOf(1) } }] as never),
      'bulk upsert': async () =>
        await Media.bulkWrite([{ updateOne: { filter: byFilter, update, upsert: true } }] as never),
    }
    for (const [name, write] of Object.entries(writes)) await t.rejects(write(), unguarded, name)
    t.strictSame(await countStored(_id), [1, 0])
  })
})
