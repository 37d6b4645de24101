// What a check of the doctor receives and returns.
import type { AccountAccess } from '../accounts/access.js'
import type { Config } from '../config.js'
import type { MediaDeps } from '../media/deps.js'
import type { LeaseCheck } from '../media/delivery/lease-check.js'
import type { Encoder } from '../media/encoding/encoder.js'
import type { MarkerDetection } from '../media/markers/marker-detection.js'
import type { KeyRing } from '../security/key-ring.js'
import type { WatchingDeps } from '../watching/deps.js'

export interface DoctorDeps extends MediaDeps {
  readonly access: AccountAccess
  readonly leases: LeaseCheck
  readonly watching: WatchingDeps
  readonly config: Config
  readonly encoder: Encoder
  readonly markerDetection: Pick<MarkerDetection, 'program'>
  readonly keys: KeyRing
}

/** One inconsistency. */
export interface Finding {
  /** Object with the inconsistency, such as `plays of account 665f…`. */
  readonly subject: string
  readonly problem: string
  /** Fixes it; null when a person has to decide. Running it again is harmless. */
  readonly fix: (() => Promise<void>) | null
}

export interface Check {
  readonly name: string
  /** What the check counts, plural. */
  readonly objects: string
  /** @param countChecked called when an object, or a number of them, is checked */
  find(deps: DoctorDeps, countChecked: (count?: number) => void): AsyncIterable<Finding>
}
