// The doctor: finds inconsistencies that no request leaves behind, and fixes those that need no decision.
import { createIndexes, findMissingIndexes } from '../database/indexes.js'
import type { Check, DoctorDeps } from './findings.js'
import { watchHistories } from './histories.js'
import { orphanedDocuments, orphanedMedia } from './orphans.js'
import { planLimits } from './plan-limits.js'
import { storedObjects } from './stored-objects.js'

const missingIndexes: Check = {
  name: 'indexes',
  async *find (_deps, countChecked) {
    countChecked()
    for (const index of await findMissingIndexes()) {
      yield {
        subject: index,
        problem: 'the index is missing',
        fix: async () => {
          await createIndexes()
        },
      }
    }
  },
}

/** In this order: a check does not find what an earlier one has fixed. */
const CHECKS: readonly Check[] = [
  missingIndexes,
  orphanedDocuments,
  orphanedMedia,
  storedObjects,
  planLimits,
  watchHistories,
]

/**
 * - `open`: can be fixed
 * - `manual`: a person has to decide
 * - `fixed`
 * - `failed`: could not be fixed
 */
export type FindingState = 'open' | 'manual' | 'fixed' | 'failed'

export interface CheckedFinding {
  readonly check: string
  readonly subject: string
  readonly problem: string
  readonly state: FindingState
}

export interface DoctorReport {
  /** Number of objects that each check has read. */
  readonly checked: ReadonlyArray<{ readonly check: string, readonly count: number }>
  readonly findings: readonly CheckedFinding[]
}

/**
 * Runs every check.
 * @param isFixing fixes what needs no decision
 * @param onProgress called with the running check and the number of objects that it has read
 */
export async function runChecks (
  deps: DoctorDeps,
  isFixing: boolean,
  onProgress: (check: string, count: number) => void,
): Promise<DoctorReport> {
  const checked: Array<{ check: string, count: number }> = []
  const findings: CheckedFinding[] = []
  for (const { name, find } of CHECKS) {
    let count = 0
    onProgress(name, count)
    const found = find(deps, () => {
      onProgress(name, ++count)
    })
    for await (const { subject, problem, fix } of found) {
      const state = fix === null ? 'manual' : isFixing ? await tryToFix(deps, fix) : 'open'
      findings.push({ check: name, subject, problem, state })
    }
    checked.push({ check: name, count })
  }
  return { checked, findings }
}

async function tryToFix ({ log }: DoctorDeps, fix: () => Promise<void>): Promise<'fixed' | 'failed'> {
  try {
    await fix()
    return 'fixed'
  } catch (error) {
    log.error({ err: error }, 'a finding could not be fixed')
    return 'failed'
  }
}
