// Editing of seasons and episodes, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { StoredSeason } from '../models/show.js'
import { previewDeletion } from '../src/editing/deletion-preview.js'
import type { EditingDeps, WriteResult } from '../src/editing/edit-show.js'
import { findContainers } from '../src/domain/media-span.js'
import { changeEpisode, putEpisode, removeEpisode, type EditedEpisode } from '../src/editing/episodes.js'
import { changeSeason, orderEpisodes, putSeason, removeSeason } from '../src/editing/seasons.js'
import { ifMatchRevision, sendWithEtag } from '../src/http/etags.js'
import { Id, ref, responses } from '../src/schemas/common.js'
import { DeletionQuery, deletionResponses } from '../src/schemas/deletion-preview.js'
import type { MediaFile } from '../src/schemas/media-files.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { EpisodeChanges, EpisodeInput, EpisodeOrder, SeasonChanges, SeasonInput } from '../src/schemas/title-input.js'
import { Episode, Season } from '../src/schemas/titles.js'
import { toAdminMediaFile } from '../src/views/media-files.js'
import { storedTextOptions, type TitlePageDeps } from '../src/views/title-details.js'
import { toEpisode, toSeason } from '../src/views/titles.js'

const SeasonNumber = Type.Integer({ minimum: 0, maximum: 10_000, description: 'Season number; 0 holds the specials' })
const SeasonParams = Type.Object({ showId: Id, season: SeasonNumber })
const EpisodeParams = Type.Object({
  showId: Id,
  season: SeasonNumber,
  episode: Type.Integer({ minimum: 0, maximum: 100_000, description: 'Episode number within the season' }),
})
const SeasonBody = Type.Omit(SeasonInput, ['number'], { additionalProperties: false })
const EpisodeBody = Type.Omit(EpisodeInput, ['number', 'id'], { additionalProperties: false })

/** A season may be sent with thousands of episodes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

export interface AdminEpisodesRouteOptions extends EditingDeps, TitlePageDeps {}

const adminEpisodes: FastifyPluginAsyncTypebox<AdminEpisodesRouteOptions> = async (app, deps) => {
  const { catalogue } = deps
  const itemFiles = (itemId: string): MediaFile[] => catalogue.itemFiles(itemId).map(toAdminMediaFile)

  async function sendSeason (
    request: FastifyRequest,
    reply: FastifyReply,
    { part: season, revision }: WriteResult<StoredSeason>,
  ): Promise<FastifyReply> {
    return await sendWithEtag(request, reply, toSeason(season, itemFiles, storedTextOptions(deps)), revision)
  }

  async function sendEpisode (
    request: FastifyRequest,
    reply: FastifyReply,
    { part: episode, season, revision }: EditedEpisode,
  ): Promise<FastifyReply> {
    const files = itemFiles(episode._id.toString())
    const body = toEpisode(episode, findContainers(season.episodes), files, storedTextOptions(deps))
    return await sendWithEtag(request, reply, body, revision)
  }

  app.put('/admin/shows/:showId/seasons/:season', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Create or replace a season',
      description: 'Creates the season, or replaces its fields and episodes. Episodes keep their ID, files and ' +
        'progress by their number.',
      operationId: 'putSeason',
      params: SeasonParams,
      body: SeasonBody,
      response: responses({ 200: withHeaders(ref(Season), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    const result = await putSeason(deps, showId, season, request.body, ifMatchRevision(request))
    return await sendSeason(request, reply, result)
  })

  app.patch('/admin/shows/:showId/seasons/:season', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Change fields of a season, or its number',
      description: 'Only the fields of the body change. A new `number` moves the season; files and progress of its ' +
        'episodes stay.',
      operationId: 'changeSeason',
      params: SeasonParams,
      body: ref(SeasonChanges),
      response: responses({ 200: withHeaders(ref(Season), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    const result = await changeSeason(deps, showId, season, request.body, ifMatchRevision(request))
    return await sendSeason(request, reply, result)
  })

  app.put('/admin/shows/:showId/seasons/:season/order', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Renumber the episodes of a season',
      description: 'Episodes keep their IDs and all progress. A special that is watched after one of them follows it.',
      operationId: 'orderEpisodes',
      params: SeasonParams,
      body: ref(EpisodeOrder),
      response: responses({ 200: withHeaders(ref(Season), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId, season } = request.params
    const result = await orderEpisodes(deps, showId, season, request.body, ifMatchRevision(request))
    return await sendSeason(request, reply, result)
  })

  app.delete('/admin/shows/:showId/seasons/:season', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Delete a season with its media files',
      description:
        'Deletes its episodes with their media files, and ends the streams. `dryRun=true` only counts what ' +
        'would be deleted.',
      operationId: 'deleteSeason',
      params: SeasonParams,
      querystring: DeletionQuery,
      response: deletionResponses,
    },
  }, async (request, reply) => {
    const { params: { showId: id, season }, query: { dryRun } } = request
    if (dryRun === true) {
      return await reply.code(200).send(await previewDeletion(catalogue, { kind: 'show', id, season }))
    }
    await removeSeason(deps, id, season, ifMatchRevision(request))
    return await reply.code(204).send(null)
  })

  app.put('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Create or replace an episode',
      description: 'Creates the episode, or replaces its fields. Its ID, files and progress stay.',
      operationId: 'putEpisode',
      params: EpisodeParams,
      body: EpisodeBody,
      response: responses({ 200: withHeaders(ref(Episode), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    const result = await putEpisode(deps, showId, season, episode, request.body, ifMatchRevision(request))
    return await sendEpisode(request, reply, result)
  })

  app.patch('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Change fields of an episode, or move it',
      description: 'Only the fields of the body change. A new season or number moves the episode; its ID, files and ' +
        'progress stay.',
      operationId: 'changeEpisode',
      params: EpisodeParams,
      body: ref(EpisodeChanges),
      response: responses({ 200: withHeaders(ref(Episode), 'ETag') }),
    },
  }, async (request, reply) => {
    const { showId, season, episode } = request.params
    const result = await changeEpisode(deps, showId, season, episode, request.body, ifMatchRevision(request))
    return await sendEpisode(request, reply, result)
  })

  app.delete('/admin/shows/:showId/seasons/:season/episodes/:episode', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: seasons and episodes'],
      summary: 'Delete an episode with its media files',
      description:
        'Deletes its media files, subtitles and thumbnails, and ends its streams. `dryRun=true` only counts ' +
        'what would be deleted.',
      operationId: 'deleteEpisode',
      params: EpisodeParams,
      querystring: DeletionQuery,
      response: deletionResponses,
    },
  }, async (request, reply) => {
    const { params: { showId: id, season, episode }, query: { dryRun } } = request
    if (dryRun === true) {
      return await reply.code(200).send(await previewDeletion(catalogue, { kind: 'show', id, season, episode }))
    }
    await removeEpisode(deps, id, season, episode, ifMatchRevision(request))
    return await reply.code(204).send(null)
  })
}

export default adminEpisodes
