// Bulk writes of an import: what another writer changes in the meantime is still counted as written.
import { Types } from 'mongoose'
import t from 'tap'
import { Title } from '../../models/title.js'
import { buildNewTitle } from '../../src/transfer/build-title.js'
import { insertTitles } from '../../src/transfer/stored-titles.js'
import { NO_EVENTS } from '../../src/webhooks/outbox.js'
import { startApp } from '../support/app.js'

t.test('insertTitles returns only the titles that it did not insert', async (t) => {
  await startApp(t)
  const build = (imdb: string) =>
    buildNewTitle(new Types.ObjectId(), { kind: 'movie', title: imdb, externalIds: { imdb } } as never, new Date())
  for (const takenIndex of [0, 2, 4]) {
    await Title.collection.deleteMany({})
    const titles = Array.from({ length: 5 }, (_, i) => build(`tt100000${i}`))
    await insertTitles(NO_EVENTS, [build(`tt100000${takenIndex}`)])
    // Another writer changes each inserted title before the result is read.
    const find = Title.collection.find
    Title.collection.find = function (this: typeof Title.collection, ...args: any[]) {
      const changed = Title.collection.updateMany({}, { $inc: { __v: 1 } })
      const cursor = find.apply(this, args as never)
      const toArray = cursor.toArray.bind(cursor)
      cursor.toArray = async () => {
        await changed
        return await toArray()
      }
      return cursor
    } as typeof find
    t.teardown(() => {
      Title.collection.find = find
    })
    t.strictSame(
      [...await insertTitles(NO_EVENTS, titles)],
      [titles[takenIndex]!._id.toString()],
      `title ${takenIndex} is taken`,
    )
    Title.collection.find = find
    t.equal(await Title.collection.countDocuments({}), 5)
  }
})
