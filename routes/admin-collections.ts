// Editing of collections, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { createCollection, editCollection, removeCollection } from '../src/editing/collections.js'
import { fail, notFound } from '../src/errors.js'
import { ifMatchRevision, sendWithEtag } from '../src/http/etags.js'
import { CollectionChanges, CollectionInput, StoredCollection } from '../src/schemas/collections.js'
import { NoContent, ref, responses } from '../src/schemas/common.js'
import { CollectionParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { toStoredCollection } from '../src/views/collections.js'

export interface AdminCollectionsRouteOptions {
  readonly catalogue: Catalogue
}

const adminCollections: FastifyPluginAsyncTypebox<AdminCollectionsRouteOptions> = async (app, deps) => {
  async function sendCollection (request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
    const collection = deps.catalogue.findCollection(id) ?? fail(notFound('collection'))
    return await sendWithEtag(request, reply, toStoredCollection(collection), collection.revision)
  }

  app.get('/admin/collections/:collectionId', {
    config: { access: 'editor' },
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
    config: { access: 'editor', idempotencyKey: true },
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
    config: { access: 'editor' },
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
    config: { access: 'editor' },
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
    config: { access: 'editor' },
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
