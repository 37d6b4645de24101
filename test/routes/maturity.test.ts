// The maturity ceiling of a profile, over every route that shows or takes a title: what is above it does not exist.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { addMovie, addShow, call, signUp, signUpAdmin, startApp, upload, watch, type Answer } from '../helper.js'

/** From which age each rating is shown; null is not rated, and hidden from children only. */
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
const VIEWERS: Array<{ name: string, profile: { kids?: boolean, maxMaturityAge?: number } }> = [
  { name: 'an adult', profile: {} },
  { name: 'somebody of 17', profile: { maxMaturityAge: 17 } },
  { name: 'somebody of 13', profile: { maxMaturityAge: 13 } },
  { name: 'somebody of 8', profile: { maxMaturityAge: 8 } },
  { name: 'a child', profile: { kids: true } },
  { name: 'a small child', profile: { kids: true, maxMaturityAge: 0 } },
]

function mayShow (
  rating: string | null,
  age: number,
  { kids = false, maxMaturityAge = 18 }: typeof VIEWERS[number]['profile'],
): boolean {
  if (rating === null) return !kids
  return age <= (kids ? Math.min(maxMaturityAge, 7) : maxMaturityAge)
}

interface Operation {
  readonly path: string
  readonly method: string
}
const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { security?: unknown[] }>>,
}
/** Everything that is read without naming a title. The history tells what was watched, whoever may watch it now. */
const lists: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method, { security }]) =>
      method === 'get' && security?.length !== 0 && !/\{(?!profileId)/.test(path) &&
      !/history|\/(admin|account|auth)|profiles$/.test(path)
    )
    .map(([method]) => ({ path, method }))
)

