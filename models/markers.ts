// Markers of an item, and which of them were detected, in the form in which rules compare and store them.
import { NO_MARKERS, type DetectedMarkers, type Markers } from './title.js'

/** Returns all markers. Kinds of markers that are newer than the stored document are null. */
export function normaliseMarkers (markers: Markers | null): Markers {
  const all = markers ?? NO_MARKERS
  return {
    recapStartMs: all.recapStartMs ?? null,
    recapEndMs: all.recapEndMs ?? null,
    introStartMs: all.introStartMs ?? null,
    introEndMs: all.introEndMs ?? null,
    creditsStartMs: all.creditsStartMs ?? null,
  }
}

/** Returns a plain copy: a document of Mongoose is not compared by its fields. */
export function normaliseDetected (detected: DetectedMarkers | undefined): DetectedMarkers {
  return {
    intro: detected?.intro ?? null,
    credits: detected?.credits ?? null,
    cleared: [...detected?.cleared ?? []],
  }
}

/** Returns what is stored: undefined when no marker was detected or cleared. */
export function toStoredDetected (detected: DetectedMarkers): DetectedMarkers | undefined {
  const isEmpty = detected.intro === null && detected.credits === null && detected.cleared.length === 0
  return isEmpty ? undefined : detected
}
