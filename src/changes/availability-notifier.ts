// Records changes in the feed when availability dates of titles pass. No document changes at such a date, so the
// process that notices it first records the change.
import { findNotifiedUntil, recordCatalogueChange, saveNotifiedUntil } from '../../models/change-log.js'
import { nextAvailabilityChange, type Catalogue, type CatalogueTitle } from '../catalogue/store/catalogue.js'

/** More titles are recorded as one change of any title, so that other changes stay in the log. */
const MAX_NAMED_TITLES = 20

export interface AvailabilityNotifier {
  /** Records the dates that passed since the last call of any process. Without such dates, it sends no query. */
  notify(now: Date): Promise<void>
}

export function createAvailabilityNotifier (
  catalogue: Pick<Catalogue, 'titles' | 'generation'>,
): AvailabilityNotifier {
  let notifiedUntil: Date | null = null
  let nextChangeMs = Infinity
  let generation = -1

  return {
    async notify (now) {
      notifiedUntil ??= await findNotifiedUntil(now)
      if (generation !== catalogue.generation()) {
        generation = catalogue.generation()
        nextChangeMs = nextAvailabilityChange(catalogue, notifiedUntil.getTime())
      }
      if (now.getTime() < nextChangeMs) return
      const since = await findNotifiedUntil(now)
      const changed = [...catalogue.titles()].filter((title) =>
        availabilityDates(title).some((date) => date > since && date <= now)
      )
      if (changed.length > MAX_NAMED_TITLES) await recordCatalogueChange(null)
      else for (const { id } of changed) await recordCatalogueChange(id)
      // Saved last: two processes, or a crash before this line, can record a change twice, but never lose it.
      await saveNotifiedUntil(now)
      notifiedUntil = now
      nextChangeMs = nextAvailabilityChange(catalogue, now.getTime())
    },
  }
}

function availabilityDates ({ published, availableFrom, availableUntil }: CatalogueTitle): Date[] {
  return published ? [availableFrom, availableUntil].filter((date) => date !== null) : []
}
