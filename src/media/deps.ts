// The objects that several media modules need. The container provides them.
import type { FastifyBaseLogger } from 'fastify'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { MediaStorage } from '../storage/storage.js'
import type { WebhookOutbox } from '../webhooks/outbox.js'

/** For the removal of stored objects. */
export interface StorageDeps {
  readonly storage: MediaStorage
  /** Receives failed removals. */
  readonly log: FastifyBaseLogger
}

/** For changes to the media of titles. */
export interface MediaDeps extends StorageDeps {
  readonly catalogue: Catalogue
  readonly events: WebhookOutbox
  /** Updates the catalogue and the change feeds after a change to the media of a title. */
  publishTitleChange(titleId: string): Promise<void>
  /** The clock. */
  now(): Date
}
