// When titles come and go by their own dates.
import type { Catalogue } from './catalogue.js'

/** The next moment at which one does, ms since the epoch; Infinity when none will. */
export function nextAvailabilityChange (catalogue: Pick<Catalogue, 'titles'>, after: number): number {
  let next = Infinity
  const lookAt = (date: Date | null): void => {
    if (date !== null && date.getTime() > after) next = Math.min(next, date.getTime())
  }
  for (const { availableFrom, availableUntil } of catalogue.titles()) {
    lookAt(availableFrom)
    lookAt(availableUntil)
  }
  return next
}
