// Recap, intro and credits markers: ordered places in an item, checked when they are written.
import { NO_MARKERS, type Markers } from '../../models/title.js'
import { validationFailed } from '../errors.js'

type PartialMarkers = { readonly [K in keyof Markers]?: Markers[K] | undefined }

const RANGES = [['recapStartMs', 'recapEndMs'], ['introStartMs', 'introEndMs']] as const

/** Completes markers and checks their order. @throws DomainError 400 */
export function completeMarkers (given: PartialMarkers): Markers {
  const markers: Markers = { ...NO_MARKERS, ...given }
  for (const [from, to] of RANGES) {
    const [start, end] = [markers[from], markers[to]]
    if (start !== null && end !== null && end < start) {
      throw validationFailed([{ pointer: `/markers/${to}`, message: `lies before ${from}` }])
    }
    // Half a range cannot be skipped.
    if (start === null && end !== null) {
      throw validationFailed([{ pointer: `/markers/${from}`, message: `is needed with ${to}` }])
    }
  }
  return markers
}

/** Markers as they are shown; those that were stored before a kind of marker existed have null there. */
export function shownMarkers (markers: Markers | null): Markers {
  return {
    recapStartMs: markers?.recapStartMs ?? null,
    recapEndMs: markers?.recapEndMs ?? null,
    introStartMs: markers?.introStartMs ?? null,
    introEndMs: markers?.introEndMs ?? null,
    creditsStartMs: markers?.creditsStartMs ?? null,
  }
}
