// The requests that looking for something to watch consists of, sent to services with catalogues of several sizes in turns,
// so that what else the machine does hits all alike.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Viewer } from './users.js'
import { readCpuMs } from './process-cpu.js'
import { createRandom } from './random.js'
import { ask, send, type Call, type Service } from './service.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
/** A different title for each request, as far as there are any. */
const SAMPLED_PAGES = 5
const PAGE = 100
/** What the viewer has done so far: a home page is made of it. */
const [BEGUN, FINISHED, WISHED, RATED] = [8, 30, 20, 10]

const LOOK_AGAIN_AFTER_MS = 200

const LONG_SHOW = 'f'.repeat(24)
const LONG_SEASON = 1_000

interface Card {
  readonly id: string
  readonly kind: 'movie' | 'show'
  readonly title: string
}

/** A service with a catalogue of some size, and who asks it. */
export interface Stage {
  readonly titles: number
  readonly service: Service
  readonly viewer: Viewer
  readonly admin: Viewer
  readonly movies: readonly Card[]
  readonly shows: readonly Card[]
  readonly genres: readonly string[]
  /** Cursors from half-way through the list by title. */
  readonly deepCursors: readonly string[]
}

/** How one kind of request is made; `i` counts them. */
interface Kind {
  readonly name: string
  readonly path: (stage: Stage, i: number) => string
  /** What an administrator changes just before each of them. */
  readonly changes?: 'movie' | 'long show'
  readonly times: number
}

const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T
const searched = (q: string): string => `q=${encodeURIComponent(q)}`

export const KINDS = {
  plans: { name: 'plans, to compare with', path: () => '/plans', times: 20 },
  browse: { name: 'browse, first page', path: () => '/titles', times: 20 },
  browseGenre: {
    name: 'browse a genre by popularity',
    path: ({ genres }, i) => `/titles?sort=popularity&genre=${encodeURIComponent(at(genres, i))}`,
    times: 20,
  },
  browseDeep: {
    name: 'browse, a page half-way down',
    path: ({ deepCursors }, i) => `/titles?cursor=${at(deepCursors, i)}`,
    times: 20,
  },
  browseRare: {
    name: 'browse by a genre that nothing has',
    path: (_stage, i) => `/titles?genre=nothing${i}`,
    times: 10,
  },
  browseSharp: {
    name: 'browse what is there in 480p, in Spanish',
    path: (_stage, i) => `/titles?minHeight=${1 + i % 480}&language=es`,
    times: 10,
  },
  facets: { name: 'facets, asked before', path: () => '/titles/facets', times: 20 },
  facetsNew: { name: 'facets, not asked before', path: (_stage, i) => `/titles/facets?yearTo=${2_030 + i}`, times: 5 },
  search: {
    name: 'search, two words misspelled',
    path: ({ movies }, i) => `/search?${searched(misspell(at(movies, i).title))}`,
    times: 10,
  },
  searchPrefix: {
    name: 'search as it is typed',
    path: ({ movies }, i) => `/search?${searched(begin(at(movies, i).title))}`,
    times: 10,
  },
  suggestions: {
    name: 'suggestions',
    path: ({ movies }, i) => `/search/suggestions?${searched(at(movies, i).title.slice(0, 4))}`,
    times: 10,
  },
  people: {
    name: 'people by name',
    path: (_stage, i) => `/people?${searched(at(['steven s', 'john', 'peter jack', 'clint', 'mar'], i))}`,
    times: 10,
  },
  movie: { name: 'a movie', path: ({ movies }, i) => `/movies/${at(movies, i).id}`, times: 20 },
  similar: { name: 'titles like a movie', path: ({ movies }, i) => `/titles/${at(movies, i).id}/similar`, times: 10 },
  longSeason: {
    name: 'a season of 1,000 episodes, asked before',
    path: () => `/shows/${LONG_SHOW}/seasons/1`,
    times: 10,
  },
  longSeasonChanged: {
    name: 'the same, right after it was changed',
    path: () => `/shows/${LONG_SHOW}/seasons/1`,
    changes: 'long show',
    times: 5,
  },
  season: { name: 'a season of a show', path: ({ shows }, i) => `/shows/${at(shows, i).id}/seasons/1`, times: 20 },
  home: { name: 'home, in one request', path: ({ viewer }) => `/profiles/${viewer.profile}/home`, times: 20 },
  browseChanged: {
    name: 'browse a genre, right after a change',
    path: ({ genres }, i) => `/titles?sort=popularity&genre=${encodeURIComponent(at(genres, i))}`,
    changes: 'movie',
    times: 5,
  },
  facetsChanged: { name: 'facets, right after a change', path: () => '/titles/facets', changes: 'movie', times: 5 },
  homeChanged: {
    name: 'home, right after a change',
    path: ({ viewer }) => `/profiles/${viewer.profile}/home`,
    changes: 'movie',
    times: 5,
  },
} as const satisfies Record<string, Kind>
export type KindName = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as KindName[]

