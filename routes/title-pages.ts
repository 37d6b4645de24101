// Pages of movies, shows, seasons and episodes. Their JSON is cached; the fields of the profile are inserted per
// request.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredSeason, StoredShow } from '../models/show.js'
import type { AccountAccess } from '../src/accounts/access.js'
import {
  fillPlaceholders,
  PLACEHOLDER,
  toFieldsText,
  type PlaceholderValues,
  type ResponseCache,
} from '../src/catalogue/cache/response-cache.js'
import type { TitleDetails } from '../src/catalogue/cache/title-details.js'
import { createLocaliser, type ChooseLanguage } from '../src/catalogue/queries/localise.js'
import { readyFiles, type CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { groupBy } from '../src/domain/arrays.js'
import { filterByPlanHeight } from '../src/domain/file-choice.js'
import { findContainers } from '../src/domain/media-span.js'
import { isVisible } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { requestLanguages } from '../src/http/content-language.js'
import { sendSerialised } from '../src/http/etags.js'
import { callerOf, isCatalogueAdmin, viewingLimitsOf } from '../src/plugins/caller.js'
import { ref, responses } from '../src/schemas/common.js'
import type { MediaFile } from '../src/schemas/media-files.js'
import { EpisodeParams, MovieParams, SeasonParams, ShowParams } from '../src/schemas/params.js'
import { LOCALISED_ETAG, withHeaders } from '../src/schemas/response-headers.js'
import { Episode, Movie, Season, Show } from '../src/schemas/titles.js'
import { stateFields } from '../src/views/card-texts.js'
import { toAdminMediaFile, toMediaFile } from '../src/views/media-files.js'
import {
  storedPageDetails,
  viewerPageDetails,
  type TitlePageDeps,
  type TitlePageDetails,
} from '../src/views/title-details.js'
import { toEpisode, toMovie, toSeason, toShow } from '../src/views/titles.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import {
  loadItemProgress,
  loadTitleStates,
  summariseSeasonProgress,
  type ItemProgressLookup,
} from '../src/watching/title-states.js'

/** A title as the caller may see it. */
interface PageContext {
  readonly title: CatalogueTitle
  /** Equal for all callers who see the same; part of the cache key. */
  readonly audience: string
  readonly chooseLanguage: ChooseLanguage
  readonly itemFiles: (itemId: string) => MediaFile[]
  readonly loadDetails: () => TitlePageDetails
}

/** Name of the placeholder for the fields of the title itself. */
const TITLE_PLACEHOLDER = 'title'

export interface TitlePagesRouteOptions extends TitlePageDeps {
  readonly access: AccountAccess
  readonly titleDetails: TitleDetails
  readonly responseCache: ResponseCache
  readonly watching: WatchingDeps
  now(): Date
}

