// Changing the plan: profiles are locked or unlocked with it in one write, then the streams are brought within its limit.
import { findAccount, type StoredAccount } from '../../models/account.js'
import { findStreamLeases, isLeaseLive } from '../../models/account-streams.js'
import {
  decidePlanChange,
  isSameLimits,
  limitsOf,
  type PlanChange,
  type PlanId,
  type PlanLimits,
} from '../domain/plans.js'
import { conflict, notFound } from '../errors.js'
import type { AccountDeps } from './deps.js'
import { applyStreamLimit, endStreamsOfProfiles } from '../watching/streams/stream-leases.js'
import { editAccount } from './edit-account.js'

export interface PlanPreview extends PlanChange {
  readonly limits: PlanLimits
  readonly profiles: ReadonlyArray<{ readonly id: string, readonly name: string }>
  readonly endedStreams: number
}

function profilesOf (account: Pick<StoredAccount, 'profiles'>): Array<{ id: string, name: string, locked: boolean }> {
  return account.profiles.map((profile) => ({ id: profile._id.toString(), name: profile.name, locked: profile.locked }))
}

/** What a change would do, without doing it. When a choice is needed, `lock` shows what keeping the first ones locks. */
export async function previewPlanChange (services: AccountDeps, accountId: string, to: PlanId): Promise<PlanPreview> {
  const [account, slots] = await Promise.all([findAccount(accountId), findStreamLeases(accountId)])
  if (account === null) throw notFound('account')
  const profiles = profilesOf(account)
  const limits = limitsOf(to)
  const change = decidePlanChange(account.plan, to, profiles)
  const lock = change.needsChoice
    ? profiles.filter((profile) => !profile.locked).slice(limits.maxProfiles).map((profile) => profile.id)
    : change.lock
  const live = slots.filter((slot) => isLeaseLive(slot, services.now()))
  return { ...change, lock, limits, profiles, endedStreams: Math.max(0, live.length - limits.maxStreams) }
}

/**
 * Changes the plan. Calling it again with the same plan only brings the limits up to date.
 * @throws DomainError 409 `plan-needs-choice` listing the profiles, when fewer fit and none were chosen
 */
export async function changePlan (
  services: Pick<AccountDeps, 'access' | 'leases' | 'now'>,
  accountId: string,
  to: PlanId,
  keepProfileIds: readonly string[] | undefined,
): Promise<StoredAccount> {
  let change: PlanChange | null = null
  const account = await editAccount(accountId, (document) => {
    const profiles = profilesOf(document)
    const decided = decidePlanChange(document.plan, to, profiles, keepProfileIds)
    if (decided.needsChoice) throw needsChoice(to, profiles)
    change = decided
    document.plan = to
    // The same plan may have other limits than when it was chosen: the hook copies those of a plan that was written.
    if (!isSameLimits(document.limits, limitsOf(to))) document.markModified('plan')
    for (const profile of document.profiles) {
      const id = profile._id.toString()
      if (decided.lock.includes(id)) profile.locked = true
      if (decided.unlock.includes(id)) profile.locked = false
    }
  })
  services.access.invalidateAccount(accountId)
  const now = services.now()
  const { lock } = change ?? { lock: [] as string[] }
  if (lock.length > 0) await endStreamsOfProfiles(accountId, lock, now)
  await applyStreamLimit(accountId, account.limits, account.__v, now)
  services.leases.forget(accountId)
  return account
}

function needsChoice (to: PlanId, profiles: ReadonlyArray<{ id: string, name: string, locked: boolean }>): Error {
  const { maxProfiles } = limitsOf(to)
  return conflict(
    'plan-needs-choice',
    'Which profiles stay?',
    `This plan has place for ${maxProfiles}. Name the ones to keep in keepProfileIds; the others are locked and kept with all they hold.`,
    { maxProfiles, profiles: profiles.filter((profile) => !profile.locked).map(({ id, name }) => ({ id, name })) },
  )
}