/** What one kind of request cost at one size. */
export interface Cost {
  readonly times: number[]
  /** Processor time of the whole service over all of them, ms; null where it is not told. */
  cpuMs: number | null
}
export type Costs = Record<KindName, Cost>

export function emptyCosts (): Costs {
  return Object.fromEntries(KIND_NAMES.map((name) => [name, { times: [], cpuMs: 0 }])) as unknown as Costs
}

/** Two words of a name, the first without a letter, the second with two exchanged. */
function misspell (title: string): string {
  const [first = title, second = ''] = title.split(' ').filter(({ length }) => length > 3).slice(-2)
  const without = first.slice(0, 2) + first.slice(3)
  return `${without} ${second.slice(0, 1)}${second.slice(2, 3)}${second.slice(1, 2)}${second.slice(3)}`.trim()
}

/** The first word, and the next as far as it is typed. */
function begin (title: string): string {
  const [first = '', second = ''] = title.split(' ')
  return `${first} ${second.slice(0, 2)}`.trim()
}

/** Gives the viewer something to be recommended by, and finds titles to ask for. */
export async function prepareStage (titles: number, service: Service, viewer: Viewer, admin: Viewer): Promise<Stage> {
  const { origin } = service
  const token = await viewer.token(origin)
  const get = async <T>(path: string): Promise<T> => await ask<T>(origin, { method: 'GET', path: `/v1${path}`, token })
  const put = async (path: string, body?: object): Promise<void> => {
    const { status, bytes } = await send(origin, {
      method: 'PUT',
      path: `/v1/profiles/${viewer.profile}${path}`,
      token,
      ...(body === undefined ? {} : { body }),
    })
    if (status > 299) throw new Error(`PUT ${path} answered ${status}: ${bytes.toString()}`)
  }
  /** Pages of a list, as many as it has up to a number, with the cursors between them. */
  const pages = async (path: string, most: number): Promise<{ items: Card[], cursors: string[] }> => {
    const [items, cursors]: [Card[], string[]] = [[], []]
    while (cursors.length < most) {
      const cursor = cursors.length === 0 ? '' : `&cursor=${cursors.at(-1)}`
      const { items: more, nextCursor } = await get<{ items: Card[], nextCursor: string | null }>(
        `${path}limit=${PAGE}${cursor}`,
      )
      items.push(...more)
      if (nextCursor === null) break
      cursors.push(nextCursor)
    }
    return { items, cursors }
  }
  const { items: movies } = await pages('/movies?sort=popularity&', SAMPLED_PAGES)
  const { items: shows } = await pages('/shows?sort=popularity&', SAMPLED_PAGES)
  const { cursors } = await pages('/titles?', Math.ceil(titles / PAGE / 2))
  const genres = (await get<{ items: Array<{ name: string }> }>('/genres')).items.map(({ name }) => name)

  const random = createRandom(2)
  const some = (count: number): Card[] =>
    Array.from({ length: count }, () => movies[Math.floor(random() * movies.length)] as Card)
  const clip = await readFile(CLIP)
  const begun = [...new Set(some(BEGUN))]
  for (const { id } of begun) {
    await ask(origin, {
      method: 'POST',
      path: `/v1/admin/movies/${id}/media`,
      token: await admin.token(origin),
      body: clip,
    })
    await put(`/progress/${id}`, { positionMs: 20_000, watchedMs: 20_000, at: new Date().toISOString() })
  }
  await waitForPackages(origin, await admin.token(origin), begun)
  await addLongShow(service, await admin.token(origin))
  for (const { id } of some(FINISHED)) await put(`/watched/${id}`, {})
  for (const { id } of some(WISHED)) await put(`/wishlist/${id}`)
  for (const { id } of some(RATED)) await put(`/ratings/${id}`, { rating: 'up' })
  return {
    titles,
    service,
    viewer,
    admin,
    movies: shuffle(movies, random),
    shows,
    genres,
    deepCursors: cursors.slice(-SAMPLED_PAGES),
  }
}

