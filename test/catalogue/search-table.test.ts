// A hundred misspelled queries over HTTP, on the demo catalogue: nearly all find what was meant first.
import t from 'tap'
import { seedCatalogue } from '../../src/demo/seed.js'
import { createIndexes } from '../../src/database/indexes.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { freshDatabase, signUp, startApp } from '../helper.js'
import { MISSPELLED_QUERIES } from './misspelled-queries.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'

t.test('misspelled queries', { timeout: 120_000 }, async (t) => {
  const uri = await freshDatabase(t)
  await connectDatabase(uri)
  await createIndexes()
  await seedCatalogue(await openLocalStorage(t.testdir()), () => undefined)
  await disconnectDatabase()
  const { app } = await startApp(t, {}, uri)
  const kim = await signUp(app)

  const places: number[] = []
  for (const [typed, title, year] of MISSPELLED_QUERIES) {
    const { body } = await kim.get(`/v1/search?q=${encodeURIComponent(typed)}&limit=5`)
    const place = body.items.findIndex((item: { title: string, year: number }) =>
      item.title === title && (year === undefined || item.year === year)
    ) + 1
    places.push(place)
    t.comment(
      `${typed} → ${title}: ${place === 0 ? 'not among' : `place ${place} of`} ${
        body.items.map((item: { title: string }) =>
          item.title
        ).join(', ')
      }`,
    )
  }
  const first = places.filter((place) => place === 1).length
  const inFive = places.filter((place) => place > 0).length
  t.comment(`${first} of ${places.length} first, ${inFive} among the first five`)
  t.equal(places.length, 100)
  t.ok(first >= 95, `${first} first`)
  t.equal(inFive, 100)
})
