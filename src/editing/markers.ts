// Recap, intro and credits markers of an item, in ms from the start.
import { NO_MARKERS, type Markers } from '../../models/title.js'
import { validationFailed } from '../errors.js'

type PartialMarkers = { readonly [K in keyof Markers]?: Markers[K] | undefined }

const RANGES = [['recapStartMs', 'recapEndMs'], ['introStartMs', 'introEndMs']] as const

/** Sets omitted markers to null and validates the ranges. @throws DomainError 400 `validation-failed` */
export function completeMarkers (input: PartialMarkers): Markers {
  const markers: Markers = { ...NO_MARKERS, ...input }
  for (const [startField, endField] of RANGES) {
    const [start, end] = [markers[startField], markers[endField]]
    if (start !== null && end !== null && end < start) {
      throw validationFailed([{ pointer: `/markers/${endField}`, message: `is before ${startField}` }])
    }
    // Clients cannot skip a range without a start.
    if (start === null && end !== null) {
      throw validationFailed([{ pointer: `/markers/${startField}`, message: `is required with ${endField}` }])
    }
  }
  return markers
}

/** Returns all markers. Kinds of markers that are newer than the stored document are null. */
export function normaliseMarkers (markers: Markers | null): Markers {
  return {
    recapStartMs: markers?.recapStartMs ?? null,
    recapEndMs: markers?.recapEndMs ?? null,
    introStartMs: markers?.introStartMs ?? null,
    introEndMs: markers?.introEndMs ?? null,
    creditsStartMs: markers?.creditsStartMs ?? null,
  }
}