/** What was uploaded is packaged in the background, which is not to be measured. */
async function waitForPackages (origin: string, token: string, movies: readonly Card[]): Promise<void> {
  for (const { id } of movies) {
    const isPackaged = async (): Promise<boolean> =>
      (await ask<{ mediaFiles: Array<{ hls: { state: string } }> }>(origin, {
        method: 'GET',
        path: `/v1/movies/${id}`,
        token,
      })).mediaFiles.every(({ hls }) => hls.state === 'ready')
    while (!await isPackaged()) await sleep(LOOK_AGAIN_AFTER_MS)
  }
}

function shuffle<T> (list: readonly T[], random: () => number): T[] {
  return list.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at).map(({ one }) => one)
}

/** Waits until a search is answered. */
export async function waitForSearch ({ origin }: Service, token: string): Promise<void> {
  const call: Call = { method: 'GET', path: '/v1/search?q=a', token }
  for (let reply = await send(origin, call); reply.status !== 200; reply = await send(origin, call)) {
    if (reply.status !== 503) throw new Error(`search answered ${reply.status}: ${reply.bytes.toString()}`)
  }
}

/** One turn of one kind at one size. @param from the number of the first request */
export async function takeTurn (stage: Stage, name: KindName, from: number, cost: Cost): Promise<void> {
  const kind: Kind = KINDS[name]
  const { service, viewer } = stage
  const token = await viewer.profileToken(service.origin)
  const adminToken = await stage.admin.token(service.origin)
  for (let i = from; i < from + kind.times; i++) {
    if (kind.changes !== undefined) await changeTitle(stage, kind.changes, adminToken, i)
    const before = readCpuMs(service.pid)
    const { status, bytes, ms } = await send(service.origin, {
      method: 'GET',
      path: `/v1${kind.path(stage, i)}`,
      token,
    })
    if (status !== 200) throw new Error(`${kind.name} was answered ${status}: ${bytes.toString()}`)
    cost.times.push(ms)
    const after = readCpuMs(service.pid)
    cost.cpuMs = cost.cpuMs === null || before === null || after === null ? null : cost.cpuMs + after - before
  }
}

async function changeTitle (
  { service, movies }: Stage,
  changes: 'movie' | 'long show',
  token: string,
  i: number,
): Promise<void> {
  const path = changes === 'movie' ? `/v1/admin/movies/${at(movies, i).id}` : `/v1/admin/shows/${LONG_SHOW}`
  await ask(service.origin, { method: 'PATCH', path, token, body: { popularity: 1_000 + i } })
}

/** A show with one season of a thousand episodes. */
async function addLongShow ({ origin }: Service, token: string): Promise<void> {
  const episodes = Array.from(
    { length: LONG_SEASON },
    (_, i) => ({
      number: i + 1,
      title: `Episode ${i + 1}`,
      synopsis: `What happens in episode ${i + 1}, in a sentence or two.`,
      runtimeMs: 1_500_000,
    }),
  )
  await ask(origin, {
    method: 'POST',
    path: '/v1/admin/import',
    token,
    body: [{ kind: 'show', id: LONG_SHOW, title: 'A long show', seasons: [{ number: 1, episodes }] }],
  })
}
