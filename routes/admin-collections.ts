// Lists of all collections for the staff, and editing of collections.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { compareRanks, pageOfOrdered, type RankKey } from '../src/domain/ranked-page.js'
import { foldText } from '../src/domain/text.js'
import { createCollection, editCollection, removeCollection } from '../src/editing/collections.js'
import { fail, notFound } from '../src/errors.js'
import { ifMatchRevision, sendWithEtag } from '../src/http/etags.js'
import { AdminTitle } from '../src/schemas/admin-titles.js'
import { AdminCollection, CollectionChanges, CollectionInput, StoredCollection } from '../src/schemas/collections.js'
import { Cursor, Limit, NoContent, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { CollectionParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { SearchText } from '../src/schemas/search.js'
import { CollectionKind } from '../src/schemas/titles.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toAdminTitle } from '../src/views/admin-titles.js'
import { toAdminCollection, toStoredCollection } from '../src/views/collections.js'

const PageQuery = { limit: Limit, cursor: Type.Optional(Cursor) }
const CollectionsQuery = strict({
  q: Type.Optional(SearchText),
  kind: Type.Optional(CollectionKind),
  published: Type.Optional(Type.Boolean({ description: 'Only published collections, or only unpublished ones' })),
  ...PageQuery,
})

export interface AdminCollectionsRouteOptions {
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
}

const adminCollections: FastifyPluginAsyncTypebox<AdminCollectionsRouteOptions> = async (app, deps) => {
  const { catalogue, cursors } = deps

  async function sendCollection (request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
    const collection = catalogue.findCollection(id) ?? fail(notFound('collection'))
    return await sendWithEtag(request, reply, toStoredCollection(collection), collection.revision)
  }

  app.get('/admin/collections', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'List all collections by title',
      description:
        'Empty and unpublished ones included. `q` finds a part of the title, regardless of case and accents.',
      operationId: 'listCollectionsForAdmin',
      querystring: CollectionsQuery,
      response: responses({ 200: pageSchema(ref(AdminCollection)) }),
    },
  }, async (request) => {
    const { q = '', kind = null, published = null, limit, cursor } = request.query
    const scope = ['admin collections', q, kind, published]
    const text = foldText(q.trim())
    const ordered = [...catalogue.collections()]
      .filter((one) => (kind === null || one.kind === kind) && (published === null || one.published === published))
      .map((collection) => ({ collection, key: [foldText(collection.title), collection.id] }))
      .filter(({ collection }) => foldText(collection.title).includes(text))
      .sort((a, b) => compareRanks(a.key, b.key))
    const { entries, next } = pageOfOrdered(ordered, cursors.decode<RankKey>(cursor, scope), limit, () => true)
    return {
      items: entries.map(({ collection }) => toAdminCollection(catalogue, collection)),
      nextCursor: cursors.encodeNext(next, scope),
    }
  })

  app.get('/admin/collections/:collectionId/titles', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'List the titles of a collection, unpublished ones included',
      description: 'In the order of the collection. A cursor becomes invalid when the collection changes.',
      operationId: 'listCollectionTitlesForAdmin',
      params: CollectionParams,
      querystring: strict(PageQuery),
      response: responses({ 200: pageSchema(ref(AdminTitle)) }),
    },
  }, async (request) => {
    const { params: { collectionId }, query: { limit, cursor } } = request
    const collection = catalogue.findCollection(collectionId) ?? fail(notFound('collection'))
    const scope = ['admin collection titles', collectionId, collection.revision]
    const start = cursors.decode<number>(cursor, scope) ?? 0
    const titles = collection.titleIds.flatMap((id) => catalogue.findTitle(id) ?? [])
    return {
      items: titles.slice(start, start + limit).map((title) => toAdminTitle(catalogue, title)),
      nextCursor: cursors.encodeNext(start + limit < titles.length ? start + limit : null, scope),
    }
  })

  app.get('/admin/collections/:collectionId', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'Get a collection as stored',
      description: 'For editing: with unpublished titles, in the stored order.',
      operationId: 'getStoredCollection',
      params: CollectionParams,
      response: responses({ 200: withHeaders(ref(StoredCollection), 'ETag') }),
    },
  }, async (request, reply) => await sendCollection(request, reply, request.params.collectionId))

  app.post('/admin/collections', {
    config: { access: 'editor', scope: 'catalogue:write', idempotencyKey: true },
    schema: {
      tags: ['Admin: collections'],
      summary: 'Create a collection',
      description: '`titleIds` sets the order. Viewers see the titles within their maturity limits.',
      operationId: 'createCollection',
      body: ref(CollectionInput),
      response: responses({ 201: withHeaders(ref(StoredCollection), 'Location', 'ETag') }),
    },
  }, async (request, reply) => {
    const id = await createCollection(deps, request.body)
    reply.code(201).header('location', `/v1/collections/${id}`)
    return await sendCollection(request, reply, id)
  })

  app.put('/admin/collections/:collectionId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'Replace a collection',
      description: 'Replaces all fields and the order of the titles. With `If-Match`, the change applies to that ' +
        'version only.',
      operationId: 'replaceCollection',
      params: CollectionParams,
      body: ref(CollectionInput),
      response: responses({ 200: withHeaders(ref(StoredCollection), 'ETag') }),
    },
  }, async (request, reply) => {
    const { collectionId } = request.params
    await editCollection(deps, collectionId, request.body, 'replace', ifMatchRevision(request))
    return await sendCollection(request, reply, collectionId)
  })

  app.patch('/admin/collections/:collectionId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'Change fields of a collection',
      description: 'Only the fields of the body change; `titleIds` replaces the whole order.',
      operationId: 'changeCollection',
      params: CollectionParams,
      body: ref(CollectionChanges),
      response: responses({ 200: withHeaders(ref(StoredCollection), 'ETag') }),
    },
  }, async (request, reply) => {
    const { collectionId } = request.params
    await editCollection(deps, collectionId, request.body, 'merge', ifMatchRevision(request))
    return await sendCollection(request, reply, collectionId)
  })

  app.delete('/admin/collections/:collectionId', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: collections'],
      summary: 'Delete a collection',
      description: 'Its titles stay in the catalogue.',
      operationId: 'deleteCollection',
      params: CollectionParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeCollection(deps, request.params.collectionId, ifMatchRevision(request))
    return await reply.code(204).send(null)
  })
}

export default adminCollections
