// Worker thread that compares the fingerprints of a season: long seasons take seconds of computing.
import { findSharedParts, type RunLimits, type SharedPart } from '../../domain/common-audio.js'

export interface CompareTask {
  readonly fingerprints: readonly Uint32Array[]
  readonly limits: RunLimits
}

export default function compareFingerprints ({ fingerprints, limits }: CompareTask): Array<SharedPart | null> {
  return findSharedParts(fingerprints, limits)
}
