// The plans and what each allows. Every limit in the service is read from this table; a process may put another in its
// place before it serves anybody.
import { conflict, validationFailed, type DomainError } from '../errors.js'

export type PlanId = string

/** What an account's plan allows; a copy is kept in the account, so that one document decides. */
export interface PlanLimits {
  readonly maxProfiles: number
  readonly maxStreams: number
  /** Highest picture height that is listed or served, in pixels. */
  readonly maxHeight: number
}

export interface Plan extends PlanLimits {
  readonly id: PlanId
  readonly name: string
  /** Price a month; `amount` in minor units of the ISO 4217 currency. */
  readonly price: { readonly amount: number, readonly currency: string }
}

/** The smallest first. */
export const DEFAULT_PLANS: readonly Plan[] = [
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
]

/** No plan may allow more: profiles are embedded in the account, and stream slots in one document. */
export const MAX_PROFILES = 20
export const MAX_STREAMS = 20

// Of the whole process, as the schema hooks are that read it.
let plans: readonly Plan[] = DEFAULT_PLANS

/**
 * Puts other plans in place of those there were; accounts keep their copy of the limits. @param others at least one,
 * the smallest first
 */
export function usePlans (others: readonly Plan[]): void {
  plans = others
}

/** Every plan, the smallest first. */
export function listPlans (): readonly Plan[] {
  return plans
}

export function planIds (): PlanId[] {
  return plans.map(({ id }) => id)
}

/** What an account gets that names no plan. */
export function smallestPlan (): Plan {
  return plans[0] ?? noPlans()
}

/** What who runs the service gets. */
export function largestPlan (): Plan {
  return plans.at(-1) ?? noPlans()
}

function noPlans (): never {
  throw new Error('there are no plans')
}

/** Null for a plan that there is no more: its accounts keep the limits that they have. */
export function findPlan (id: PlanId): Plan | null {
  return plans.find((plan) => plan.id === id) ?? null
}

/** @throws DomainError 400 for a plan that there is not */
export function limitsOf (id: PlanId): PlanLimits {
  const plan = findPlan(id)
  if (plan === null) throw validationFailed([{ pointer: '/plan', message: `must be one of ${planIds().join(', ')}` }])
  const { maxProfiles, maxStreams, maxHeight } = plan
  return { maxProfiles, maxStreams, maxHeight }
}

export function isSameLimits (a: PlanLimits, b: PlanLimits): boolean {
  return a.maxProfiles === b.maxProfiles && a.maxStreams === b.maxStreams && a.maxHeight === b.maxHeight
}

/** How many profiles an account may hold, locked ones included: as many as the largest plan allows. */
export function maxStoredProfiles (): number {
  return Math.max(...plans.map(({ maxProfiles }) => maxProfiles))
}

/** The smallest plan that plays a height; null when none does. @param height in pixels */
export function smallestPlanFor (height: number): Plan | null {
  return listPlans().find(({ maxHeight }) => maxHeight >= height) ?? null
}

interface ProfileSlot {
  readonly locked?: boolean | null
}

/** Locked profiles keep what they hold but take no place. */
export function countUsableProfiles (profiles: readonly ProfileSlot[]): number {
  return profiles.filter((profile) => profile.locked !== true).length
}

/** @throws DomainError `plan-profile-limit` when more usable profiles are kept than the plan allows */
export function assertProfileLimit (limits: PlanLimits, profiles: readonly ProfileSlot[]): void {
  if (countUsableProfiles(profiles) > limits.maxProfiles) throw profileLimitReached(limits)
}

export function profileLimitReached (limits: PlanLimits): DomainError {
  const profiles = limits.maxProfiles === 1 ? 'one profile' : `${limits.maxProfiles} profiles`
  return conflict(
    'plan-profile-limit',
    'No more profiles on this plan',
    `This plan has ${profiles}. Delete one or change to a larger plan.`,
    { maxProfiles: limits.maxProfiles },
  )
}

interface ExistingProfile extends ProfileSlot {
  readonly id: string
  readonly name: string
}

/** What a plan change would do to an account, worked out before anything is written. */
export interface PlanChange {
  readonly from: PlanId
  readonly to: PlanId
  /** Ids of profiles that become unusable until a larger plan brings them back. */
  readonly lock: string[]
  /** Ids of locked profiles that become usable again. */
  readonly unlock: string[]
  /** True when the caller has to say which profiles stay. */
  readonly needsChoice: boolean
}

/**
 * Decides which profiles a plan change locks and unlocks.
 * Without a choice nothing is locked: a change that needs one reports `needsChoice`.
 * Upgrading unlocks profiles in their order until the plan is full.
 * @throws DomainError `unknown-profile` when a kept id is not a profile of the account
 * @throws DomainError `plan-profile-limit` when more profiles are kept than the plan allows
 */
export function decidePlanChange (
  from: PlanId,
  to: PlanId,
  profiles: readonly ExistingProfile[],
  keepProfileIds?: readonly string[],
): PlanChange {
  const limits = limitsOf(to)
  if (keepProfileIds !== undefined) return keepChosen(from, to, limits, profiles, new Set(keepProfileIds))
  const usable = profiles.filter((profile) => profile.locked !== true)
  const free = limits.maxProfiles - usable.length
  const unlock = free > 0
    ? profiles.filter((profile) => profile.locked === true).slice(0, free).map((profile) => profile.id)
    : []
  return { from, to, lock: [], unlock, needsChoice: free < 0 }
}

function keepChosen (
  from: PlanId,
  to: PlanId,
  limits: PlanLimits,
  profiles: readonly ExistingProfile[],
  keep: ReadonlySet<string>,
): PlanChange {
  const known = new Set(profiles.map((profile) => profile.id))
  if (keep.size === 0 || [...keep].some((id) => !known.has(id))) {
    throw conflict(
      'unknown-profile',
      'Unknown profile',
      'keepProfileIds must name profiles of this account, at least one.',
    )
  }
  if (keep.size > limits.maxProfiles) throw profileLimitReached(limits)
  return {
    from,
    to,
    lock: profiles.filter((profile) => profile.locked !== true && !keep.has(profile.id)).map((profile) => profile.id),
    unlock: profiles.filter((profile) => profile.locked === true && keep.has(profile.id)).map((profile) => profile.id),
    needsChoice: false,
  }
}
