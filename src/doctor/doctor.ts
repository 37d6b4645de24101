// The doctor: looks for what no request would leave behind, and mends what can be mended without deciding anything.
import { createIndexes, findMissingIndexes } from '../database/indexes.js'
import { accountLimits } from './accounts.js'
import type { Check, DoctorDeps } from './findings.js'
import { watchHistories } from './histories.js'
import { ownerlessDocuments, titlelessMedia } from './orphans.js'
import { storedObjects } from './stored-objects.js'

const missingIndexes: Check = {
  name: 'indexes',
  async *find (_services, look) {
    look()
    for (const index of await findMissingIndexes()) {
      yield {
        subject: index,
        problem: 'the index is missing',
        mend: async () => {
          await createIndexes()
        },
      }
    }
  },
}

/** In this order: what one check mends, the next does not find again. */
const CHECKS: readonly Check[] = [
  missingIndexes,
  ownerlessDocuments,
  titlelessMedia,
  storedObjects,
  accountLimits,
  watchHistories,
]

export interface Diagnosis {
  readonly check: string
  readonly subject: string
  readonly problem: string
  /** `open`: it can be mended; `by-hand`: somebody has to decide; `failed`: mending did not work. */
  readonly state: 'open' | 'by-hand' | 'mended' | 'failed'
}

export interface DoctorReport {
  readonly looked: ReadonlyArray<{ readonly check: string, readonly things: number }>
  readonly findings: readonly Diagnosis[]
}

/**
 * Runs every check.
 * @param isMending whether to mend what can be mended
 * @param report is told of each check and of how many things it has looked at
 */
export async function runChecks (
  services: DoctorDeps,
  isMending: boolean,
  report: (check: string, things: number) => void,
): Promise<DoctorReport> {
  const looked: Array<{ check: string, things: number }> = []
  const findings: Diagnosis[] = []
  for (const { name, find } of CHECKS) {
    let things = 0
    report(name, things)
    for await (
      const { subject, problem, mend } of find(services, () => {
        report(name, ++things)
      })
    ) {
      const state = mend === null ? 'by-hand' : isMending ? await tryToMend(services, mend) : 'open'
      findings.push({ check: name, subject, problem, state })
    }
    looked.push({ check: name, things })
  }
  return { looked, findings }
}

async function tryToMend ({ log }: DoctorDeps, mend: () => Promise<void>): Promise<'mended' | 'failed'> {
  try {
    await mend()
    return 'mended'
  } catch (error) {
    log.error({ err: error }, 'it could not be mended')
    return 'failed'
  }
}
