// The operations that are compared: what the service and its peers are asked, and how an answer is recognised.
import { sendOnce, type Load, type LoadRequest } from './load.js'
import type { ServiceTokens } from './service-tokens.js'
import type { Streams } from './streams.js'
import { PASSWORD } from './targets.js'
import type { Household, TestData } from './test-data.js'
import { peerToken } from './tokens.js'

/** Catalogue requests come from this many accounts in turn: each connection is a device that browses. */
const BROWSING_ACCOUNTS = 32
const CARDS = 20
/** Requests at the same time that fill the memory before a measurement. */
const PREPARED_AT_ONCE = 16
/** Progress is written for the most recent movies of a profile: positions 1, 2, 4, 7, 8 and 10 of its history. */
const WRITTEN_POSITIONS = [1, 2, 4, 7, 8, 10] as const
/** A player reports every 10 s: two hours. */
const REPORTS_OF_MOVIE = 720
/** Profiles that watch without a stream at the same time, one of each account. */
const REPORTING_PROFILES = 600
const ACCEPT_LANGUAGES = [
  'en',
  'en-GB,en;q=0.9',
  'de-DE,de;q=0.9,en;q=0.8',
  'fr-FR,fr;q=0.8,en;q=0.6',
  'es-419,es;q=0.9',
  'pt-BR,pt;q=0.9,en;q=0.5',
  'it',
  'ja,en;q=0.7',
  'ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7',
  'nl-NL,nl;q=0.9,de;q=0.5',
  'sv,da;q=0.8,nb;q=0.7,en;q=0.6',
  '*',
] as const

export interface OperationContext {
  readonly data: TestData
  readonly tokens: ServiceTokens
  readonly streams: Streams
}

