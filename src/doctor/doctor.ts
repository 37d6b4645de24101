// The doctor: finds inconsistencies that no request leaves behind, and fixes those that need no decision.
import { countIndexes, createIndexes, findMissingIndexes } from '../database/indexes.js'
import type { EncoderStatus } from '../media/encoding/find-programs.js'
import type { FingerprintProgram } from '../media/markers/fingerprint-audio.js'
import { encodingStatus } from '../media/encoding/encoding-status.js'
import type { Check, DoctorDeps } from './findings.js'
import { encodingSteps } from './encoding-steps.js'
import { watchHistories } from './histories.js'
import { markerDetections } from './marker-detections.js'
import { orphanedDocuments, orphanedMedia } from './orphans.js'
import { planLimits } from './plan-limits.js'
import { storedObjects } from './stored-objects.js'
import { webhooks } from './webhooks.js'

const missingIndexes: Check = {
  name: 'indexes',
  objects: 'indexes',
  async *find (_deps, countChecked) {
    countChecked(countIndexes())
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
  encodingSteps,
  markerDetections,
  storedObjects,
  planLimits,
  watchHistories,
  webhooks,
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

export interface CheckedObjects {
  readonly check: string
  readonly count: number
  /** Plural. */
  readonly objects: string
}

export interface DoctorReport {
  /** Number of objects that each check has checked, and what they are. */
  readonly checked: readonly CheckedObjects[]
  readonly findings: readonly CheckedFinding[]
  /** Whether the service can encode. Its absence is no finding: encoding is optional. */
  readonly encoder: EncoderStatus
  /** Which program computes the fingerprints of the detection of intros and credits; optional too. */
  readonly fingerprints: FingerprintProgram
}

/**
 * Runs every check.
 * @param isFixing fixes what needs no decision
 * @param onProgress called with the running check and the objects that it has checked
 */
export async function runChecks (
  deps: DoctorDeps,
  isFixing: boolean,
  onProgress: (progress: CheckedObjects) => void,
): Promise<DoctorReport> {
  const checked: CheckedObjects[] = []
  const findings: CheckedFinding[] = []
  for (const { name: check, objects, find } of CHECKS) {
    let count = 0
    onProgress({ check, count, objects })
    const found = find(deps, (added = 1) => {
      count += added
      onProgress({ check, count, objects })
    })
    for await (const { subject, problem, fix } of found) {
      const state = fix === null ? 'manual' : isFixing ? await tryToFix(deps, fix) : 'open'
      findings.push({ check, subject, problem, state })
    }
    checked.push({ check, count, objects })
  }
  const { config, encoder, markerDetection } = deps
  return {
    checked,
    findings,
    encoder: await encodingStatus(encoder, config),
    fingerprints: await markerDetection.program(),
  }
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
