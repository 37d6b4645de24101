// Running collections: series of films and editorial lists.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createCollection, editCollection, removeCollection } from '../src/editing/collections.js'
import { sendTagged, wantedRevision } from '../src/http/etags.js'
import { fail, notFound } from '../src/errors.js'
import {
  CollectionChanges,
  CollectionInput,
  StoredCollectionView,
  toStoredCollection,
} from '../src/schemas/collections.js'
import { responses, Id, NoContent, ref } from '../src/schemas/common.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'

const CollectionParams = Type.Object({ collectionId: Id })
const admin = { config: { access: 'admin' as const } }

export interface AdminCollectionsRouteOptions {
  readonly catalogue: Catalogue
}

const adminCollections: FastifyPluginAsyncTypebox<AdminCollectionsRouteOptions> = async (app, deps) => {
  async function sendStored (request: FastifyRequest, reply: FastifyReply, id: string) {
    const collection = deps.catalogue.findCollection(id) ?? fail(notFound('collection'))
    return await sendTagged(request, reply, toStoredCollection(collection), collection.revision)
  }

  app.get('/admin/collections/:collectionId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'A collection as it is stored',
      operationId: 'getStoredCollection',
      params: CollectionParams,
      response: responses({ 200: ref(StoredCollectionView) }),
    },
  }, async (request, reply) => await sendStored(request, reply, request.params.collectionId))

  app.post('/admin/collections', {
    config: { ...admin.config, idempotencyKey: true },
    schema: {
      tags: ['admin'],
      summary: 'Create a collection',
      operationId: 'createCollection',
      body: ref(CollectionInput),
      response: responses({ 201: ref(StoredCollectionView) }),
    },
  }, async (request, reply) => {
    const id = await createCollection(deps, request.body)
    reply.code(201).header('location', `/v1/collections/${id}`)
    return await sendStored(request, reply, id)
  })

  app.put('/admin/collections/:collectionId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Replace a collection',
      operationId: 'replaceCollection',
      params: CollectionParams,
      body: ref(CollectionInput),
      response: responses({ 200: ref(StoredCollectionView) }),
    },
  }, async (request, reply) => {
    const { collectionId } = request.params
    await editCollection(deps, collectionId, request.body, 'replace', wantedRevision(request))
    return await sendStored(request, reply, collectionId)
  })

  app.patch('/admin/collections/:collectionId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Change a collection, or the order of its titles',
      operationId: 'changeCollection',
      params: CollectionParams,
      body: ref(CollectionChanges),
      response: responses({ 200: ref(StoredCollectionView) }),
    },
  }, async (request, reply) => {
    const { collectionId } = request.params
    await editCollection(deps, collectionId, request.body, 'merge', wantedRevision(request))
    return await sendStored(request, reply, collectionId)
  })

  app.delete('/admin/collections/:collectionId', {
    ...admin,
    schema: {
      tags: ['admin'],
      summary: 'Delete a collection; its titles stay',
      operationId: 'deleteCollection',
      params: CollectionParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await removeCollection(deps, request.params.collectionId, wantedRevision(request))
    return await reply.code(204).send(null)
  })
}

export default adminCollections
