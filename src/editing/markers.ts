// Recap, intro and credits markers of an item, in ms from the start.
import {
  DETECTED_GROUPS,
  FIELDS_OF_GROUP,
  NO_MARKERS,
  type DetectedGroup,
  type DetectedMarkers,
  type Markers,
} from '../../models/title.js'
import { normaliseDetected, normaliseMarkers, toStoredDetected } from '../../models/markers.js'
import { fail, validationFailed } from '../errors.js'

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

export interface MarkersOfEpisode {
  readonly markers: Markers | null
  readonly detectedMarkers?: DetectedMarkers
}

/**
 * Returns the markers of an episode after people edited them. A detected marker that the edit repeats stays detected;
 * one that it changes or clears becomes theirs, and the detection leaves it alone.
 * @param markers of the edit, complete; null: none; undefined: the edit replaces the episode without stating markers,
 * which resets those of people only
 */
export function editDetectedMarkers (
  stored: Partial<MarkersOfEpisode> | undefined,
  markers: Markers | null | undefined,
): MarkersOfEpisode {
  const before = normaliseMarkers(stored?.markers ?? null)
  const detected = stored?.detectedMarkers
  if (detected === undefined) return { markers: markers ?? null }
  if (markers === undefined) {
    const kept = DETECTED_GROUPS.filter((group) => detected[group] !== null).flatMap((group) => FIELDS_OF_GROUP[group])
    const keptMarkers = Object.fromEntries(kept.map((field) => [field, before[field]]))
    return withDetected(kept.length === 0 ? null : { ...NO_MARKERS, ...keptMarkers }, { ...detected })
  }
  const after = markers ?? NO_MARKERS
  const next = normaliseDetected(detected)
  for (const group of DETECTED_GROUPS) {
    if (areEqual(group, before, after)) continue
    const isCleared = FIELDS_OF_GROUP[group].every((field) => after[field] === null)
    next[group] = null
    next.cleared = next.cleared.filter((cleared) => cleared !== group)
    if (isCleared) next.cleared.push(group)
  }
  return withDetected(markers, next)
}

const areEqual = (group: DetectedGroup, a: Markers, b: Markers): boolean =>
  FIELDS_OF_GROUP[group].every((field) => a[field] === b[field])

function withDetected (markers: Markers | null, detected: DetectedMarkers): MarkersOfEpisode {
  const detectedMarkers = toStoredDetected(detected)
  return detectedMarkers === undefined ? { markers } : { markers, detectedMarkers }
}

/** Origins as a body states them. */
export type StatedOrigins = {
  readonly [Group in 'recap' | DetectedGroup]?:
    | { readonly origin: 'detected' | 'person', readonly confidence?: number | null }
    | null
}

/**
 * Returns the markers of an episode whose body states their origin, as exports do.
 * @param markers complete; null: none; undefined: the body states none
 * @throws DomainError 400 `validation-failed` for origins without markers, and for a detected marker without a
 * position or a confidence
 */
export function stateDetectedMarkers (markers: Markers | null | undefined, origins: StatedOrigins): MarkersOfEpisode {
  if (markers === undefined) throw validationFailed([{ pointer: '/markerOrigins', message: 'requires markers' }])
  const detected: DetectedMarkers = { intro: null, credits: null, cleared: [] }
  for (const group of DETECTED_GROUPS) {
    const stated = origins[group] ?? null
    const missing = FIELDS_OF_GROUP[group].filter((field) => (markers?.[field] ?? null) === null)
    if (stated?.origin === 'detected') {
      const [field] = missing
      if (field !== undefined) {
        throw validationFailed([{ pointer: `/markers/${field}`, message: 'is required: its origin is detected' }])
      }
      detected[group] = stated.confidence ?? fail(validationFailed([
        { pointer: `/markerOrigins/${group}/confidence`, message: 'is required: the origin is detected' },
      ]))
    } else if (stated !== null && missing.length === FIELDS_OF_GROUP[group].length) {
      detected.cleared.push(group)
    }
  }
  return withDetected(markers, detected)
}

export interface MarkerOrigin {
  readonly origin: 'detected' | 'person'
  readonly confidence: number | null
}

/** Returns the origin of each kind of markers; null: neither set nor cleared. */
export function listMarkerOrigins (
  { markers, detectedMarkers }: MarkersOfEpisode,
): Record<'recap' | DetectedGroup, MarkerOrigin | null> {
  const { recapStartMs, ...others } = normaliseMarkers(markers)
  const originOf = (group: DetectedGroup): MarkerOrigin | null => {
    const confidence = detectedMarkers?.[group] ?? null
    if (confidence !== null) return { origin: 'detected', confidence }
    const isSet = FIELDS_OF_GROUP[group].some((field) => others[field] !== null)
    return isSet || detectedMarkers?.cleared.includes(group) === true ? { origin: 'person', confidence: null } : null
  }
  return {
    recap: recapStartMs === null ? null : { origin: 'person', confidence: null },
    intro: originOf('intro'),
    credits: originOf('credits'),
  }
}
