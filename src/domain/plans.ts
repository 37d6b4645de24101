// The plans and what each allows. Every limit in the service is read from this table.
import { conflict, type DomainError } from '../errors.js'

export const PLAN_IDS = ['basic', 'standard', 'premium'] as const
export type PlanId = (typeof PLAN_IDS)[number]

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

const plans: Readonly<Record<PlanId, Plan>> = {
  basic: { id: 'basic', name: 'Basic', maxProfiles: 1, maxStreams: 1, maxHeight: 720, price: { amount: 799, currency: 'USD' } },
  standard: { id: 'standard', name: 'Standard', maxProfiles: 3, maxStreams: 2, maxHeight: 1080, price: { amount: 1299, currency: 'USD' } },
  premium: { id: 'premium', name: 'Premium', maxProfiles: 5, maxStreams: 4, maxHeight: 2160, price: { amount: 1799, currency: 'USD' } },
}

/** Every plan, cheapest first. */
export function listPlans (): Plan[] {
  return PLAN_IDS.map((id) => plans[id])
}

export function limitsOf (id: PlanId): PlanLimits {
  const { maxProfiles, maxStreams, maxHeight } = plans[id]
  return { maxProfiles, maxStreams, maxHeight }
}

/** The smallest plan that plays a height; null when none does. @param height in pixels */
export function smallestPlanFor (height: number): Plan | null {
  return listPlans().find(({ maxHeight }) => maxHeight >= height) ?? null
}

interface ProfileSlot { readonly locked?: boolean | null }

/** Locked profiles keep what they hold but take no place. */
export function countUsableProfiles (profiles: readonly ProfileSlot[]): number {
  return profiles.filter((profile) => profile.locked !== true).length
}

/** @throws DomainError `plan-profile-limit` when more usable profiles are kept than the plan allows */
export function assertProfilesFit (limits: PlanLimits, profiles: readonly ProfileSlot[]): void {
  if (countUsableProfiles(profiles) > limits.maxProfiles) throw profileLimitReached(limits)
}

export function profileLimitReached (limits: PlanLimits): DomainError {
  const profiles = limits.maxProfiles === 1 ? 'one profile' : `${limits.maxProfiles} profiles`
  return conflict('plan-profile-limit', 'No more profiles on this plan',
    `This plan has ${profiles}. Delete one or change to a larger plan.`, { maxProfiles: limits.maxProfiles })
}

interface ExistingProfile extends ProfileSlot { readonly id: string, readonly name: string }

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
export function decidePlanChange (from: PlanId, to: PlanId, profiles: readonly ExistingProfile[], keepProfileIds?: readonly string[]): PlanChange {
  const limits = limitsOf(to)
  if (keepProfileIds !== undefined) return keepChosen(from, to, limits, profiles, new Set(keepProfileIds))
  const usable = profiles.filter((profile) => profile.locked !== true)
  const free = limits.maxProfiles - usable.length
  const unlock = free > 0 ? profiles.filter((profile) => profile.locked === true).slice(0, free).map((profile) => profile.id) : []
  return { from, to, lock: [], unlock, needsChoice: free < 0 }
}

function keepChosen (from: PlanId, to: PlanId, limits: PlanLimits, profiles: readonly ExistingProfile[], keep: ReadonlySet<string>): PlanChange {
  const known = new Set(profiles.map((profile) => profile.id))
  if (keep.size === 0 || [...keep].some((id) => !known.has(id))) {
    throw conflict('unknown-profile', 'Unknown profile', 'keepProfileIds must name profiles of this account, at least one.')
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
