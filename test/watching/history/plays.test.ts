import fc from 'fast-check'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { toPlayProgress } from '../../../models/play.js'
import { createIndexes } from '../../../src/database/indexes.js'
import { toPlayProgressOfEvent, mergePlayProgress } from '../../../src/domain/progress.js'
import { connectDatabase, disconnectDatabase } from '../../../src/database/connection.js'
import { findPlay, mergePlay, type PlaySubject } from '../../../src/watching/history/plays.js'
import { freshDatabase } from '../../helper.js'

const timing = { durationMs: 100_000, creditsStartMs: null }
const anyEvent = fc.record({
  at: fc.integer({ min: 1, max: 20 }),
  positionMs: fc.integer({ min: 0, max: 100_000 }),
  watchedMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
  eventId: fc.constantFrom('', 'a', '$b', 'c'),
})

t.test('the database merges a play as the rules do', async (t) => {
  await connectDatabase(await freshDatabase(t))
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
  })
  await createIndexes()
  const watcher = { account: new Types.ObjectId().toString(), profile: new Types.ObjectId().toString() }
  const subject: PlaySubject = {
    title: new Types.ObjectId().toString(),
    item: new Types.ObjectId().toString(),
    season: null,
    episode: null,
    titleName: '$9.99',
    itemName: null,
    mediaFile: null,
  }
  let sittings = 0

  t.test('in any order, repeated, and all at once', async (t) => {
    const scenario = fc.array(anyEvent, { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(scenario, fc.boolean(), async (events, atOnce) => {
        const sitting = `sitting ${++sittings}`
        const facts = events.map((event) => toPlayProgressOfEvent(event, timing))
        const writes = [...facts, ...facts].map((one) => async () =>
          await mergePlay(watcher, sitting, subject, one, true)
        )
        if (atOnce) await Promise.all(writes.map(async (write) => await write()))
        else for (const write of writes) await write()
        const stored = await findPlay(watcher, sitting)
        t.strictSame(stored === null ? null : toPlayProgress(stored), facts.reduce(mergePlayProgress))
        t.match(stored, { titleName: '$9.99', kind: 'play', isPlayed: true, removedAt: null })
      }),
      { numRuns: 60 },
    )
  })
})
