// Titles that the plan cannot play: marked on cards, and below equal titles in search and recommended rows.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow, uploadClip } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { readHome, titlesOf, type HomeRow } from './home-page.js'

interface PlayableCard {
  readonly id: string
  readonly title: string
  readonly playable: boolean
}

t.test('titles that cannot be played', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const western = { genres: ['Western'], cast: [{ name: 'Clint Eastwood' }] }
  const add = async (title: string, popularity: number, clips: Parameters<typeof addMovie>[3]): Promise<string> =>
    await addMovie(app, admin, { title, popularity, ...western }, clips)
  const unforgiven = await add('Unforgiven', 900, [])
  const paleRider = await add('Pale Rider', 500, ['480p-en'])
  await add('Hang ’Em High', 100, ['2160p-en'])
  const joeKidd = await add('Joe Kidd', 50, ['480p-en'])
  const show = await addShow(app, admin, { genres: ['Western'], title: 'Rawhide', popularity: 10 })
  const [kim, uma] = [await signUp(app, { plan: 'standard' }), await signUp(app, { plan: 'premium' })]
  await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${unforgiven}`)
  await kim.put(`/v1/profiles/${kim.profileId}/ratings/${unforgiven}`, { rating: 'love' })
  await watch(kim, clock, joeKidd, 20_000)

  /** The `playable` fields of all cards in a response, by title. */
  function playableOf (body: unknown): Map<string, boolean> {
    const found = new Map<string, boolean>()
    JSON.stringify(body, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'playable' in value) {
        const card = value as PlayableCard
        found.set(card.title, card.playable)
      }
      return value
    })
    return found
  }

  t.test('are marked on each kind of card', async (t) => {
    const base = `/v1/profiles/${kim.profileId}`
    const { items: [person] } = (await kim.get<{ items: Array<{ id: string }> }>('/v1/people?q=clint')).body
    const urls = {
      'a list': '/v1/titles',
      search: '/v1/search?q=eastwood',
      'similar titles': `/v1/titles/${paleRider}/similar`,
      'a person': `/v1/people/${person!.id}`,
      'the home page': `${base}/home`,
      'a home row': `${base}/home/popular`,
      'the wishlist': `${base}/wishlist`,
      ratings: `${base}/ratings`,
      'the page of the title': `/v1/movies/${unforgiven}`,
    }
    for (const [name, url] of Object.entries(urls)) {
      t.equal(playableOf((await kim.get(url)).body).get('Unforgiven'), false, `${name}: without a file`)
    }
    for (const url of [urls['a list'], urls.search, urls['the home page'], urls['a person']]) {
      const [forKim, forUma] = [playableOf((await kim.get(url)).body), playableOf((await uma.get(url)).body)]
      t.equal(forKim.get('Pale Rider'), true, url)
      t.equal(forKim.get('Hang ’Em High'), false, `${url}: above the resolution of the plan`)
      if (url !== urls['the home page']) t.equal(forUma.get('Hang ’Em High'), true, `${url}: within a larger plan`)
    }
    t.equal(playableOf((await kim.get('/v1/shows')).body).get('Rawhide'), true, 'a show with playable episodes')
    t.equal(
      playableOf((await kim.get(`${base}/continue-watching`)).body).get('Joe Kidd'),
      true,
      'continue watching',
    )
    const since = (await kim.get<{ cursor: string }>(`${base}/changes`)).body.cursor
    await kim.put(`${base}/ratings/${unforgiven}`, { rating: 'up' })
    t.equal(playableOf((await kim.get(`${base}/changes?since=${since}`)).body).get('Unforgiven'), false, 'changes')
  })

  t.test('come last in recommended rows, and where they were in the wishlist', async (t) => {
    const row = (await readHome(uma)).find(({ id }) => id === 'popular')
    t.strictSame(titlesOf(row), ['Pale Rider', 'Hang ’Em High', 'Joe Kidd', 'Rawhide', 'Unforgiven'])
    for (const id of ['popular', 'new', 'genre-western']) {
      const { body } = await uma.get<HomeRow>(`/v1/profiles/${uma.profileId}/home/${id}`)
      t.equal(titlesOf(body).at(-1), 'Unforgiven', id)
    }
    const pages: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const url: string = `/v1/profiles/${kim.profileId}/home/popular?limit=2${cursor}`
      const { body } = await kim.get<HomeRow>(url)
      pages.push(...titlesOf(body))
      cursor = body.nextCursor === null ? null : `&cursor=${body.nextCursor}`
    }
    t.strictSame(pages, ['Pale Rider', 'Joe Kidd', 'Rawhide', 'Unforgiven', 'Hang ’Em High'], 'in pages')
    await uma.put(`/v1/profiles/${uma.profileId}/wishlist/${joeKidd}`)
    await uma.put(`/v1/profiles/${uma.profileId}/wishlist/${unforgiven}`)
    const wishlist = (await readHome(uma)).find(({ id }) => id === 'wishlist')
    t.strictSame(titlesOf(wishlist), ['Unforgiven', 'Joe Kidd'])
  })

  t.test('rank below equal matches in search, unless the query is their name', async (t) => {
    const search = async (q: string): Promise<string[]> =>
      (await kim.get<{ items: PlayableCard[] }>(`/v1/search?q=${encodeURIComponent(q)}`)).body.items
        .map(({ title }) => title)
    t.strictSame(await search('western'), ['Pale Rider', 'Joe Kidd', 'Rawhide', 'Unforgiven', 'Hang ’Em High'])
    t.strictSame(await search('clint eastwood'), ['Pale Rider', 'Joe Kidd', 'Unforgiven', 'Hang ’Em High'])
    await add('Unforgiven Rider', 1_000, ['480p-en'])
    t.strictSame((await search('unforgiven')).slice(0, 2), ['Unforgiven', 'Unforgiven Rider'])
    t.strictSame((await search('unforg')).slice(0, 2).toSorted(), ['Unforgiven', 'Unforgiven Rider'])
  })

  t.test('keep the requested order of lists', async (t) => {
    const { items } = (await kim.get<{ items: PlayableCard[] }>('/v1/movies?sort=popularity&genre=Western')).body
    t.strictSame(items.map(({ title }) => title), [
      'Unforgiven Rider',
      'Unforgiven',
      'Pale Rider',
      'Hang ’Em High',
      'Joe Kidd',
    ])
  })

  t.test('become playable with their first file', async (t) => {
    await uploadClip(app, admin, `movies/${unforgiven}`, '480p-en')
    const { body } = await kim.get<HomeRow>(`/v1/profiles/${kim.profileId}/home/popular`)
    t.equal(body.items.find(({ id }) => id === unforgiven)?.title, 'Unforgiven')
    t.notOk(titlesOf(body).at(-1) === 'Unforgiven', 'it moves up in its row')
    t.equal(playableOf((await kim.get('/v1/movies')).body).get('Unforgiven'), true)
  })

  t.test('a show stays playable while one episode is', async (t) => {
    const files: string[] = []
    for (const season of [1, 2]) {
      const { body } = await admin.get<{ episodes: Array<{ mediaFiles: Array<{ id: string }> }> }>(
        `/v1/shows/${show.id}/seasons/${season}`,
      )
      files.push(...body.episodes.flatMap(({ mediaFiles }) => mediaFiles.map(({ id }) => id)))
    }
    const isPlayable = async (): Promise<boolean | undefined> =>
      playableOf((await kim.get('/v1/shows')).body).get('Rawhide')
    for (const id of files.slice(1)) await admin.delete(`/v1/admin/media/${id}`)
    t.equal(await isPlayable(), true)
    await admin.delete(`/v1/admin/media/${files[0]!}`)
    t.equal(await isPlayable(), false)
  })
})
