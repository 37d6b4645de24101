// The seeded demo: accounts, what the first pages show, and media that can be played at once.
import t from 'tap'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { isDemoSeeded, listDemoAccounts, seedAccounts } from '../../src/demo/seed-accounts.js'
import { seedCatalogue } from '../../src/demo/seed.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { containerOf, createTestDatabase, startApp } from '../support/app.js'
import { call } from '../support/requests.js'

const VISIBLE_CARDS = 8

t.test('the demo', { timeout: 180_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = t.testdir()
  await connectDatabase(uri)
  await createIndexes()
  await seedCatalogue(await openLocalStorage(`${dataDir}/media`), () => undefined)
  await disconnectDatabase()
  const { app, config } = await startApp(t, { DATA_DIR: dataDir }, uri)
  await seedAccounts(containerOf(app))
  const accounts = listDemoAccounts(config.plans)

  const logIn = async (email: string): Promise<any> => {
    const password = accounts.find((account) => account.email === email)?.password
    return (await call(app, 'POST', '/v1/auth/login', { body: { email, password } })).body
  }
  const { account, accessToken: token } = await logIn('demo@normflix.test')
  const [adult, kids] = account.profiles.map(({ id }: { id: string }) => id)
  const get = async (url: string): Promise<any> => (await call(app, 'GET', url, { token })).body
  const firstItemOf = async ({ kind, id }: { kind: string, id: string }): Promise<string> =>
    kind === 'movie' ? id : (await get(`/v1/shows/${id}/seasons/1`)).episodes[0].id
  const play = async (profileId: string, itemId: string): Promise<any> =>
    await call(app, 'POST', `/v1/profiles/${profileId}/playback`, { token, body: { itemId } })

  t.test('has an account for each plan and an administrator', async (t) => {
    t.strictSame(accounts.map(({ plan }) => plan), ['premium', 'standard', 'basic', 'premium'])
    for (const { email, plan } of accounts) t.equal((await logIn(email)).account.plan, plan, email)
    t.equal((await logIn('admin@normflix.test')).account.role, 'admin')
    t.ok(await isDemoSeeded())
  })

  t.test('shows titles with posters that can be played in front, for children too', async (t) => {
    const movies = new Set<string>()
    for (const profileId of [adult, kids]) {
      const { rows } = await get(`/v1/profiles/${profileId}/home`)
      t.ok(rows.length >= 5, `${rows.length} rows`)
      for (const row of rows) {
        const cards = row.items.slice(0, VISIBLE_CARDS).map((item: any) =>
          item.title?.id === undefined ? item : item.title
        )
        for (const card of cards) if (card.kind === 'movie') movies.add(card.id)
      }
      const popular = rows.find(({ id }: { id: string }) => id === 'popular').items
      const withPoster = popular.filter(({ posterUrl }: { posterUrl: string | null }) => posterUrl !== null)
      t.ok(withPoster.length >= popular.length * 0.6, `${withPoster.length} of ${popular.length} with posters`)
    }
    const unplayable: string[] = []
    for (const id of movies) {
      const movie = await get(`/v1/movies/${id}`)
      if (movie.available.heights.length === 0) unplayable.push(movie.title)
    }
    t.ok(unplayable.length <= movies.size * 0.05, `of ${movies.size}, not playable: ${unplayable.join(', ')}`)
  })

  t.test('has a half-watched show, ratings, a wishlist and a collection', async (t) => {
    const cards = (await get(`/v1/profiles/${adult}/continue-watching`)).items
    t.match(cards.map((card: any) => [card.kind, card.title.title, card.item.episode]), [
      ['resume', '2001: A Space Odyssey', null],
      ['resume', 'Firefly', 8],
    ])
    t.equal((await get(`/v1/profiles/${adult}/ratings`)).items.length, 2)
    t.equal((await get(`/v1/profiles/${adult}/wishlist`)).items.length, 4)
    const [collection] = (await get('/v1/collections')).items
    t.match(collection, { title: 'Star Wars', kind: 'series' })
  })

  t.test('plays with subtitles in two languages, thumbnails, markers and chapters', async (t) => {
    const firefly = (await get('/v1/search?q=firefly')).items[0]
    const { status, body } = await play(adult, await firstItemOf(firefly))
    t.equal(status, 201)
    t.strictSame(body.subtitles.map(({ language }: { language: string }) => language).sort(), ['en', 'es'])
    t.match(body.markers, { introStartMs: 3_000, introEndMs: 10_000, creditsStartMs: 54_000 })
    t.match(body.chapters, [{ startMs: 0, title: 'Prologue' }, { startMs: 10_000 }, { startMs: 30_000 }, {}])
    const index = await app.inject({ method: 'GET', url: body.thumbnailsUrl })
    t.equal(index.payload.match(/#xywh=/g)?.length, 30)
    for (const { url } of body.subtitles) {
      const { statusCode, payload } = await app.inject({ method: 'GET', url })
      t.equal(statusCode, 200)
      t.match(payload, /^WEBVTT\n/)
    }
  })

  t.test('has artwork that is served', async (t) => {
    const matrix = (await get('/v1/search?q=the%20matrix')).items[0]
    const { posterUrl, backdropUrl, logoUrl, credits } = await get(`/v1/movies/${matrix.id}`)
    const chernobyl = (await get('/v1/search?q=chernobyl')).items[0]
    const { episodes } = await get(`/v1/shows/${chernobyl.id}/seasons/1`)
    const urls = [posterUrl, backdropUrl, logoUrl, credits.cast[0].pictureUrl]
    for (const url of [...urls, ...episodes.map(({ stillUrl }: { stillUrl: string }) => stillUrl)]) {
      const image = await app.inject({ method: 'GET', url })
      t.equal(image.statusCode, 200)
      t.equal(image.headers['content-type'], 'image/webp')
    }
  })
})
