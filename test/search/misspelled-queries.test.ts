// Runs a hundred misspelled queries against the demo catalogue.
import t from 'tap'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { seedCatalogue } from '../../src/demo/seed.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { createTestDatabase, startApp } from '../support/app.js'
import { signUp } from '../support/users.js'
import { MISSPELLED_QUERIES } from './misspelled-queries.js'

interface Hit {
  readonly title: string
  readonly year: number
}

t.test('misspelled queries find the intended title', { timeout: 120_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  await connectDatabase(uri)
  await createIndexes()
  await seedCatalogue(await openLocalStorage(t.testdir()), () => undefined)
  await disconnectDatabase()
  const { app } = await startApp(t, {}, uri)
  const kim = await signUp(app)

  /** Ranks among the first five results; 0 for not found. */
  const ranks: number[] = []
  for (const [typed, title, year] of MISSPELLED_QUERIES) {
    const { body } = await kim.get(`/v1/search?q=${encodeURIComponent(typed)}&limit=5`)
    const hits: Hit[] = body.items
    const rank = hits.findIndex((hit) => hit.title === title && (year === undefined || hit.year === year)) + 1
    ranks.push(rank)
    t.comment(`${typed} → ${title}: rank ${rank} of ${hits.map((hit) => hit.title).join(', ')}`)
  }
  const firstCount = ranks.filter((rank) => rank === 1).length
  const foundCount = ranks.filter((rank) => rank > 0).length
  t.comment(`${firstCount} of ${ranks.length} first, ${foundCount} among the first five`)
  t.equal(ranks.length, 100)
  t.ok(firstCount >= 95, `${firstCount} first`)
  t.equal(foundCount, 100)
})
