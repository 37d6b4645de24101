// Accounts against their plans: over a limit, on other limits than their plan has, on a plan that there is no more.
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { AccountStreams, isLeaseLive, type StoredStreams } from '../../models/account-streams.js'
import { changePlan } from '../accounts/plan-change.js'
import { countUsableProfiles, decidePlanChange, findPlan, isSameLimits } from '../domain/plans.js'
import { applyStreamLimit } from '../watching/streams/stream-leases.js'
import type { Check, DoctorDeps, Finding } from './findings.js'

type Limited = Pick<StoredAccount, '_id' | 'plan' | 'limits' | 'profiles' | '__v'>

export const accountLimits: Check = {
  name: 'accounts',
  async *find (services, look) {
    const accounts = Account.find().select('plan limits profiles._id profiles.name profiles.locked __v').lean<
      Limited[]
    >().cursor()
    for await (const account of accounts as AsyncIterable<Limited>) {
      look()
      for (
        const finding of [
          planFinding(services, account),
          profilesFinding(account),
          await streamsFinding(services, account),
        ]
      ) if (finding !== null) yield finding
    }
  },
}

const subjectOf = ({ _id }: Pick<Limited, '_id'>): string => `account ${_id.toString()}`

function planFinding (services: DoctorDeps, account: Limited): Finding | null {
  const plan = findPlan(account.plan)
  const subject = subjectOf(account)
  if (plan === null) {
    return {
      subject,
      problem: `plan ${account.plan} is not offered any more: it keeps its limits until its plan is changed`,
      mend: null,
    }
  }
  if (isSameLimits(account.limits, plan)) return null
  const profiles = account.profiles.map(({ _id, name, locked }) => ({ id: _id.toString(), name, locked }))
  const { needsChoice } = decidePlanChange(account.plan, account.plan, profiles)
  const problem = `limits ${textOf(account)} differ from plan ${plan.id}, ${textOf({ limits: plan })}`
  if (needsChoice) return { subject, problem: `${problem}: change the plan naming keepProfileIds`, mend: null }
  return {
    subject,
    problem,
    mend: async () => {
      await changePlan(services, account._id.toString(), account.plan, undefined)
    },
  }
}

function textOf ({ limits: { maxProfiles, maxStreams, maxHeight } }: Pick<Limited, 'limits'>): string {
  return `${maxProfiles} profiles, ${maxStreams} streams, ${maxHeight}p`
}

function profilesFinding (account: Limited): Finding | null {
  const usable = countUsableProfiles(account.profiles)
  const { maxProfiles } = account.limits
  if (usable === 0) return { subject: subjectOf(account), problem: 'has no profile that can be used', mend: null }
  return usable <= maxProfiles
    ? null
    : {
      subject: subjectOf(account),
      problem: `${usable} usable profiles where ${maxProfiles} fit: change the plan naming keepProfileIds`,
      mend: null,
    }
}

async function streamsFinding (services: DoctorDeps, account: Limited): Promise<Finding | null> {
  const streams = await AccountStreams.findById(account._id).lean<StoredStreams>()
  if (streams === null) return null
  const { maxStreams } = account.limits
  const live = streams.slots.filter((slot) => isLeaseLive(slot, services.now())).length
  if (live <= maxStreams && streams.maxStreams === maxStreams) return null
  const problem = live > maxStreams
    ? `${live} streams where ${maxStreams} may play`
    : `its streams are limited to ${streams.maxStreams}, its plan to ${maxStreams}`
  return {
    subject: subjectOf(account),
    problem,
    mend: async () => {
      const now = await findAccount(account._id)
      if (now !== null) await applyStreamLimit(now._id.toString(), now.limits, now.__v, services.now())
    },
  }
}
