// Collections of titles: series and editorial lists.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountAccess } from '../src/accounts/access.js'
import { findVisibleTitles } from '../src/catalogue/queries/find-visible.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueCollection, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { foldText } from '../src/domain/text.js'
import { compareRanks, pageOfOrdered, type RankKey } from '../src/domain/ranked-page.js'
import { notFound } from '../src/errors.js'
import { createRequestLocaliser, type ContentLanguageDeps } from '../src/http/content-language.js'
import { sendWithEtag } from '../src/http/etags.js'
import { callerOf, maturityScopeOf, viewingLimitsOf } from '../src/plugins/caller.js'
import { Collection, CollectionCard } from '../src/schemas/collections.js'
import { CollectionKind } from '../src/schemas/titles.js'
import { Cursor, Limit, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { CollectionParams } from '../src/schemas/params.js'
import { LOCALISED_ETAG, withHeaders } from '../src/schemas/response-headers.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toCard } from '../src/views/cards.js'
import { toCollectionCard } from '../src/views/collections.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStates } from '../src/watching/title-states.js'

const CollectionsQuery = strict({ kind: Type.Optional(CollectionKind), limit: Limit, cursor: Type.Optional(Cursor) })

interface VisibleCollection {
  readonly collection: CatalogueCollection
  /** In the order of the collection. */
  readonly titles: readonly CatalogueTitle[]
}

export interface CollectionsRouteOptions extends ContentLanguageDeps {
  readonly states: ProfileStates
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const collections: FastifyPluginAsyncTypebox<CollectionsRouteOptions> = async (app, deps) => {
  const { access, catalogue, cursors, now } = deps

  /** Published collections in which the caller can see a title, with these titles. */
  async function findVisibleCollections (
    request: FastifyRequest,
    candidates: Iterable<CatalogueCollection>,
  ): Promise<VisibleCollection[]> {
    const scope = await maturityScopeOf(access, request)
    const at = now()
    return [...candidates].filter(({ published }) => published)
      .map((collection) => ({ collection, titles: findVisibleTitles(catalogue, scope, collection.titleIds, at) }))
      .filter(({ titles }) => titles.length > 0)
  }

  app.get('/collections', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['People and collections'],
      summary: 'List collections by title',
      description: 'Collections that contain a title within the maturity limits of the token.',
      operationId: 'listCollections',
      querystring: CollectionsQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(CollectionCard)), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { kind, limit, cursor } = request.query
    const scope = ['collections', kind ?? null]
    const visible = await findVisibleCollections(request, catalogue.collections())
    const ordered = visible.filter(({ collection }) => kind === undefined || collection.kind === kind)
      .map((entry) => ({ ...entry, key: [foldText(entry.collection.title), entry.collection.id] }))
      .sort((a, b) => compareRanks(a.key, b.key))
    const { entries, next } = pageOfOrdered(ordered, cursors.decode<RankKey>(cursor, scope), limit, () => true)
    const localiser = createRequestLocaliser(deps, request)
    const items = entries.map(({ collection, titles }) => toCollectionCard(collection, titles, localiser))
    const body = { items, nextCursor: cursors.encodeNext(next, scope) }
    return await sendWithEtag(request, reply, body, null, localiser.languages())
  })

  app.get('/collections/:collectionId', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['People and collections'],
      summary: 'Get a collection with its titles',
      description: 'Titles are in the order of the collection. A cursor becomes invalid when the collection changes.',
      operationId: 'getCollection',
      params: CollectionParams,
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: withHeaders(ref(Collection), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { params: { collectionId }, query: { limit, cursor } } = request
    const found = catalogue.findCollection(collectionId)
    const [visible] = await findVisibleCollections(request, found === null ? [] : [found])
    if (visible === undefined) throw notFound('collection')
    const { collection, titles } = visible
    const scope = ['collection', collection.id, collection.revision]
    const after = cursors.decode<number>(cursor, scope) ?? -1
    const indexed = titles.map((title) => ({ title, index: collection.titleIds.indexOf(title.id) }))
    const rest = indexed.filter(({ index }) => index > after)
    const page = rest.slice(0, limit)
    const states = await loadTitleStates(deps.states, callerOf(request), page.map(({ title }) => title.id))
    const localiser = createRequestLocaliser(deps, request)
    const isPlayable = createPlayableCheck(catalogue, (await viewingLimitsOf(access, request)).planMaxHeight)
    const body = {
      ...toCollectionCard(collection, titles, localiser),
      items: page.map(({ title }) => toCard(title, isPlayable(title), states(title.id), localiser)),
      nextCursor: rest.length > limit ? cursors.encode(page.at(-1)?.index, scope) : null,
    }
    return await sendWithEtag(request, reply, body, null, localiser.languages())
  })
}

export default collections
