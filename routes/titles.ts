// The catalogue as members see it: lists, genres, movies, shows, seasons and episodes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredSeason } from '../models/show.js'
import { browse } from '../src/catalogue/queries/browse.js'
import { createRequestLocaliser, storedFacts, viewerFacts } from '../src/http/content-language.js'
import { sendTagged, sendText } from '../src/http/etags.js'
import { HEADER_LENGTH } from '../src/catalogue/queries/localise.js'
import { loadItemProgress, loadTitleStates, seasonProgress, type ItemProgress } from '../src/watching/title-states.js'
import { SORTS, type SortPosition } from '../src/catalogue/store/sorted-lists.js'
import {
  fillPlaceholders,
  PLACEHOLDER,
  type PlaceholderValues,
} from '../src/catalogue/cache/response-cache.js'
import { readyFilesOf, type CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { withinPlan } from '../src/domain/file-choice.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { groupBy } from '../src/domain/arrays.js'
import { accountOf, callerOf, maturityScopeOf } from '../src/plugins/auth.js'
import {
  Card,
  EpisodeDetail,
  MovieDetail,
  SeasonDetail,
  ShowDetail,
  titleFilters,
  TitleKind,
  toAdminMediaFile,
  toCard,
  toEpisode,
  toMediaFile,
  toMovie,
  toSeason,
  toShow,
  type DetailFacts,
  type MediaFileView,
} from '../src/schemas/catalogue.js'
import { Facets } from '../src/schemas/facets.js'
import { responses, Cursor, Id, Limit, listSchema, pageSchema, ref, strict } from '../src/schemas/common.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { TitleDetails } from '../src/catalogue/cache/title-details.js'
import type { CountCache } from '../src/catalogue/cache/count-cache.js'
import type { ResponseCache } from '../src/catalogue/cache/response-cache.js'
import type { FindSimilar } from '../src/home/similar-titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { WatchingDeps } from '../src/watching/watching.js'
import type { TitleFactsDeps } from '../src/http/content-language.js'

const listQuery = {
  ...titleFilters,
  sort: Type.Enum([...SORTS], { default: 'title' }),
  order: Type.Optional(
    Type.Enum(['asc', 'desc'], {
      description: 'When left out: titles from A, everything else with the newest or most popular first',
    }),
  ),
  limit: Limit,
  cursor: Type.Optional(Cursor),
}
const ListQuery = strict(listQuery)
const MixedQuery = strict({ type: TitleKind, ...listQuery })
const FacetQuery = strict({ type: TitleKind, ...titleFilters })
type ListRequest = Static<typeof MixedQuery>

const ShowParams = Type.Object({ showId: Id })
const SeasonParams = Type.Object({ showId: Id, season: Type.Integer({ minimum: 0 }) })
const EpisodeParams = Type.Object({
  showId: Id,
  season: Type.Integer({ minimum: 0 }),
  episode: Type.Integer({ minimum: 0 }),
})

type Files = (itemId: string) => MediaFileView[]

export interface TitlesRouteOptions extends TitleFactsDeps {
  readonly access: AccountAccess
  readonly titleDetails: TitleDetails
  readonly counts: CountCache
  readonly responseCache: ResponseCache
  readonly findSimilar: FindSimilar
  readonly cursors: CursorCodec
  readonly watching: WatchingDeps
  now(): Date
}

const titles: FastifyPluginAsyncTypebox<TitlesRouteOptions> = async (app, deps) => {
  const { access, catalogue, titleDetails, counts, responseCache, findSimilar, cursors, watching, now } = deps

  async function sendTitles (
    request: FastifyRequest,
    reply: FastifyReply,
    { limit, cursor, sort, order, ...filter }: ListRequest,
  ) {
    const [viewer, account] = await Promise.all([maturityScopeOf(access, request), accountOf(access, request)])
    const scope = ['titles', sort, order ?? null, filter]
    const page = browse(catalogue, {
      filter,
      sort,
      descending: order === undefined ? sort !== 'title' : order === 'desc',
      after: cursors.decode<SortPosition>(cursor, scope),
      limit,
      viewer,
      planMaxHeight: account.limits.maxHeight,
      now: now(),
    })
    const states = await loadTitleStates(callerOf(request), page.titles.map(({ id }) => id))
    const localiser = createRequestLocaliser(deps, request)
    const body = {
      items: page.titles.map((title) => toCard(title, states(title.id), localiser)),
      nextCursor: page.next === null ? null : cursors.encode(page.next, scope),
    }
    return await sendTagged(request, reply, body, null, localiser.languages())
  }

  /** The title if this caller may see it: hidden, unpublished and missing ones are the same to them. */
  async function findVisible (
    request: FastifyRequest,
    id: string,
    kind: 'movie' | 'show' | 'title',
  ): Promise<CatalogueTitle> {
    const title = catalogue.findTitle(id)
    const isVisible = title !== null && (kind === 'title' || title.kind === kind) &&
      (seesAll(request) || canSee(await maturityScopeOf(access, request), title, now()))
    return isVisible ? title : fail(notFound(kind))
  }

  function seesAll (request: FastifyRequest): boolean {
    const { role, boundProfileId } = callerOf(request)
    return role === 'admin' && boundProfileId === null
  }

  /** The ready files that the caller's plan may know of; administrators know of all, whatever their state. */
  async function filesFor (request: FastifyRequest): Promise<Files> {
    if (seesAll(request)) return (itemId) => catalogue.filesOf(itemId).map(toAdminMediaFile)
    const { limits } = await accountOf(access, request)
    return (itemId) => withinPlan(readyFilesOf(catalogue, itemId), limits.maxHeight).map(toMediaFile)
  }

  /** What the caller is told of a title besides what is stored. */
  async function factsFor (request: FastifyRequest, title: CatalogueTitle): Promise<DetailFacts> {
    if (seesAll(request)) return storedFacts(deps, title.id)
    return viewerFacts(
      deps,
      title,
      (await accountOf(access, request)).limits.maxHeight,
      createRequestLocaliser(deps, request),
    )
  }

  /** Everything that an answer about a title depends on besides the profile. */
  async function keyOf (request: FastifyRequest, title: CatalogueTitle, part: string): Promise<string> {
    const told = seesAll(request)
      ? 'whole'
      : `${(await accountOf(access, request)).limits.maxHeight} ${
        (request.headers['accept-language'] ?? '').slice(0, HEADER_LENGTH)
      }`
    return `${title.id} ${catalogue.versionOf(title.id)} ${part} ${told}`
  }

  /** Answers a part of a title: its JSON as it is kept, or made, and in its gaps what the profile did. */
  async function sendPart (
    request: FastifyRequest,
    reply: FastifyReply,
    title: CatalogueTitle,
    part: string,
    make: (facts: DetailFacts, files: Files) => Promise<{ body: object, revision: number }>,
    fill: () => Promise<PlaceholderValues>,
  ) {
    const key = await keyOf(request, title, part)
    const [answer, members] = await Promise.all([
      responseCache.find(key, async () => {
        const [facts, files] = await Promise.all([factsFor(request, title), filesFor(request)])
        const { body, revision } = await make(facts, files)
        return { body, revision, languages: facts.localiser.languages() }
      }),
      fill(),
    ])
    return await sendText(request, reply, { ...answer, ...fillPlaceholders(answer, members) })
  }

  const progressIn = async (request: FastifyRequest, title: CatalogueTitle): Promise<ItemProgress> =>
    await loadItemProgress(watching, callerOf(request), title.id)
  const stateOf = async (request: FastifyRequest, title: CatalogueTitle) =>
    (await loadTitleStates(callerOf(request), [title.id]))(title.id) ?? null

  async function findSeason (
    title: CatalogueTitle,
    number: number,
  ): Promise<{ season: StoredSeason, revision: number }> {
    const show = await titleDetails.findShow(title) ?? fail(notFound('show'))
    return { season: show.seasons.find((one) => one.number === number) ?? fail(notFound('season')), revision: show.__v }
  }

  app.get('/titles', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Movies and shows',
      operationId: 'listTitles',
      querystring: MixedQuery,
      response: responses({ 200: pageSchema(ref(Card)) }),
    },
  }, async (request, reply) => await sendTitles(request, reply, request.query))

  app.get('/movies', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Movies',
      operationId: 'listMovies',
      querystring: ListQuery,
      response: responses({ 200: pageSchema(ref(Card)) }),
    },
  }, async (request, reply) => await sendTitles(request, reply, { ...request.query, type: 'movie' }))

  app.get('/shows', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Shows',
      operationId: 'listShows',
      querystring: ListQuery,
      response: responses({ 200: pageSchema(ref(Card)) }),
    },
  }, async (request, reply) => await sendTitles(request, reply, { ...request.query, type: 'show' }))

  app.get('/titles/facets', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'What a list could be narrowed by, with how many titles would be left',
      description:
        'Takes the filters of the list. In each facet those titles are counted that pass all the other filters, so that a choice can be changed as well as made.',
      operationId: 'listFacets',
      querystring: FacetQuery,
      response: responses({ 200: ref(Facets) }),
    },
  }, async (request, reply) => {
    const [viewer, account] = await Promise.all([maturityScopeOf(access, request), accountOf(access, request)])
    return await sendTagged(
      request,
      reply,
      counts.facets({ filter: request.query, viewer, planMaxHeight: account.limits.maxHeight, now: now() }),
    )
  })

  app.get('/titles/:titleId/similar', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Titles like this one, the most alike first',
      description: 'By genres, people and years, and by who watched both.',
      operationId: 'listSimilar',
      params: Type.Object({ titleId: Id }),
      querystring: strict({ limit: Limit }),
      response: responses({ 200: listSchema(ref(Card)) }),
    },
  }, async (request, reply) => {
    const [title, viewer] = await Promise.all([
      findVisible(request, request.params.titleId, 'title'),
      maturityScopeOf(access, request),
    ])
    const moment = now()
    const alike = findSimilar(title).map((one) => one.title).filter((one) => canSee(viewer, one, moment)).slice(
      0,
      request.query.limit,
    )
    const states = await loadTitleStates(callerOf(request), alike.map(({ id }) => id))
    const localiser = createRequestLocaliser(deps, request)
    return await sendTagged(
      request,
      reply,
      { items: alike.map((one) => toCard(one, states(one.id), localiser)) },
      null,
      localiser.languages(),
    )
  })

  app.get(
    '/genres',
    {
      config: { access: 'catalogue' },
      schema: {
        tags: ['catalogue'],
        summary: 'Genres, with how many titles each has',
        operationId: 'listGenres',
        response: responses({ 200: listSchema(Type.Object({ name: Type.String(), count: Type.Integer() })) }),
      },
    },
    async (request, reply) =>
      await sendTagged(request, reply, { items: counts.genres(await maturityScopeOf(access, request), now()) }),
  )

  app.get('/movies/:movieId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One movie with its media files',
      operationId: 'getMovie',
      params: Type.Object({ movieId: Id }),
      response: responses({ 200: ref(MovieDetail) }),
    },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.movieId, 'movie')
    return await sendPart(request, reply, title, 'title', async (facts, files) => {
      const movie = await titleDetails.findMovie(title) ?? fail(notFound('movie'))
      return { body: { ...toMovie(movie, files(title.id), facts), [PLACEHOLDER]: 'title' }, revision: movie.__v }
    }, async () => {
      const state = await stateOf(request, title)
      return () => state
    })
  })

  app.get('/shows/:showId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One show; its seasons are summarised',
      operationId: 'getShow',
      params: ShowParams,
      response: responses({ 200: ref(ShowDetail) }),
    },
  }, async (request, reply) => {
    const title = await findVisible(request, request.params.showId, 'show')
    return await sendPart(request, reply, title, 'title', async (facts) => {
      const show = await titleDetails.findShow(title) ?? fail(notFound('show'))
      const body = toShow(show, facts)
      return {
        body: {
          ...body,
          seasons: body.seasons.map((season) => ({ ...season, [PLACEHOLDER]: String(season.number) })),
          [PLACEHOLDER]: 'title',
        },
        revision: show.__v,
      }
    }, async () => {
      const [state, progressOf] = await Promise.all([stateOf(request, title), progressIn(request, title)])
      const itemsBySeason = groupBy(title.items, ({ season }) => String(season))
      return (gap) =>
        gap === 'title'
          ? state
          : progressOf === undefined
          ? null
          : seasonProgress(itemsBySeason.get(gap) ?? [], progressOf)
    })
  })

  app.get('/shows/:showId/seasons/:season', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One season with its episodes',
      operationId: 'getSeason',
      params: SeasonParams,
      response: responses({ 200: ref(SeasonDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season: number } = request.params
    const title = await findVisible(request, showId, 'show')
    return await sendPart(request, reply, title, `season ${number}`, async (facts, files) => {
      const { season, revision } = await findSeason(title, number)
      const body = toSeason(season, files, facts)
      return {
        body: { ...body, episodes: body.episodes.map((episode) => ({ ...episode, [PLACEHOLDER]: episode.id })) },
        revision,
      }
    }, async () => progressFill(await progressIn(request, title)))
  })

  app.get('/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One episode with its media files',
      operationId: 'getEpisode',
      params: EpisodeParams,
      response: responses({ 200: ref(EpisodeDetail) }),
    },
  }, async (request, reply) => {
    const { showId, season: number, episode: episodeNumber } = request.params
    const title = await findVisible(request, showId, 'show')
    return await sendPart(request, reply, title, `episode ${number} ${episodeNumber}`, async (facts, files) => {
      const { season, revision } = await findSeason(title, number)
      const episode = season.episodes.find((one) => one.number === episodeNumber) ?? fail(notFound('episode'))
      const id = episode._id.toString()
      return { body: { ...toEpisode(episode, files(id), facts), [PLACEHOLDER]: id }, revision }
    }, async () => progressFill(await progressIn(request, title)))
  })
}

/** The gaps are named by episodes. */
function progressFill (progressOf: ItemProgress): PlaceholderValues {
  return (gap) => progressOf === undefined ? null : { progress: progressOf(gap) }
}

export default titles
