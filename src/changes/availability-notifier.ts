// Titles that come and go by their dates alone: nobody writes anything then, so whichever process notices tells the feeds.
import { findNotifiedUntil, recordCatalogueChange, saveNotifiedUntil } from '../../models/change-log.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { nextAvailabilityChange } from '../catalogue/store/availability.js'

/** So many at once are told as "any title": the log has room for the other changes. */
const NAMED_AT_ONCE = 20

export interface AvailabilityNotifier {
  /** Tells what came or went since any process told, also while none ran. Costs nothing while no date passes. */
  notify(now: Date): Promise<void>
}

export function createAvailabilityNotifier (catalogue: Pick<Catalogue, 'titles' | 'generation'>): AvailabilityNotifier {
  let toldUntil: Date | null = null
  let nextAt = Infinity
  let generation = -1

  return {
    async notify (now) {
      toldUntil ??= await findNotifiedUntil(now)
      if (generation !== catalogue.generation()) {
        generation = catalogue.generation()
        nextAt = nextAvailabilityChange(catalogue, toldUntil.getTime())
      }
      if (now.getTime() < nextAt) return
      const since = await findNotifiedUntil(now)
      const passed = [...catalogue.titles()].filter((title) =>
        datesOf(title).some((date) => date > since && date <= now)
      )
      if (passed.length > NAMED_AT_ONCE) await recordCatalogueChange(null)
      else for (const { id } of passed) await recordCatalogueChange(id)
      // Told twice rather than not at all: of two processes that notice at once, and after a crash right here.
      await saveNotifiedUntil(now)
      toldUntil = now
      nextAt = nextAvailabilityChange(catalogue, now.getTime())
    },
  }
}

function datesOf ({ published, availableFrom, availableUntil }: CatalogueTitle): Date[] {
  return published ? [availableFrom, availableUntil].filter((date) => date !== null) : []
}
