// Plans, their limits, and the effects of a plan change on the profiles of an account.
import { conflict, validationFailed, type DomainError } from '../errors.js'

export type PlanId = string

/** The limits of a plan. Each account has a copy, so that one document decides. */
export interface PlanLimits {
  readonly maxProfiles: number
  readonly maxStreams: number
  /** Highest video resolution that is listed or served, pixels. */
  readonly maxHeight: number
}

export interface Plan extends PlanLimits {
  readonly id: PlanId
  readonly name: string
  /** Price per month; `amount` in minor units of the ISO 4217 currency. */
  readonly price: { readonly amount: number, readonly currency: string }
}

/** Upper bounds for every plan: profiles and stream leases are embedded in one document each. */
export const MAX_PROFILES = 20
export const MAX_STREAMS = 20

/** The plans on offer. Immutable: each service has its own table. */
export interface PlanTable {
  /** Smallest first. */
  readonly plans: readonly Plan[]
  readonly ids: readonly PlanId[]
  /** The plan of a sign-up that names none. */
  readonly smallest: Plan
  /** The plan of administrators and of the demo account. */
  readonly largest: Plan
  /** Highest number of profiles of any plan. An account may store that many, locked ones included. */
  readonly maxStoredProfiles: number
  /** Finds a plan; null when it is not on offer. Accounts on such a plan keep their limits. */
  find(id: PlanId): Plan | null
  /** Returns the limits of a plan. @throws DomainError 400 `validation-failed` when it is not on offer */
  limitsOf(id: PlanId): PlanLimits
  /** Finds the smallest plan that plays a resolution in pixels; null when none does. */
  smallestPlanFor(height: number): Plan | null
}

/**
 * Creates a table of plans.
 * @param plans at least one, smallest first
 * @throws RangeError without plans
 */
export function createPlanTable (plans: readonly Plan[]): PlanTable {
  const [smallest] = plans
  const largest = plans.at(-1)
  if (smallest === undefined || largest === undefined) throw new RangeError('A plan table needs at least one plan')
  const ids = plans.map(({ id }) => id)
  const find = (id: PlanId): Plan | null => plans.find((plan) => plan.id === id) ?? null
  return Object.freeze({
    plans: Object.freeze([...plans]),
    ids: Object.freeze(ids),
    smallest,
    largest,
    maxStoredProfiles: Math.max(...plans.map(({ maxProfiles }) => maxProfiles)),
    find,
    limitsOf (id: PlanId) {
      const plan = find(id)
      if (plan === null) {
        throw validationFailed([{
          pointer: '/plan',
          code: 'unknown-value',
          message: `must be one of ${ids.join(', ')}`,
        }])
      }
      const { maxProfiles, maxStreams, maxHeight } = plan
      return { maxProfiles, maxStreams, maxHeight }
    },
    smallestPlanFor: (height: number) => plans.find(({ maxHeight }) => maxHeight >= height) ?? null,
  })
}

export const DEFAULT_PLANS: PlanTable = createPlanTable([
  {
    id: 'basic',
    name: 'Basic',
    maxProfiles: 1,
    maxStreams: 1,
    maxHeight: 720,
    price: { amount: 799, currency: 'USD' },
  },
  {
    id: 'standard',
    name: 'Standard',
    maxProfiles: 3,
    maxStreams: 2,
    maxHeight: 1080,
    price: { amount: 1299, currency: 'USD' },
  },
  {
    id: 'premium',
    name: 'Premium',
    maxProfiles: 5,
    maxStreams: 4,
    maxHeight: 2160,
    price: { amount: 1799, currency: 'USD' },
  },
])

export function isSameLimits (a: PlanLimits, b: PlanLimits): boolean {
  return a.maxProfiles === b.maxProfiles && a.maxStreams === b.maxStreams && a.maxHeight === b.maxHeight
}

interface LockableProfile {
  readonly locked?: boolean | null
}

/** Counts the profiles that are not locked. */
export function countUsableProfiles (profiles: readonly LockableProfile[]): number {
  return profiles.filter((profile) => profile.locked !== true).length
}

/** @throws DomainError 409 `plan-profile-limit` when an account has more usable profiles than its plan allows */
export function assertProfileLimit (limits: PlanLimits, profiles: readonly LockableProfile[]): void {
  if (countUsableProfiles(profiles) > limits.maxProfiles) throw profileLimitReached(limits)
}

export function profileLimitReached (limits: PlanLimits): DomainError {
  const profiles = limits.maxProfiles === 1 ? 'one profile' : `${limits.maxProfiles} profiles`
  return conflict(
    'plan-profile-limit',
    'No more profiles on this plan',
    `This plan includes ${profiles}. Delete one or change to a larger plan.`,
    { maxProfiles: limits.maxProfiles },
  )
}

interface ExistingProfile extends LockableProfile {
  readonly id: string
  readonly name: string
}

/** The effects of a plan change on profiles, computed before anything is written. */
export interface PlanChange {
  readonly from: PlanId
  readonly to: PlanId
  /** IDs of the profiles that the change locks; a larger plan unlocks them. */
  readonly lock: string[]
  /** IDs of the locked profiles that become usable. */
  readonly unlock: string[]
  /** True when the caller has to choose the profiles that stay usable. */
  readonly needsChoice: boolean
}

/**
 * Decides which profiles a plan change locks and unlocks.
 * Without a choice it locks none: a change that needs a choice has `needsChoice`. A larger plan unlocks profiles in
 * their order while it has room.
 * @throws DomainError 400 `validation-failed` when the plan is not on offer
 * @throws DomainError 409 `unknown-profile` when a chosen ID is not a profile of the account
 * @throws DomainError 409 `plan-profile-limit` when more profiles are chosen than the plan allows
 */
export function decidePlanChange (
  plans: PlanTable,
  from: PlanId,
  to: PlanId,
  profiles: readonly ExistingProfile[],
  keepProfileIds?: readonly string[],
): PlanChange {
  const limits = plans.limitsOf(to)
  if (keepProfileIds !== undefined) {
    return { from, to, ...keepChosenProfiles(limits, profiles, new Set(keepProfileIds)), needsChoice: false }
  }
  const free = limits.maxProfiles - countUsableProfiles(profiles)
  const unlock = free > 0
    ? profiles.filter((profile) => profile.locked === true).slice(0, free).map((profile) => profile.id)
    : []
  return { from, to, lock: [], unlock, needsChoice: free < 0 }
}

function keepChosenProfiles (
  limits: PlanLimits,
  profiles: readonly ExistingProfile[],
  keep: ReadonlySet<string>,
): Pick<PlanChange, 'lock' | 'unlock'> {
  const existing = new Set(profiles.map((profile) => profile.id))
  if (keep.size === 0 || [...keep].some((id) => !existing.has(id))) {
    throw conflict(
      'unknown-profile',
      'Unknown profile',
      'keepProfileIds must name profiles of this account, at least one.',
    )
  }
  if (keep.size > limits.maxProfiles) throw profileLimitReached(limits)
  return {
    lock: profiles.filter((profile) => profile.locked !== true && !keep.has(profile.id)).map((profile) => profile.id),
    unlock: profiles.filter((profile) => profile.locked === true && keep.has(profile.id)).map((profile) => profile.id),
  }
}