t.test('what is above the ceiling of a profile does not exist for it', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies: Array<{ id: string, rating: string | null, age: number }> = []
  for (const [rating, age] of AGES) {
    movies.push({
      id: await addMovie(app, admin, {
        title: `Film ${rating ?? 'not rated'}`,
        genres: [`Genre ${rating ?? 'none'}`, 'Film'],
        cast: [{ name: `Actor of ${rating ?? 'none'}` }, { name: 'Actor of all' }],
        maturityRating: rating,
      }),
      rating,
      age,
    })
  }
  const pages = new Map<string, { person: string, collection: string }>()
  for (const { id, rating } of movies) {
    const collection =
      (await admin.post('/v1/admin/collections', { title: `Only ${rating ?? 'none'}`, titleIds: [id] })).body.id
    pages.set(id, { person: (await admin.get(`/v1/movies/${id}`)).body.cast[0].personId, collection })
  }
  const everything =
    (await admin.post('/v1/admin/collections', { title: 'Everything', titleIds: movies.map(({ id }) => id) })).body.id
  const everybody = (await admin.get(`/v1/movies/${movies[0]?.id ?? ''}`)).body.cast[1].personId
  const shows: Array<{ id: string, episode: string, next: string, rating: string | null, age: number }> = []
  for (const [rating, age] of [['TV-Y', 0], ['TV-MA', 17], [null, 0]] as const) {
    const { id, episodes: [episode = '', next = ''] } = await addShow(app, admin, {
      title: `Show ${rating ?? 'not rated'}`,
      maturityRating: rating,
    })
    shows.push({ id, episode, next, rating, age })
  }
  await upload(app, admin, `movies/${movies[0]?.id ?? ''}`, '1080p-en')
  t.ok(lists.length >= 9, `${lists.length} lists: ${lists.map(({ path }) => path).join(', ')}`)

  for (const { name, profile } of VIEWERS) {
    t.test(name, async (t) => {
      const kim = await signUp(app)
      const base = `/v1/profiles/${kim.profileId}`
      // Everything is watched and kept while nothing is hidden; then the ceiling comes down.
      for (const { id } of movies) {
        await watch(kim, clock, id, 20_000)
        await kim.put(`${base}/wishlist/${id}`)
        await kim.put(`${base}/ratings/${id}`, { rating: 'love' })
      }
      for (const { id, episode } of shows) {
        await watch(kim, clock, episode, 58_000)
        await kim.put(`${base}/wishlist/${id}`)
      }
      t.equal((await kim.patch(base, { kids: false, maxMaturityAge: 18, ...profile })).status, 200)
      const viewer = kim.with((await kim.post(`${base}/select`)).body.accessToken)
      const titles = [...movies, ...shows]
      const seen = new Set(titles.filter(({ rating, age }) => mayShow(rating, age, profile)).map(({ id }) => id))
      const at = clock.now().toISOString()

      const forMovie = (id: string): Array<[string, () => Promise<Answer>]> => [
        ['its page', async () => await viewer.get(`/v1/movies/${id}`)],
        ['titles like it', async () => await viewer.get(`/v1/titles/${id}/similar`)],
        ['its only collection', async () => await viewer.get(`/v1/collections/${pages.get(id)?.collection ?? ''}`)],
        ['its only actor', async () => await viewer.get(`/v1/people/${pages.get(id)?.person ?? ''}`)],
        ['its place', async () => await viewer.get(`${base}/progress/${id}`)],
        ['a report', async () => await viewer.put(`${base}/progress/${id}`, { positionMs: 21_000, at })],
        ['a batch', async () => {
          const answer = await viewer.post(`${base}/progress/batch`, {
            events: [{ itemId: id, positionMs: 21_000, at }],
          })
          return { ...answer, status: answer.body.results[0].status }
        }],
        ['playback', async () => await viewer.post(`${base}/playback`, { itemId: id })],
        ['the wishlist', async () => await viewer.put(`${base}/wishlist/${id}`)],
        ['a rating', async () => await viewer.put(`${base}/ratings/${id}`, { rating: 'up' })],
        ['its languages', async () => await viewer.put(`${base}/languages/${id}`, { subtitles: null })],
        ['hiding', async () => await viewer.delete(`${base}/continue-watching/${id}`)],
        ['bringing back', async () => await viewer.put(`${base}/continue-watching/${id}`)],
        ['dropping', async () => await viewer.put(`${base}/dropped/${id}`)],
        ['taking up again', async () => await viewer.delete(`${base}/dropped/${id}`)],
      ]
      for (const { id, rating } of movies) {
        for (const [what, ask] of forMovie(id)) {
          const { status, body } = await ask()
          if (what === 'playback' && status === 201) {
            await viewer.post(`${base}/playback/${body.streamId}/stop`, { positionMs: 21_000, at })
          }
          t.equal(status === 404, !seen.has(id), `${rating}: ${what} answers ${status}`)
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
          t.equal((await viewer.get(url)).status === 404, !seen.has(id), `${rating}: ${url}`)
        }
        const started = await viewer.post(`${base}/playback`, { itemId: next })
        t.equal(started.status, seen.has(id) ? 201 : 404, `${rating}: an episode`)
        if (started.status === 201) {
          await viewer.post(`${base}/playback/${started.body.streamId}/stop`, { positionMs: 0, at })
        }
      }

      const ofTitles = [
        `/v1/collections/${everything}`,
        `/v1/people/${everybody}`,
        ...movies.filter(({ id }) => seen.has(id)).map(({ id }) => `/v1/titles/${id}/similar`),
      ]
      for (const path of [...lists.map(({ path }) => path), ...ofTitles]) {
        const url = path.replace('{profileId}', kim.profileId)
        const { status, body } = await viewer.get(
          url + (path.endsWith('/people')
            ? '?q=actor&limit=100'
            : path.endsWith('/search')
            ? '?q=film&limit=100'
            : path.endsWith('/suggestions')
            ? '?q=film&limit=20'
            : /(titles|movies|shows|wishlist|ratings|watching|similar|collections|collections\/\w+|people\/\w+)$/.test(
                path,
              )
            ? '?limit=100'
            : ''),
        )
        t.ok([200, 204].includes(status), `${path} answers ${status}`)
        const text = JSON.stringify(body)
        for (const { id, rating } of titles) {
          const { person = id, collection = id } = pages.get(id) ?? {}
          if (!seen.has(id)) {
            t.notOk([id, person, collection].some((one) => text.includes(one)), `${path} hides ${rating}`)
          }
        }
      }
      const ids = async (path: string, pick = (one: any) => one.id) =>
        (await viewer.get(path)).body.items.map(pick).sort()
      const sorted = (list: Iterable<string>) => [...list].sort()
      t.strictSame(await ids('/v1/titles?limit=100'), sorted(seen), 'and shows all the others')
      t.strictSame(await ids(`${base}/continue-watching?limit=100`, (one) => one.title.id), sorted(seen))
      t.strictSame(await ids(`${base}/wishlist?limit=100`, (one) => (one.title?.id ?? one.id)), sorted(seen))
      const facets = (await viewer.get('/v1/titles/facets')).body
      t.equal(facets.total, seen.size, 'facets count what is seen')
      for (const { rating } of movies) {
        t.equal(
          rating !== null && facets.ratings.some((one: { value: string }) => one.value === rating),
          titles.some((one) => one.rating === rating && rating !== null && seen.has(one.id)),
          `the facet of ${rating}`,
        )
      }
      t.equal(
        (await viewer.get(`/v1/collections/${everything}?limit=100`)).body.items.length,
        movies.filter(({ id }) => seen.has(id)).length,
      )
      t.equal(
        (await viewer.get('/v1/people?q=actor&limit=100')).body.items.length,
        1 + movies.filter(({ id }) => seen.has(id)).length,
      )
      const genres = (await viewer.get('/v1/genres')).body.items.map((one: { name: string }) => one.name)
      for (const { id, rating } of movies) {
        t.equal(genres.includes(`Genre ${rating ?? 'none'}`), seen.has(id), `the genre of ${rating}`)
      }
      const button = await viewer.get(`${base}/continue`)
      t.ok(seen.has(button.body.title.id), 'the button offers one of them')
      const other = await call(app, 'GET', `${base}/continue-watching?limit=100`, { token: kim.token })
      t.equal(other.body.items.length, seen.size, "the account's own token sees the profile as it sees itself")
    })
  }
})
