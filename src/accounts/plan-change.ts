// Plan changes: one write locks and unlocks profiles, then streams above the new limit end.
import { findAccount, setPlan, type StoredAccount } from '../../models/account.js'
import { findStreamLeases, isLeaseLive } from '../../models/account-streams.js'
import { decidePlanChange, type PlanChange, type PlanId, type PlanLimits } from '../domain/plans.js'
import { conflict, fail, notFound } from '../errors.js'
import { runOnce } from '../webhooks/outbox.js'
import { applyStreamLimit, endStreamsOfProfiles } from '../watching/streams/stream-leases.js'
import type { AccountDeps } from './deps.js'
import { editAccount } from './edit-account.js'

export interface PlanPreview extends PlanChange {
  readonly limits: PlanLimits
  readonly profiles: ReadonlyArray<{ readonly id: string, readonly name: string }>
  /** Number of streams that would end. */
  readonly endedStreams: number
}

interface ProfileSummary {
  readonly id: string
  readonly name: string
  readonly locked: boolean
}

function summariseProfiles ({ profiles }: Pick<StoredAccount, 'profiles'>): ProfileSummary[] {
  return profiles.map(({ _id, name, locked }) => ({ id: _id.toString(), name, locked }))
}

/**
 * Computes what a change of the plan would do. If the account must choose profiles, `lock` assumes that it keeps the
 * first ones.
 * @throws DomainError 404
 */
export async function previewPlanChange (
  { config: { plans }, now }: Pick<AccountDeps, 'config' | 'now'>,
  accountId: string,
  to: PlanId,
): Promise<PlanPreview> {
  const [found, leases] = await Promise.all([findAccount(accountId), findStreamLeases(accountId)])
  const account = found ?? fail(notFound('account'))
  const profiles = summariseProfiles(account)
  const limits = plans.limitsOf(to)
  const change = decidePlanChange(plans, account.plan, to, profiles)
  const lock = change.needsChoice
    ? profiles.filter(({ locked }) => !locked).slice(limits.maxProfiles).map(({ id }) => id)
    : change.lock
  const liveLeases = leases.filter((lease) => isLeaseLive(lease, now()))
  const withinResolution = liveLeases.filter(({ videoHeight }) => videoHeight <= limits.maxHeight)
  const remaining = Math.min(withinResolution.length, limits.maxStreams)
  return { ...change, lock, limits, profiles, endedStreams: liveLeases.length - remaining }
}

/**
 * Changes the plan. With the current plan, it only copies the current limits of the plan.
 * @param keepProfileIds profiles to keep usable on a smaller plan
 * @throws DomainError 404, 409 `plan-needs-choice` with the profiles, when they exceed the limit and none were chosen
 */
export async function changePlan (
  deps: Pick<AccountDeps, 'access' | 'config' | 'events' | 'leases' | 'now'>,
  accountId: string,
  to: PlanId,
  keepProfileIds: readonly string[] | undefined,
): Promise<StoredAccount> {
  const { plans } = deps.config
  const limits = plans.limitsOf(to)
  let lockedIds: readonly string[] = []
  let previousPlan = to
  const account = await editAccount(accountId, (document) => {
    const profiles = summariseProfiles(document)
    const change = decidePlanChange(plans, document.plan, to, profiles, keepProfileIds)
    if (change.needsChoice) throw planNeedsChoice(limits, profiles)
    lockedIds = change.lock
    previousPlan = document.plan
    setPlan(document, to, plans)
    for (const profile of document.profiles) {
      const id = profile._id.toString()
      if (change.lock.includes(id)) profile.locked = true
      if (change.unlock.includes(id)) profile.locked = false
    }
  }, async (document) => {
    await deps.events.writeWithEvents(
      'plan.changed',
      runOnce(async (session) => {
        await document.save({ session })
      }),
      () => previousPlan === to ? [] : [{ data: { accountId, plan: to, previousPlan }, key: null }],
    )
  })
  deps.access.invalidateAccount(accountId)
  const now = deps.now()
  if (lockedIds.length > 0) await endStreamsOfProfiles(accountId, lockedIds, now)
  await applyStreamLimit(accountId, account.limits, account.__v, now)
  deps.leases.invalidate(accountId)
  return account
}

function planNeedsChoice ({ maxProfiles }: PlanLimits, profiles: readonly ProfileSummary[]): Error {
  return conflict(
    'plan-needs-choice',
    'Choose profiles',
    `The plan includes ${maxProfiles} profiles. List the profiles to keep in keepProfileIds. ` +
      'The others are locked and keep their data.',
    { maxProfiles, profiles: profiles.filter(({ locked }) => !locked).map(({ id, name }) => ({ id, name })) },
  )
}