const titlePages: FastifyPluginAsyncTypebox<TitlePagesRouteOptions> = async (app, deps) => {
  const { access, catalogue, titleDetails, responseCache, watching, now } = deps

  app.get('/movies/:movieId', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'Get a movie with its media files',
      description:
        '`mediaFiles` contains the files that the plan can play. With a profile token it has the wishlist, ' +
        'rating and progress of the profile.',
      operationId: 'getMovie',
      params: MovieParams,
      response: responses({ 200: withHeaders(ref(Movie), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const page = await openPage(request, request.params.movieId, 'movie')
    const { title, itemFiles } = page
    return await sendPage(request, reply, page, 'title', async (details) => {
      const movie = await titleDetails.findMovie(title) ?? fail(notFound('movie'))
      const body = { ...toMovie(movie, itemFiles(title.id), details), [PLACEHOLDER]: TITLE_PLACEHOLDER }
      return { body, revision: movie.__v }
    }, async () => {
      const fields = await loadStateFields(request, title)
      return () => fields
    })
  })

  app.get('/shows/:showId', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'Get a show with a summary of its seasons',
      description: 'Seasons are summaries with the number of episodes and of finished ones; request a season for its ' +
        'episodes.',
      operationId: 'getShow',
      params: ShowParams,
      response: responses({ 200: withHeaders(ref(Show), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const page = await openPage(request, request.params.showId, 'show')
    return await sendPage(request, reply, page, 'title', async (details) => {
      const stored = await requireShow(page.title)
      const show = toShow(stored, details)
      const seasons = show.seasons.map((season) => ({ ...season, [PLACEHOLDER]: String(season.number) }))
      return { body: { ...show, seasons, [PLACEHOLDER]: TITLE_PLACEHOLDER }, revision: stored.__v }
    }, async () => await loadShowValues(request, page.title))
  })

  app.get('/shows/:showId/seasons/:season', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'Get a season with its episodes',
      description: 'Episodes in order, with media files that the plan can play, and the progress of the profile. ' +
        'Season 0 contains the specials.',
      operationId: 'getSeason',
      params: SeasonParams,
      response: responses({ 200: withHeaders(ref(Season), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { showId, season: number } = request.params
    const page = await openPage(request, showId, 'show')
    return await sendPage(request, reply, page, `season ${number}`, async (details) => {
      const { season: stored, revision } = await requireSeason(page.title, number)
      const season = toSeason(stored, page.itemFiles, details)
      const episodes = season.episodes.map((episode) => ({ ...episode, [PLACEHOLDER]: episode.id }))
      return { body: { ...season, episodes }, revision }
    }, async () => await loadEpisodeValues(request, page.title))
  })

  app.get('/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['Titles'],
      summary: 'Get an episode with its media files',
      description: 'With media files that the plan can play, markers in ms, and the progress of the profile.',
      operationId: 'getEpisode',
      params: EpisodeParams,
      response: responses({ 200: withHeaders(ref(Episode), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { showId, season: seasonNumber, episode: number } = request.params
    const page = await openPage(request, showId, 'show')
    return await sendPage(request, reply, page, `episode ${seasonNumber} ${number}`, async (details) => {
      const { season, revision } = await requireSeason(page.title, seasonNumber)
      const stored = season.episodes.find((episode) => episode.number === number) ?? fail(notFound('episode'))
      const id = stored._id.toString()
      return {
        body: { ...toEpisode(stored, findContainers(season.episodes), page.itemFiles(id), details), [PLACEHOLDER]: id },
        revision,
      }
    }, async () => await loadEpisodeValues(request, page.title))
  })

  /** Administrators see everything that is stored; the others what their maturity limits and their plan allow. */
  async function openPage (request: FastifyRequest, titleId: string, kind: 'movie' | 'show'): Promise<PageContext> {
    const title = catalogue.findTitle(titleId)
    if (title === null || title.kind !== kind) throw notFound(kind)
    if (isCatalogueAdmin(request)) {
      return {
        title,
        audience: 'admin',
        chooseLanguage: deps.languages.chooserFor(undefined),
        itemFiles: (itemId) => catalogue.itemFiles(itemId).map(toAdminMediaFile),
        loadDetails: () => storedPageDetails(deps, title.id),
      }
    }
    const { scope, planMaxHeight } = await viewingLimitsOf(access, request)
    if (!isVisible(scope, title, now())) throw notFound(kind)
    const chooseLanguage = requestLanguages(deps, request)
    return {
      title,
      audience: `${planMaxHeight}`,
      chooseLanguage,
      itemFiles: (itemId) => filterByPlanHeight(readyFiles(catalogue, itemId), planMaxHeight).map(toMediaFile),
      loadDetails: () => viewerPageDetails(deps, title, planMaxHeight, createLocaliser(chooseLanguage)),
    }
  }

  /**
   * Sends a part of a title: cached JSON with the fields of the profile.
   * @param part name of the part in the cache
   * @param create builds a body with placeholders if it is not cached
   * @param loadValues loads the fields of the profile
   */
  async function sendPage (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, audience, chooseLanguage, loadDetails }: PageContext,
    part: string,
    create: (details: TitlePageDetails) => Promise<{ body: object, revision: number }>,
    loadValues: () => Promise<PlaceholderValues>,
  ): Promise<FastifyReply> {
    const cacheKey = `${title.id} ${catalogue.titleVersion(title.id)} ${part} ${audience}`
    const finding = responseCache.find(cacheKey, chooseLanguage, async () => {
      const details = loadDetails()
      return { ...await create(details), localiser: details.localiser }
    })
    if (callerOf(request).boundProfileId === null) {
      const response = await finding
      return sendSerialised(request, reply, response, response.hash, () => response.bytes)
    }
    const [response, values] = await Promise.all([finding, loadValues()])
    const filled = fillPlaceholders(response, values)
    return sendSerialised(request, reply, response, filled.hash, filled.bytes)
  }

  async function requireShow (title: CatalogueTitle): Promise<StoredShow> {
    return await titleDetails.findShow(title) ?? fail(notFound('show'))
  }

  async function requireSeason (
    title: CatalogueTitle,
    number: number,
  ): Promise<{ season: StoredSeason, revision: number }> {
    const show = await requireShow(title)
    const season = show.seasons.find((one) => one.number === number) ?? fail(notFound('season'))
    return { season, revision: show.__v }
  }

  async function loadStateFields (request: FastifyRequest, title: CatalogueTitle): Promise<string> {
    const state = (await loadTitleStates(watching.states, callerOf(request), [title.id]))(title.id)
    return state === undefined ? '' : stateFields(state)
  }

  async function loadProgress (request: FastifyRequest, title: CatalogueTitle): Promise<ItemProgressLookup> {
    return await loadItemProgress(watching, callerOf(request), title.id)
  }

  /** Placeholders of a show are named by season number. */
  async function loadShowValues (request: FastifyRequest, title: CatalogueTitle): Promise<PlaceholderValues> {
    const [state, progressOf] = await Promise.all([loadStateFields(request, title), loadProgress(request, title)])
    const itemsBySeason = groupBy(title.items, ({ season }) => String(season))
    return (name) => {
      if (name === TITLE_PLACEHOLDER) return state
      if (progressOf === undefined) return ''
      return toFieldsText(summariseSeasonProgress(itemsBySeason.get(name) ?? [], progressOf))
    }
  }

  /** Placeholders of episodes are named by their ID. */
  async function loadEpisodeValues (request: FastifyRequest, title: CatalogueTitle): Promise<PlaceholderValues> {
    const progressOf = await loadProgress(request, title)
    return (itemId) => progressOf === undefined ? '' : `"progress":${JSON.stringify(progressOf(itemId))}`
  }
}

export default titlePages
