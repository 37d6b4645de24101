// Checks the maturity limits of a profile on every route that returns or accepts a title.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow, uploadClip } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

/** Minimum age for each rating. Titles without a rating are hidden from kids profiles only. */
const AGES: Array<[rating: string | null, age: number]> = [
  ['G', 0],
  ['TV-Y', 0],
  ['TV-G', 0],
  ['TV-Y7', 7],
  ['PG', 8],
  ['TV-PG', 8],
  ['PG-13', 13],
  ['TV-14', 14],
  ['R', 17],
  ['TV-MA', 17],
  ['NC-17', 18],
  [null, 0],
]
const PROFILES: Array<{ name: string, fields: { kids?: boolean, maxMaturityAge?: number } }> = [
  { name: 'an adult profile', fields: {} },
  { name: 'a profile with the limit 17', fields: { maxMaturityAge: 17 } },
  { name: 'a profile with the limit 13', fields: { maxMaturityAge: 13 } },
  { name: 'a profile with the limit 8', fields: { maxMaturityAge: 8 } },
  { name: 'a kids profile', fields: { kids: true } },
  { name: 'a kids profile with the limit 0', fields: { kids: true, maxMaturityAge: 0 } },
]

function isVisible (
  rating: string | null,
  age: number,
  { kids = false, maxMaturityAge = 18 }: typeof PROFILES[number]['fields'],
): boolean {
  if (rating === null) return !kids
  return age <= (kids ? Math.min(maxMaturityAge, 7) : maxMaturityAge)
}

const PAGED_LISTS = /(titles|movies|shows|wishlist|ratings|watching|similar|collections|collections\/\w+|people\/\w+)$/

interface Operation {
  readonly path: string
  readonly method: string
}
const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { security?: unknown[] }>>,
}
/** Operations that read titles without a title ID. The history is left out: it is not limited. */
const listOperations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method, { security }]) =>
      method === 'get' && security?.length !== 0 && !/\{(?!profileId)/.test(path) &&
      !/history|\/(admin|account|auth)|profiles$/.test(path)
    )
    .map(([method]) => ({ path, method }))
)

/** Query parameters with which a list returns all of its titles. */
function queryFor (path: string): string {
  if (path.endsWith('/people')) return '?q=actor&limit=100'
  if (path.endsWith('/search')) return '?q=movie&limit=100'
  if (path.endsWith('/suggestions')) return '?q=movie&limit=20'
  return PAGED_LISTS.test(path) ? '?limit=100' : ''
}

