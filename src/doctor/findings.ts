// What a check looks at and what it finds.
import type { AccountAccess } from '../accounts/access.js'
import type { MediaDeps } from '../media/deps.js'
import type { LeaseCheck } from '../media/delivery/lease-check.js'
import type { WatchingDeps } from '../watching/watching.js'

export interface DoctorDeps extends MediaDeps {
  readonly access: AccountAccess
  readonly leases: LeaseCheck
  readonly watching: WatchingDeps
}

/** One thing that is not as it should be. */
export interface Finding {
  /** What it is about, such as `plays of account 665f…`. */
  readonly subject: string
  readonly problem: string
  /** Mends it; null where somebody has to decide. What is done again does no harm. */
  readonly mend: (() => Promise<void>) | null
}

export interface Check {
  readonly name: string
  /** @param look is told of each thing that was looked at */
  find(services: DoctorDeps, look: () => void): AsyncIterable<Finding>
}
