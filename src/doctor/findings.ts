// What a check looks at and what it finds.
import type { Services } from '../services.js'

export type DoctorServices = Pick<Services, 'catalogue' | 'storage' | 'access' | 'leases' | 'watching' | 'now' | 'log'>

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
  find(services: DoctorServices, look: () => void): AsyncIterable<Finding>
}
