// Intro and credits markers: ordered places in an item, checked when they are written.
import type { Markers } from '../../models/title.js'
import { invalid } from '../errors.js'

type PartialMarkers = { readonly [K in keyof Markers]?: Markers[K] | undefined }

/** Completes markers and checks their order. @throws DomainError 400 */
export function completeMarkers ({ introStartMs = null, introEndMs = null, creditsStartMs = null }: PartialMarkers): Markers {
  if (introStartMs !== null && introEndMs !== null && introEndMs < introStartMs) {
    throw invalid([{ pointer: '/markers/introEndMs', message: 'lies before introStartMs' }])
  }
  return { introStartMs, introEndMs, creditsStartMs }
}
