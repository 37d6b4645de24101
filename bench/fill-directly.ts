// Temporary: fills the catalogue until the import command is there.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Types } from 'mongoose'
import { Title } from '../models/title.js'
import { createIndexes } from '../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../src/plugins/database.js'
import { storedFields, storedSeasons, TITLE_DEFAULTS } from '../src/catalogue/stored-title.js'
import type { ImportOptions, ImportRun } from './import-command.js'

export async function fillDirectly ({ databaseUri, from, isDryRun }: ImportOptions): Promise<ImportRun> {
  const started = performance.now()
  let total = 0
  await connectDatabase(databaseUri)
  await createIndexes()
  const isNew = await Title.collection.findOne({}) === null
  let batch: any[] = []
  const write = async () => {
    if (batch.length > 0 && isDryRun !== true) {
      if (isNew) await Title.collection.insertMany(batch, { ordered: false })
      else await Title.collection.bulkWrite(batch.map((one) => ({ updateOne: { filter: { 'externalIds.imdb': one.externalIds.imdb }, update: { $set: { popularity: one.popularity }, $inc: { __v: 1 } } } })), { ordered: false })
    }
    total += batch.length
    batch = []
  }
  for await (const line of createInterface({ input: createReadStream(from as string) })) {
    const { kind, ...body } = JSON.parse(line)
    const now = new Date()
    batch.push({ _id: new Types.ObjectId(), kind, ...TITLE_DEFAULTS, translations: [], ...storedFields(body), ...(kind === 'show' ? { seasons: storedSeasons(body.seasons, []), episodeCount: 1 } : { markers: null }), createdAt: now, updatedAt: now, __v: 0 })
    if (batch.length === 1000) await write()
  }
  await write()
  await disconnectDatabase()
  return { total, created: isNew ? total : 0, updated: isNew ? 0 : total, unchanged: 0, refused: 0, seconds: (performance.now() - started) / 1000, peakRss: null }
}
