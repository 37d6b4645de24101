// Records changes in the feed when availability dates of titles pass. No document changes at such a date, so the
// process that notices it first records the change.
import { findNotifiedUntil, recordCatalogueChange, saveNotifiedUntil } from '../../models/change-log.js'
import { nextAvailabilityChange, type Catalogue, type CatalogueTitle } from '../catalogue/store/catalogue.js'

/** More titles are recorded as one change of any title, so that other changes stay in the log. */
const MAX_NAMED_TITLES = 20

/** Shortest time between two calls: an import changes the catalogue many times a second. */
const MIN_DELAY_MS = 500
/** Longest one, also without dates: the clock may be set. */
const MAX_DELAY_MS = 60_000

export interface AvailabilityNotifier {
  /** Records the dates that passed since the last call of any process. Without such dates, it sends no query. */
  notify(now: Date): Promise<void>
  /**
   * Calls `runNow` when a date passes, and after changes of the catalogue, which may have earlier dates.
   * @returns a function that stops it
   */
  plan(runNow: () => Promise<void>): () => void
}

export function createAvailabilityNotifier (
  catalogue: Pick<Catalogue, 'titles' | 'generation' | 'onChange'>,
  now: () => Date,
): AvailabilityNotifier {
  let notifiedUntil: Date | null = null
  let nextChangeMs = Infinity
  let generation = -1

  return {
    plan (runNow) {
      let timer: NodeJS.Timeout | undefined
      let isSoon = false
      const wait = (delayMs: number): void => {
        clearTimeout(timer)
        isSoon = delayMs <= MIN_DELAY_MS
        timer = setTimeout(run, delayMs).unref()
      }
      const run = (): void => {
        isSoon = true
        void runNow().finally(() => {
          if (!isStopped) wait(Math.max(MIN_DELAY_MS, Math.min(nextChangeMs - now().getTime(), MAX_DELAY_MS)))
        })
      }
      let isStopped = false
      const unsubscribe = catalogue.onChange(() => {
        if (!isSoon) wait(MIN_DELAY_MS)
      })
      run()
      return () => {
        isStopped = true
        unsubscribe()
        clearTimeout(timer)
      }
    },
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
