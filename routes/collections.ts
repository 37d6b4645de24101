// Collections of titles: series of films, editorial lists.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createRequestLocaliser, visibleTitlesOf } from '../src/http/content-language.js'
import { sendTagged } from '../src/http/etags.js'
import { foldText } from '../src/domain/fold-text.js'
import { loadTitleStates } from '../src/watching/title-states.js'
import type { CatalogueCollection, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { compareRanks, pageOfOrdered, type RankKey } from '../src/domain/ranked-page.js'
import { notFound } from '../src/errors.js'
import { callerOf, maturityScopeOf } from '../src/plugins/auth.js'
import { toCard } from '../src/schemas/catalogue.js'
import { CollectionCard, CollectionDetail, CollectionKind, toCollectionCard } from '../src/schemas/collections.js'
import { responses, Cursor, Id, Limit, pageSchema, ref, strict } from '../src/schemas/common.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

export interface CollectionsRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const collections: FastifyPluginAsyncTypebox<CollectionsRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now, access } = deps

  interface Seen {
    readonly collection: CatalogueCollection
    readonly titles: readonly CatalogueTitle[]
  }

  /** The collections in which there is something for this viewer, each with that. */
  async function listSeen (request: FastifyRequest, all: Iterable<CatalogueCollection>): Promise<Seen[]> {
    const viewer = await maturityScopeOf(access, request)
    const moment = now()
    return [...all].filter(({ published }) => published)
      .map((collection) => ({ collection, titles: visibleTitlesOf(catalogue, collection, viewer, moment) }))
      .filter(({ titles }) => titles.length > 0)
  }

  app.get('/collections', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'Collections, by title',
      operationId: 'listCollections',
      querystring: strict({ kind: Type.Optional(CollectionKind), limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: pageSchema(ref(CollectionCard)) }),
    },
  }, async (request, reply) => {
    const { kind, limit, cursor } = request.query
    const scope = ['collections', kind ?? null]
    const seen = (await listSeen(request, catalogue.collections())).filter(({ collection }) =>
      kind === undefined || collection.kind === kind
    )
      .map((one) => ({ ...one, key: [foldText(one.collection.title), one.collection.id] })).sort((a, b) =>
        compareRanks(a.key, b.key)
      )
    const { entries, next } = pageOfOrdered(
      seen,
      cursors.decode<RankKey>(cursor, scope),
      limit,
      () => true,
    )
    const localiser = createRequestLocaliser(deps, request)
    const items = entries.map(({ collection, titles }) => toCollectionCard(collection, titles.length, localiser))
    return await sendTagged(
      request,
      reply,
      { items, nextCursor: next === null ? null : cursors.encode(next, scope) },
      null,
      localiser.languages(),
    )
  })

  app.get('/collections/:collectionId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One collection with its titles, in their order',
      description: 'A cursor ends when the collection is changed.',
      operationId: 'getCollection',
      params: Type.Object({ collectionId: Id }),
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: ref(CollectionDetail) }),
    },
  }, async (request, reply) => {
    const { params: { collectionId }, query: { limit, cursor } } = request
    const found = catalogue.findCollection(collectionId)
    const [seen] = await listSeen(request, found === null ? [] : [found])
    if (seen === undefined) throw notFound('collection')
    const { collection, titles } = seen
    const scope = ['collection', collection.id, collection.revision]
    const after = cursors.decode<number>(cursor, scope) ?? -1
    const placed = titles.map((title) => ({ title, place: collection.titleIds.indexOf(title.id) })).filter((
      { place },
    ) => place > after)
    const page = placed.slice(0, limit)
    const states = await loadTitleStates(callerOf(request), page.map(({ title }) => title.id))
    const localiser = createRequestLocaliser(deps, request)
    const body = {
      ...toCollectionCard(collection, titles.length, localiser),
      items: page.map(({ title }) => toCard(title, states(title.id), localiser)),
      nextCursor: placed.length > limit ? cursors.encode(page.at(-1)?.place, scope) : null,
    }
    return await sendTagged(request, reply, body, null, localiser.languages())
  })
}

export default collections
