// View of titles for administrators.
import { readyFiles, type Catalogue, type CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { AdminTitle } from '../schemas/admin-titles.js'

export function toAdminTitle (catalogue: Catalogue, title: CatalogueTitle): AdminTitle {
  return {
    id: title.id,
    kind: title.kind,
    title: title.title,
    year: title.year,
    posterUrl: title.posterUrl,
    posterPlaceholder: title.posterPlaceholder,
    published: title.published,
    availableFrom: title.availableFrom?.toISOString() ?? null,
    availableUntil: title.availableUntil?.toISOString() ?? null,
    addedAt: title.addedAt.toISOString(),
    itemCount: title.items.length,
    playableItemCount: title.items.filter(({ id }) => readyFiles(catalogue, id).length > 0).length,
  }
}
