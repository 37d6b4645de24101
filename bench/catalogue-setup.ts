// Prepares a service for the catalogue benchmark: activity of a profile, from which its home page is built, and titles
// for the requests.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createRandom } from './generated-titles.js'
import { assertSuccess, requestJson, sendRequest, type Service } from './service.js'
import type { User } from './users.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
const PAGE_SIZE = 100
/** Number of pages with titles and cursors for the requests. */
const SAMPLED_PAGES = 5
/** Activity of the profile. */
const STARTED_MOVIES = 8
const WATCHED_MOVIES = 30
const WISHLIST_MOVIES = 20
const RATED_MOVIES = 10

const PACKAGING_POLL_INTERVAL_MS = 200

export const LONG_SHOW_ID = 'f'.repeat(24)
const LONG_SEASON_EPISODES = 1_000

interface Card {
  readonly id: string
  readonly kind: 'movie' | 'show'
  readonly title: string
}

/** A service with a catalogue, and its users. */
export interface CatalogueTarget {
  /** Size of the catalogue. */
  readonly titles: number
  readonly service: Service
  readonly user: User
  readonly admin: User
  readonly movies: readonly Card[]
  readonly shows: readonly Card[]
  readonly genres: readonly string[]
  /** Cursors from the middle of the list by title. */
  readonly deepCursors: readonly string[]
}

export async function prepareTarget (
  titles: number,
  service: Service,
  user: User,
  admin: User,
): Promise<CatalogueTarget> {
  const { origin } = service
  const token = await user.token(origin)
  const { items: movies } = await listPages(origin, token, '/movies?sort=popularity&', SAMPLED_PAGES)
  const { items: shows } = await listPages(origin, token, '/shows?sort=popularity&', SAMPLED_PAGES)
  const { cursors } = await listPages(origin, token, '/titles?', Math.ceil(titles / PAGE_SIZE / 2))
  const genres = await requestJson<{ items: Array<{ name: string }> }>(origin, {
    method: 'GET',
    path: '/v1/genres',
    token,
  })
  const random = createRandom(2)
  await addActivity(origin, user, admin, movies, random)
  await addLongShow(origin, await admin.token(origin))
  return {
    titles,
    service,
    user,
    admin,
    movies: shuffle(movies, random),
    shows,
    genres: genres.items.map(({ name }) => name),
    deepCursors: cursors.slice(-SAMPLED_PAGES),
  }
}

/** Lists the first pages of a list with the cursors between them. */
async function listPages (
  origin: string,
  token: string,
  path: string,
  maxPages: number,
): Promise<{ items: Card[], cursors: string[] }> {
  const items: Card[] = []
  const cursors: string[] = []
  while (cursors.length < maxPages) {
    const cursor = cursors.length === 0 ? '' : `&cursor=${cursors.at(-1)}`
    const page = await requestJson<{ items: Card[], nextCursor: string | null }>(origin, {
      method: 'GET',
      path: `/v1${path}limit=${PAGE_SIZE}${cursor}`,
      token,
    })
    items.push(...page.items)
    if (page.nextCursor === null) break
    cursors.push(page.nextCursor)
  }
  return { items, cursors }
}

/** Adds started and watched movies, a wishlist and ratings to a profile. */
async function addActivity (
  origin: string,
  user: User,
  admin: User,
  movies: readonly Card[],
  random: () => number,
): Promise<void> {
  const token = await user.token(origin)
  const put = async (path: string, body?: object): Promise<void> => {
    const response = await sendRequest(origin, {
      method: 'PUT',
      path: `/v1/profiles/${user.profile}${path}`,
      token,
      ...(body === undefined ? {} : { body }),
    })
    assertSuccess(response, `PUT ${path}`)
  }
  const sample = (count: number): Card[] =>
    Array.from({ length: count }, () => movies[Math.floor(random() * movies.length)] as Card)

  const clip = await readFile(CLIP)
  const startedMovies = [...new Set(sample(STARTED_MOVIES))]
  for (const { id } of startedMovies) {
    await requestJson(origin, {
      method: 'POST',
      path: `/v1/admin/movies/${id}/media`,
      token: await admin.token(origin),
      body: clip,
    })
    await put(`/progress/${id}`, { positionMs: 20_000, watchedMs: 20_000, at: new Date().toISOString() })
  }
  await waitForPackaging(origin, await admin.token(origin), startedMovies)
  for (const { id } of sample(WATCHED_MOVIES)) await put(`/watched/${id}`, {})
  for (const { id } of sample(WISHLIST_MOVIES)) await put(`/wishlist/${id}`)
  for (const { id } of sample(RATED_MOVIES)) await put(`/ratings/${id}`, { rating: 'up' })
}

/** Waits until the uploads are packaged, so that the background job does not affect the measurements. */
async function waitForPackaging (origin: string, token: string, movies: readonly Card[]): Promise<void> {
  for (const { id } of movies) {
    const isPackaged = async (): Promise<boolean> => {
      const { mediaFiles } = await requestJson<{ mediaFiles: Array<{ hls: { state: string } }> }>(origin, {
        method: 'GET',
        path: `/v1/movies/${id}`,
        token,
      })
      return mediaFiles.every(({ hls }) => hls.state === 'ready')
    }
    while (!await isPackaged()) await sleep(PACKAGING_POLL_INTERVAL_MS)
  }
}

function shuffle<T> (list: readonly T[], random: () => number): T[] {
  return list.map((value) => ({ value, key: random() })).sort((a, b) => a.key - b.key).map(({ value }) => value)
}

/** Adds a show with one season of 1,000 episodes. */
async function addLongShow (origin: string, token: string): Promise<void> {
  const episodes = Array.from({ length: LONG_SEASON_EPISODES }, (_, i) => ({
    number: i + 1,
    title: `Episode ${i + 1}`,
    synopsis: `What happens in episode ${i + 1}, in a sentence or two.`,
    runtimeMs: 1_500_000,
  }))
  await requestJson(origin, {
    method: 'POST',
    path: '/v1/admin/import',
    token,
    body: [{ kind: 'show', id: LONG_SHOW_ID, title: 'A long show', seasons: [{ number: 1, episodes }] }],
  })
}

/** Waits until the search index is built. */
export async function waitForSearch ({ origin }: Service, token: string): Promise<void> {
  const search = { method: 'GET', path: '/v1/search?q=a', token } as const
  let response = await sendRequest(origin, search)
  while (response.status === 503) response = await sendRequest(origin, search)
  assertSuccess(response, 'the search')
}
