// The objects that the media functions need; the container provides them.
import type { FastifyBaseLogger } from 'fastify'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { MediaStorage } from '../storage/storage.js'

export interface StorageDeps {
  readonly storage: MediaStorage
  readonly log: FastifyBaseLogger
}

export interface MediaDeps extends StorageDeps {
  readonly catalogue: Catalogue
  now(): Date
}
