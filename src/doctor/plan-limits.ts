// Accounts that exceed the limits of their plan, have the limits of another plan, or a plan that is no longer on offer.
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { AccountStreams, isLeaseLive, type StoredStreams } from '../../models/account-streams.js'
import { changePlan } from '../accounts/plan-change.js'
import { countUsableProfiles, decidePlanChange, isSameLimits, type PlanLimits } from '../domain/plans.js'
import { applyStreamLimit } from '../watching/streams/stream-leases.js'
import type { Check, DoctorDeps, Finding } from './findings.js'

type AccountLimits = Pick<StoredAccount, '_id' | 'plan' | 'limits' | 'profiles' | '__v'>

const FIELDS = 'plan limits profiles._id profiles.name profiles.locked __v'

export const planLimits: Check = {
  name: 'plan-limits',
  objects: 'accounts',
  async *find (deps, countChecked) {
    const accounts = Account.find().select(FIELDS).lean<AccountLimits[]>().cursor() as AsyncIterable<AccountLimits>
    for await (const account of accounts) {
      countChecked()
      const findings = [checkPlan(deps, account), checkProfiles(account), await checkStreams(deps, account)]
      for (const finding of findings) if (finding !== null) yield finding
    }
  },
}

const accountSubject = ({ _id }: Pick<AccountLimits, '_id'>): string => `account ${_id.toString()}`

function checkPlan (deps: DoctorDeps, account: AccountLimits): Finding | null {
  const { plans } = deps.config
  const plan = plans.find(account.plan)
  const subject = accountSubject(account)
  if (plan === null) {
    const problem = `plan ${account.plan} is no longer on offer: the account keeps its limits until its plan changes`
    return { subject, problem, fix: null }
  }
  if (isSameLimits(account.limits, plan)) return null
  const profiles = account.profiles.map(({ _id, name, locked }) => ({ id: _id.toString(), name, locked }))
  const { needsChoice } = decidePlanChange(plans, account.plan, account.plan, profiles)
  const problem = `limits ${describeLimits(account.limits)} differ from plan ${plan.id}, ${describeLimits(plan)}`
  if (needsChoice) return { subject, problem: `${problem}: change the plan with keepProfileIds`, fix: null }
  return {
    subject,
    problem,
    fix: async () => {
      await changePlan(deps, account._id.toString(), account.plan, undefined)
    },
  }
}

function describeLimits ({ maxProfiles, maxStreams, maxHeight }: PlanLimits): string {
  return `${maxProfiles} profiles, ${maxStreams} streams, ${maxHeight}p`
}

function checkProfiles (account: AccountLimits): Finding | null {
  const usable = countUsableProfiles(account.profiles)
  const { maxProfiles } = account.limits
  const subject = accountSubject(account)
  if (usable === 0) return { subject, problem: 'has no usable profile', fix: null }
  if (usable <= maxProfiles) return null
  const problem = `has ${usable} usable profiles, the limit is ${maxProfiles}: change the plan with keepProfileIds`
  return { subject, problem, fix: null }
}

async function checkStreams (deps: DoctorDeps, account: AccountLimits): Promise<Finding | null> {
  const streams = await AccountStreams.findById(account._id).lean<StoredStreams>()
  if (streams === null) return null
  const { maxStreams, maxHeight } = account.limits
  const live = streams.leases.filter((lease) => isLeaseLive(lease, deps.now())).length
  const hasCopiedLimits = streams.maxStreams === maxStreams && streams.maxHeight === maxHeight
  if (live <= maxStreams && hasCopiedLimits) return null
  const problem = live > maxStreams
    ? `has ${live} live streams, the limit is ${maxStreams}`
    : `its streams are limited to ${streams.maxStreams} at ${streams.maxHeight}p, ` +
      `its plan to ${maxStreams} at ${maxHeight}p`
  return {
    subject: accountSubject(account),
    problem,
    fix: async () => {
      const current = await findAccount(account._id)
      if (current !== null) await applyStreamLimit(current._id.toString(), current.limits, current.__v, deps.now())
    },
  }
}
