// Publishes a change of a title that this process wrote: updates the catalogue in memory and the change feeds.
import { recordCatalogueChange } from '../../models/change-log.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'

/** Resolves when the catalogue in memory contains the change. */
export type PublishTitleChange = (titleId: string) => Promise<void>

interface PublisherDeps {
  readonly catalogue: Pick<Catalogue, 'reloadTitle'>
  readonly log: { warn(details: object, message: string): void }
}

export function createTitleChangePublisher ({ catalogue, log }: PublisherDeps): PublishTitleChange {
  return async (titleId) => {
    await catalogue.reloadTitle(titleId)
    try {
      await recordCatalogueChange(titleId)
    } catch (error) {
      // The write itself succeeded. Feeds get the change with the next one that is recorded.
      log.warn({ err: error }, 'could not record a title change for the change feeds')
    }
  }
}
