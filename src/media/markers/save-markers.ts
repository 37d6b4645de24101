// Stores detected markers. Those that people set or cleared stay.
import type { StoredEpisode } from '../../../models/show.js'
import {
  DETECTED_GROUPS,
  FIELDS_OF_GROUP,
  type DetectedGroup,
  type DetectedMarkers,
  type Markers,
} from '../../../models/title.js'
import { normaliseDetected, normaliseMarkers, toStoredDetected } from '../../../models/markers.js'
import { changeTitle, findStoredItem } from '../change-title.js'
import type { MediaDeps } from '../deps.js'

/** What an attempt found in an episode; null for what it did not find. */
export interface FoundMarkers {
  readonly itemId: string
  readonly intro: { readonly startMs: number, readonly endMs: number, readonly confidence: number } | null
  readonly credits: { readonly startMs: number, readonly confidence: number } | null
}

/**
 * Stores what was found in the episodes of a show, in one write. What an earlier detection found and this one did not
 * is removed.
 * @throws DomainError 404 `not-found`, 409 `show-too-large`
 */
export async function saveMarkers (
  { publishTitleChange }: Pick<MediaDeps, 'publishTitleChange'>,
  titleId: string,
  found: readonly FoundMarkers[],
): Promise<void> {
  const isChanged = await changeTitle(titleId, (title) => {
    const changes = found.map((markers) => {
      const episode = findStoredItem(title, markers.itemId) as StoredEpisode | null
      return episode !== null && applyMarkers(episode, markers)
    })
    return changes.includes(true)
  })
  if (isChanged) await publishTitleChange(titleId)
}

/** @returns whether the episode has changed */
function applyMarkers (episode: StoredEpisode, found: FoundMarkers): boolean {
  const before = {
    markers: normaliseMarkers(episode.markers),
    detected: normaliseDetected(episode.detectedMarkers),
  }
  const markers = { ...before.markers }
  const detected = { ...before.detected }
  for (const group of DETECTED_GROUPS) {
    if (!canDetect(group, before.markers, before.detected)) continue
    for (const field of FIELDS_OF_GROUP[group]) markers[field] = null
    detected[group] = found[group]?.confidence ?? null
  }
  if (detected.intro !== null && found.intro !== null) {
    markers.introStartMs = found.intro.startMs
    markers.introEndMs = found.intro.endMs
  }
  if (detected.credits !== null && found.credits !== null) markers.creditsStartMs = found.credits.startMs
  if (JSON.stringify({ markers, detected }) === JSON.stringify(before)) return false
  const isEmpty = Object.values(markers).every((value) => value === null)
  episode.markers = isEmpty ? null : markers
  const target = episode as { detectedMarkers: DetectedMarkers | undefined }
  target.detectedMarkers = toStoredDetected(detected)
  return true
}

/** People neither set nor cleared it. */
function canDetect (group: DetectedGroup, markers: Markers, detected: DetectedMarkers): boolean {
  if (detected[group] !== null) return true
  return !detected.cleared.includes(group) && FIELDS_OF_GROUP[group].every((field) => markers[field] === null)
}