export interface Operation {
  /** Word of `--only`; it may be part of several operations. */
  readonly name: string
  readonly title: string
  /** Operation of the peers that it is compared with; its own for an operation that the peers have. */
  readonly comparedWith: string
  readonly service: ((context: OperationContext) => Load) | null
  readonly peer: ((context: OperationContext) => Load) | null
  /** Shortest measurement in which each connection receives a response. */
  readonly minDurationMs?: number
  /** Runs before each measurement of the service. */
  prepare?(context: OperationContext, origin: string): Promise<void>
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T
const get = (path: string, token?: string): LoadRequest => ({
  method: 'GET',
  path,
  ...(token === undefined ? {} : { token }),
})

const browser = ({ data }: OperationContext, n: number): Household =>
  pick(data.households, n % Math.min(BROWSING_ACCOUNTS, data.households.length))
const profileIdOf = ({ profiles }: Household, n = 0): string => pick(profiles, n).id
const movieId = ({ data }: OperationContext, n: number): string => pick(data.movies, n * 7).item.toString()
const showId = ({ data }: OperationContext, n: number): string => pick(pick(data.shows, n * 7), 0).title.toString()
const genre = ({ data }: OperationContext, n: number): string => encodeURIComponent(pick(data.genres, n))

type CreatePath = (context: OperationContext, n: number) => string

/** A catalogue request with the token of an account or of a profile. */
function browse (createPath: CreatePath, isExpected: Load['isExpected'], kind: 'account' | 'profile') {
  return (context: OperationContext): Load => ({
    isExpected,
    request (n) {
      const household = browser(context, n)
      const token = kind === 'account'
        ? context.tokens.ofAccount(household)
        : context.tokens.ofProfile(household, profileIdOf(household))
      return get(createPath(context, n), token)
    },
  })
}

function browsePeer (createPath: CreatePath, isExpected: Load['isExpected']) {
  return (context: OperationContext): Load => ({
    isExpected,
    request: (n) => get(createPath(context, n), peerToken(browser(context, n))),
  })
}

interface Titled {
  readonly title?: string
}
const isTitle = ({ title }: Titled): boolean => typeof title === 'string' && title !== ''
const hasCards = ({ items }: { readonly items: readonly unknown[] }): boolean => items.length === CARDS
const hasSeasons = ({ seasons }: { readonly seasons: readonly unknown[] }): boolean => seasons.length === 3
const hasEpisodes = ({ episodes }: { readonly episodes: readonly unknown[] }): boolean => episodes.length === 10
const hasPosition = ({ positionMs }: { readonly positionMs: number }): boolean => positionMs > 0
const hasRows = ({ rows }: { readonly rows: readonly unknown[] }): boolean => rows.length > 2
const hasToken = ({ accessToken }: { readonly accessToken: string }): boolean => accessToken.length > 100
const isAlive = ({ status }: { readonly status: string }): boolean => status === 'ok'

const moviePath: CreatePath = (context, n) => `/v1/movies/${movieId(context, n)}`
const showPath: CreatePath = (context, n) => `/v1/shows/${showId(context, n)}`
const seasonPath: CreatePath = (context, n) => `${showPath(context, n)}/seasons/${1 + n % 3}`
const listPath: CreatePath = (context, n) => `/v1/movies?genre=${genre(context, n)}&sort=popularity&limit=${CARDS}`

/**
 * A request of a profile; every account in turn. Before each measurement every profile requests its page once, as
 * viewers that browse have done: its state is in memory then.
 */
function ofProfile (
  createPath: (profileId: string) => string,
  isExpected: Load['isExpected'],
): Pick<Operation, 'service' | 'prepare'> {
  const load = ({ data: { households }, tokens }: OperationContext): Load => ({
    isExpected,
    request (n) {
      const household = pick(households, n)
      const profileId = profileIdOf(household, Math.floor(n / households.length))
      return get(createPath(profileId), tokens.ofProfile(household, profileId))
    },
  })
  return {
    service: load,
    async prepare (context, origin) {
      const { request } = load(context)
      const { households } = context.data
      const profiles = households.reduce((total, household) => total + household.profiles.length, 0)
      await sendInGroups(origin, request, profiles)
    },
  }
}

/**
 * Reports of progress as players without a stream send them: some profiles in turn, the same movie for a while. With
 * one report of a movie, every report is the first of its profile and movie; then every profile reports in turn.
 */
function progressOf ({ data }: OperationContext, n: number, reportsOfMovie: number) {
  const households = reportsOfMovie === 1 ? data.households : data.households.slice(0, REPORTING_PROFILES)
  const household = pick(households, n)
  const turn = Math.floor(n / households.length)
  const profiles = reportsOfMovie === 1 ? household.profiles : household.profiles.slice(0, 1)
  const { id: profileId, watched } = pick(profiles, turn)
  const position = pick(WRITTEN_POSITIONS, Math.floor(turn / profiles.length / reportsOfMovie))
  const itemId = watched[position]?.item.item.toString() ?? ''
  const body = { positionMs: 600_000 + n * 1_000 % 2_000_000, at: new Date().toISOString() }
  return { household, profileId, itemId, body }
}

const serviceProgress = (reportsOfMovie: number) => (context: OperationContext): Load => ({
  isExpected: hasPosition,
  request (n) {
    const { household, profileId, itemId, body } = progressOf(context, n, reportsOfMovie)
    const token = context.tokens.ofProfile(household, profileId)
    return { method: 'PUT', path: `/v1/profiles/${profileId}/progress/${itemId}`, token, body }
  },
})
const peerProgress = (context: OperationContext): Load => ({
  isExpected: hasPosition,
  request (n) {
    const { household, profileId, itemId, body } = progressOf(context, n, REPORTS_OF_MOVIE)
    return { method: 'PUT', path: `/progress/${profileId}/${itemId}`, token: peerToken(household), body }
  },
})

/** Before each measurement, every reporting profile has reported twice: the second report reads for the last time. */
async function prepareReports (context: OperationContext, origin: string): Promise<void> {
  const { request } = serviceProgress(REPORTS_OF_MOVIE)(context)
  await sendInGroups(origin, request, 2 * Math.min(REPORTING_PROFILES, context.data.households.length))
}

async function sendInGroups (origin: string, request: Load['request'], count: number): Promise<void> {
  for (let n = 0; n < count; n += PREPARED_AT_ONCE) {
    const size = Math.min(PREPARED_AT_ONCE, count - n)
    await Promise.all(Array.from({ length: size }, async (_, i) => await sendOnce(origin, request(n + i), n + i)))
  }
}

function logIn (path: string) {
  return ({ data }: OperationContext): Load => ({
    isExpected: hasToken,
    request: (n) => ({ method: 'POST', path, body: { email: pick(data.households, n).email, password: PASSWORD } }),
  })
}

/** A playing stream is flushed every ten minutes. */
const HEARTBEATS_PER_FLUSH = 60

function heartbeats (isFlushing: boolean): Pick<Operation, 'service' | 'prepare'> {
  return {
    service: ({ streams }) => ({
      isExpected: ({ expiresAt }: { expiresAt: string }) => new Date(expiresAt).getTime() > Date.now(),
      request: (n) => streams.heartbeat(n, isFlushing && streams.turnOf(n) % HEARTBEATS_PER_FLUSH === 0),
    }),
    prepare: async ({ streams }, origin) => {
      await streams.keepLive(origin)
    },
  }
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'empty',
    title: 'empty route',
    comparedWith: 'empty',
    service: () => ({ isExpected: isAlive, request: () => get('/health/live') }),
    peer: () => ({ isExpected: isAlive, request: () => get('/health') }),
  },
  {
    name: 'movie',
    title: 'movie',
    comparedWith: 'movie',
    service: browse(moviePath, isTitle, 'account'),
    peer: browsePeer((context, n) => `/movies/${movieId(context, n)}`, isTitle),
  },
  {
    name: 'movie-profile',
    title: "… with a profile's token",
    comparedWith: 'movie',
    service: browse(moviePath, isTitle, 'profile'),
    peer: null,
  },
  {
    name: 'movie-language',
    title: `… ${ACCEPT_LANGUAGES.length} kinds of Accept-Language`,
    comparedWith: 'movie',
    service: (context) => {
      const load = browse(moviePath, isTitle, 'account')(context)
      return {
        ...load,
        request: (n) => ({ ...load.request(n), headers: { 'Accept-Language': pick(ACCEPT_LANGUAGES, n) } }),
      }
    },
    peer: null,
  },
  {
    name: 'show',
    title: 'show (the peers whole, the service a summary)',
    comparedWith: 'show',
    service: browse(showPath, isTitle, 'account'),
    peer: browsePeer((context, n) => `/shows/${showId(context, n)}`, hasSeasons),
  },
  {
    name: 'show-profile',
    title: "… with a profile's token",
    comparedWith: 'show',
    service: browse(showPath, isTitle, 'profile'),
    peer: null,
  },
  {
    name: 'season-profile',
    title: "… one season, with a profile's token",
    comparedWith: 'show',
    service: browse(seasonPath, hasEpisodes, 'profile'),
    peer: null,
  },
  {
    name: 'list',
    title: 'list of 20 by genre, sorted',
    comparedWith: 'list',
    service: browse(listPath, hasCards, 'account'),
    peer: browsePeer((context, n) => `/movies?genre=${genre(context, n)}`, hasCards),
  },
  {
    name: 'list-profile',
    title: "… with a profile's token",
    comparedWith: 'list',
    service: browse(listPath, hasCards, 'profile'),
    peer: null,
  },
  {
    name: 'progress',
    title: 'progress (the service: PUT progress)',
    comparedWith: 'progress',
    service: serviceProgress(REPORTS_OF_MOVIE),
    peer: peerProgress,
    prepare: prepareReports,
  },
  {
    name: 'progress-first',
    title: '… the first report of a movie',
    comparedWith: 'progress',
    service: serviceProgress(1),
    peer: null,
  },
  {
    name: 'heartbeat',
    title: 'heartbeat, no flush',
    comparedWith: 'progress',
    peer: null,
    ...heartbeats(false),
  },
  {
    name: 'heartbeat-flush',
    title: `heartbeat, 1 of ${HEARTBEATS_PER_FLUSH} flushes`,
    comparedWith: 'progress',
    peer: null,
    ...heartbeats(true),
  },
  {
    name: 'continue',
    title: 'continue watching, 20 cards',
    comparedWith: 'continue',
    ...ofProfile((profileId) => `/v1/profiles/${profileId}/continue-watching?limit=${CARDS}`, hasCards),
    peer: (context) => ({
      isExpected: hasCards,
      request (n) {
        const household = pick(context.data.households, n)
        const profileId = profileIdOf(household, Math.floor(n / context.data.households.length))
        return get(`/continue/${profileId}`, peerToken(household))
      },
    }),
  },
  {
    name: 'home',
    title: 'home page in one request',
    comparedWith: 'continue',
    ...ofProfile((profileId) => `/v1/profiles/${profileId}/home`, hasRows),
    peer: null,
  },
  {
    name: 'login',
    title: 'log-in, bcrypt of cost 10',
    comparedWith: 'login',
    service: logIn('/v1/auth/login'),
    peer: logIn('/login'),
    minDurationMs: 5_000,
  },
]
