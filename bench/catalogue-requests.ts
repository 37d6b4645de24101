// The requests of the catalogue benchmark. Each iteration sends them to services with catalogues of several sizes in
// turns, so that other load on the machine affects all of them.
import { LONG_SHOW_ID, type CatalogueTarget } from './catalogue-setup.js'
import { readCpuMs } from './process-usage.js'
import { requestJson, sendRequest } from './service.js'

interface MeasuredRequest {
  readonly description: string
  /** Returns the path of a request. @param i number of the request, to vary it */
  readonly path: (target: CatalogueTarget, i: number) => string
  /** What an administrator changes before each request. */
  readonly changes?: 'movie' | 'long show'
  /** Number of requests per iteration. */
  readonly repetitions: number
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T
const toQuery = (q: string): string => `q=${encodeURIComponent(q)}`

const PEOPLE_QUERIES = ['steven s', 'john', 'peter jack', 'clint', 'mar']

const browseGenrePath = ({ genres }: CatalogueTarget, i: number): string =>
  `/titles?sort=popularity&genre=${encodeURIComponent(pick(genres, i))}`
const homePath = ({ user }: CatalogueTarget): string => `/profiles/${user.profile}/home`
const longSeasonPath = (): string => `/shows/${LONG_SHOW_ID}/seasons/1`

export const REQUESTS = {
  plans: { description: 'plans (baseline)', path: () => '/plans', repetitions: 20 },
  browse: { description: 'browse, first page', path: () => '/titles', repetitions: 20 },
  browseGenre: { description: 'browse a genre by popularity', path: browseGenrePath, repetitions: 20 },
  browseDeep: {
    description: 'browse, a page in the middle',
    path: ({ deepCursors }, i) => `/titles?cursor=${pick(deepCursors, i)}`,
    repetitions: 20,
  },
  browseEmpty: {
    description: 'browse an empty genre',
    path: (_target, i) => `/titles?genre=nothing${i}`,
    repetitions: 10,
  },
  browseFiles: {
    description: 'browse by 480p and Spanish',
    path: (_target, i) => `/titles?minHeight=${1 + i % 480}&language=es`,
    repetitions: 10,
  },
  facets: { description: 'facets, cached', path: () => '/titles/facets', repetitions: 20 },
  facetsUncached: {
    description: 'facets, not cached',
    path: (_target, i) => `/titles/facets?yearTo=${2_030 + i}`,
    repetitions: 5,
  },
  search: {
    description: 'search with two typos',
    path: ({ movies }, i) => `/search?${toQuery(addTypos(pick(movies, i).title))}`,
    repetitions: 10,
  },
  searchPrefix: {
    description: 'search while typing',
    path: ({ movies }, i) => `/search?${toQuery(toPrefix(pick(movies, i).title))}`,
    repetitions: 10,
  },
  suggestions: {
    description: 'suggestions',
    path: ({ movies }, i) => `/search/suggestions?${toQuery(pick(movies, i).title.slice(0, 4))}`,
    repetitions: 10,
  },
  people: {
    description: 'people by name',
    path: (_target, i) => `/people?${toQuery(pick(PEOPLE_QUERIES, i))}`,
    repetitions: 10,
  },
  movie: { description: 'a movie', path: ({ movies }, i) => `/movies/${pick(movies, i).id}`, repetitions: 20 },
  similar: {
    description: 'similar titles',
    path: ({ movies }, i) => `/titles/${pick(movies, i).id}/similar`,
    repetitions: 10,
  },
  longSeason: { description: 'season of 1,000 episodes, cached', path: longSeasonPath, repetitions: 10 },
  longSeasonChanged: {
    description: 'the same, after a change',
    path: longSeasonPath,
    changes: 'long show',
    repetitions: 5,
  },
  season: {
    description: 'a season of a show',
    path: ({ shows }, i) => `/shows/${pick(shows, i).id}/seasons/1`,
    repetitions: 20,
  },
  home: { description: 'home in one request', path: homePath, repetitions: 20 },
  browseChanged: {
    description: 'browse a genre, after a change',
    path: browseGenrePath,
    changes: 'movie',
    repetitions: 5,
  },
  facetsChanged: {
    description: 'facets, after a change',
    path: () => '/titles/facets',
    changes: 'movie',
    repetitions: 5,
  },
  homeChanged: { description: 'home, after a change', path: homePath, changes: 'movie', repetitions: 5 },
} as const satisfies Record<string, MeasuredRequest>
export type RequestName = keyof typeof REQUESTS
export const REQUEST_NAMES = Object.keys(REQUESTS) as RequestName[]

/** The measurements of one request for one catalogue. */
export interface Cost {
  readonly durationsMs: number[]
  /** CPU time of the service for all requests, ms; null if unknown. */
  cpuMs: number | null
}
export type Costs = Record<RequestName, Cost>

export function createCosts (): Costs {
  return Object.fromEntries(REQUEST_NAMES.map((name) => [name, { durationsMs: [], cpuMs: 0 }])) as unknown as Costs
}

/** Takes two words of a title, removes a letter from the first one and swaps two letters of the second one. */
function addTypos (title: string): string {
  const [first = title, second = ''] = title.split(' ').filter(({ length }) => length > 3).slice(-2)
  const shortened = first.slice(0, 2) + first.slice(3)
  return `${shortened} ${second.slice(0, 1)}${second.slice(2, 3)}${second.slice(1, 2)}${second.slice(3)}`.trim()
}

/** Takes the first word of a title and the first letters of the second one. */
function toPrefix (title: string): string {
  const [first = '', second = ''] = title.split(' ')
  return `${first} ${second.slice(0, 2)}`.trim()
}

/** Measures one request in one iteration. @param firstNumber number of the first request */
export async function measureRequest (
  target: CatalogueTarget,
  name: RequestName,
  firstNumber: number,
  cost: Cost,
): Promise<void> {
  const { description, path, changes, repetitions }: MeasuredRequest = REQUESTS[name]
  const { service, user, admin } = target
  const token = await user.profileToken(service.origin)
  const adminToken = await admin.token(service.origin)
  for (let i = firstNumber; i < firstNumber + repetitions; i++) {
    if (changes !== undefined) await changeTitle(target, changes, adminToken, i)
    const cpuBefore = readCpuMs(service.pid)
    const { status, bytes, durationMs } = await sendRequest(service.origin, {
      method: 'GET',
      path: `/v1${path(target, i)}`,
      token,
    })
    if (status !== 200) throw new Error(`"${description}" returned ${status}: ${bytes.toString()}`)
    cost.durationsMs.push(durationMs)
    const cpuAfter = readCpuMs(service.pid)
    cost.cpuMs = cost.cpuMs === null || cpuBefore === null || cpuAfter === null
      ? null
      : cost.cpuMs + cpuAfter - cpuBefore
  }
}

async function changeTitle (
  { service, movies }: CatalogueTarget,
  changes: 'movie' | 'long show',
  token: string,
  i: number,
): Promise<void> {
  const path = changes === 'movie' ? `/v1/admin/movies/${pick(movies, i).id}` : `/v1/admin/shows/${LONG_SHOW_ID}`
  await requestJson(service.origin, { method: 'PATCH', path, token, body: { popularity: 1_000 + i } })
}