t.test('titles above the maturity limit of a profile do not exist for it', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: Array<{ id: string, rating: string | null, age: number }> = []
  for (const [rating, age] of AGES) {
    movies.push({
      id: await addMovie(app, admin, {
        title: `Movie ${rating ?? 'not rated'}`,
        genres: [`Genre ${rating ?? 'none'}`, 'Movie'],
        cast: [{ name: `Actor of ${rating ?? 'none'}` }, { name: 'Actor of all' }],
        maturityRating: rating,
      }),
      rating,
      age,
    })
  }
  const relatedIds = new Map<string, { person: string, collection: string }>()
  for (const { id, rating } of movies) {
    const collection =
      (await admin.post('/v1/admin/collections', { title: `Only ${rating ?? 'none'}`, titleIds: [id] })).body.id
    relatedIds.set(id, { person: (await admin.get(`/v1/movies/${id}`)).body.credits.cast[0].personId, collection })
  }
  const fullCollection =
    (await admin.post('/v1/admin/collections', { title: 'All movies', titleIds: movies.map(({ id }) => id) })).body.id
  const sharedActor = (await admin.get(`/v1/movies/${movies[0]?.id ?? ''}`)).body.credits.cast[1].personId
  const shows: Array<{ id: string, episode: string, next: string, rating: string | null, age: number }> = []
  for (const [rating, age] of [['TV-Y', 0], ['TV-MA', 17], [null, 0]] as const) {
    const { id, episodes: [episode = '', next = ''] } = await addShow(app, admin, {
      title: `Show ${rating ?? 'not rated'}`,
      maturityRating: rating,
    })
    shows.push({ id, episode, next, rating, age })
  }
  await uploadClip(app, admin, `movies/${movies[0]?.id ?? ''}`, '1080p-en')
  t.ok(
    listOperations.length >= 9,
    `${listOperations.length} lists: ${listOperations.map(({ path }) => path).join(', ')}`,
  )

  for (const { name, fields } of PROFILES) {
    t.test(name, async (t) => {
      const kim = await signUp(app)
      const base = `/v1/profiles/${kim.profileId}`
      // The profile watches and rates everything before its limit is lowered.
      for (const { id } of movies) {
        await watch(kim, clock, id, 20_000)
        await kim.put(`${base}/wishlist/${id}`)
        await kim.put(`${base}/ratings/${id}`, { rating: 'love' })
      }
      for (const { id, episode } of shows) {
        await watch(kim, clock, episode, 58_000)
        await kim.put(`${base}/wishlist/${id}`)
      }
      t.equal((await kim.patch(base, { kids: false, maxMaturityAge: 18, ...fields })).status, 200)
      const limited = kim.with((await kim.post(`${base}/select`)).body.accessToken)
      const titles = [...movies, ...shows]
      const visibleIds = new Set(titles.filter(({ rating, age }) => isVisible(rating, age, fields)).map(({ id }) => id))
      const at = clock.now().toISOString()

      const movieRequests = (id: string): Array<[string, () => Promise<TestResponse>]> => [
        ['its page', async () => await limited.get(`/v1/movies/${id}`)],
        ['similar titles', async () => await limited.get(`/v1/titles/${id}/similar`)],
        [
          'its only collection',
          async () => await limited.get(`/v1/collections/${relatedIds.get(id)?.collection ?? ''}`),
        ],
        ['its only actor', async () => await limited.get(`/v1/people/${relatedIds.get(id)?.person ?? ''}`)],
        ['its progress', async () => await limited.get(`${base}/progress/${id}`)],
        ['a progress event', async () => await limited.put(`${base}/progress/${id}`, { positionMs: 21_000, at })],
        ['a batch of events', async () => {
          const response = await limited.post(`${base}/progress/batch`, {
            events: [{ itemId: id, positionMs: 21_000, at }],
          })
          return { ...response, status: response.body.results[0].status }
        }],
        ['playback', async () => await limited.post(`${base}/playback`, { itemId: id })],
        ['the wishlist', async () => await limited.put(`${base}/wishlist/${id}`)],
        ['a rating', async () => await limited.put(`${base}/ratings/${id}`, { rating: 'up' })],
        ['its languages', async () => await limited.put(`${base}/languages/${id}`, { subtitles: null })],
        ['hiding', async () => await limited.delete(`${base}/continue-watching/${id}`)],
        ['unhiding', async () => await limited.put(`${base}/continue-watching/${id}`)],
        ['dropping', async () => await limited.put(`${base}/dropped/${id}`)],
        ['undropping', async () => await limited.delete(`${base}/dropped/${id}`)],
      ]
      for (const { id, rating } of movies) {
        for (const [what, request] of movieRequests(id)) {
          const { status, body } = await request()
          if (what === 'playback' && status === 201) {
            await limited.post(`${base}/playback/${body.streamId}/stop`, { positionMs: 21_000, at })
          }
          t.equal(status === 404, !visibleIds.has(id), `${rating}: ${what} has status ${status}`)
        }
      }
      for (const { id, episode, next, rating } of shows) {
        for (
          const url of [
            `/v1/shows/${id}`,
            `/v1/shows/${id}/seasons/1`,
            `/v1/shows/${id}/seasons/1/episodes/1`,
            `${base}/progress/${episode}`,
          ]
        ) {
          t.equal((await limited.get(url)).status === 404, !visibleIds.has(id), `${rating}: ${url}`)
        }
        const started = await limited.post(`${base}/playback`, { itemId: next })
        t.equal(started.status, visibleIds.has(id) ? 201 : 404, `${rating}: playback of an episode`)
        if (started.status === 201) {
          await limited.post(`${base}/playback/${started.body.streamId}/stop`, { positionMs: 0, at })
        }
      }

      const titleUrls = [
        `/v1/collections/${fullCollection}`,
        `/v1/people/${sharedActor}`,
        ...movies.filter(({ id }) => visibleIds.has(id)).map(({ id }) => `/v1/titles/${id}/similar`),
      ]
      for (const path of [...listOperations.map(({ path }) => path), ...titleUrls]) {
        const url = path.replace('{profileId}', kim.profileId)
        const { status, body } = await limited.get(url + queryFor(path))
        t.ok([200, 204].includes(status), `${path} has status ${status}`)
        const text = JSON.stringify(body)
        for (const { id, rating } of titles) {
          const { person = id, collection = id } = relatedIds.get(id) ?? {}
          if (!visibleIds.has(id)) {
            t.notOk([id, person, collection].some((one) => text.includes(one)), `${path} hides ${rating}`)
          }
        }
      }
      const ids = async (path: string, pick = (one: any) => one.id) =>
        (await limited.get(path)).body.items.map(pick).sort()
      const sorted = (list: Iterable<string>) => [...list].sort()
      t.strictSame(await ids('/v1/titles?limit=100'), sorted(visibleIds), 'all other titles are listed')
      t.strictSame(await ids(`${base}/continue-watching?limit=100`, (one) => one.title.id), sorted(visibleIds))
      t.strictSame(await ids(`${base}/wishlist?limit=100`, (one) => (one.title?.id ?? one.id)), sorted(visibleIds))
      const facets = (await limited.get('/v1/titles/facets')).body
      t.equal(facets.total, visibleIds.size, 'facets count visible titles')
      for (const { rating } of movies) {
        t.equal(
          rating !== null && facets.ratings.some((one: { value: string }) => one.value === rating),
          titles.some((one) => one.rating === rating && rating !== null && visibleIds.has(one.id)),
          `the facet of ${rating}`,
        )
      }
      t.equal(
        (await limited.get(`/v1/collections/${fullCollection}?limit=100`)).body.items.length,
        movies.filter(({ id }) => visibleIds.has(id)).length,
      )
      t.equal(
        (await limited.get('/v1/people?q=actor&limit=100')).body.items.length,
        1 + movies.filter(({ id }) => visibleIds.has(id)).length,
      )
      const genres = (await limited.get('/v1/genres')).body.items.map((one: { name: string }) => one.name)
      for (const { id, rating } of movies) {
        t.equal(genres.includes(`Genre ${rating ?? 'none'}`), visibleIds.has(id), `the genre of ${rating}`)
      }
      const continueCard = await limited.get(`${base}/continue`)
      t.ok(visibleIds.has(continueCard.body.title.id), 'the continue card is a visible title')
      const withAccountToken = await call(app, 'GET', `${base}/continue-watching?limit=100`, { token: kim.token })
      t.equal(withAccountToken.body.items.length, visibleIds.size, 'the limits also apply with the account token')
    })
  }
})
