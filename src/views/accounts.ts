// Views of accounts, sessions and plan changes.
import type { StoredAccount } from '../../models/account.js'
import type { StoredDeviceLogin } from '../../models/device-login.js'
import type { StoredSession } from '../../models/session.js'
import type { PlanPreview as PreviewedChange } from '../accounts/plan-change.js'
import type { Account, AccountDetail, AccountSummary, Session } from '../schemas/account.js'
import type { DeviceLogIn } from '../schemas/device-log-in.js'
import type { PlanPreview } from '../schemas/plans.js'
import type { Stream } from '../schemas/streams.js'
import { toProfile } from './profiles.js'

export function toAccount (account: StoredAccount): Account {
  return {
    id: account._id.toString(),
    email: account.email,
    emailVerified: account.emailVerifiedAt !== null,
    plan: account.plan,
    role: account.role,
    profiles: account.profiles.map(toProfile),
    createdAt: account.createdAt.toISOString(),
  }
}

export function toAccountSummary (account: StoredAccount): AccountSummary {
  return {
    id: account._id.toString(),
    email: account.email,
    emailVerified: account.emailVerifiedAt !== null,
    plan: account.plan,
    role: account.role,
    disabledAt: account.disabledAt?.toISOString() ?? null,
    eraseAt: account.eraseAt?.toISOString() ?? null,
    profileCount: account.profiles.length,
    createdAt: account.createdAt.toISOString(),
  }
}

export function toAccountDetail (
  account: StoredAccount,
  sessions: readonly StoredSession[],
  streams: Stream[],
): AccountDetail {
  return {
    ...toAccountSummary(account),
    limits: account.limits,
    profiles: account.profiles.map(({ _id, name, kids, pinHash, locked }) => ({
      id: _id.toString(),
      name,
      kids,
      hasPin: pinHash !== null,
      locked,
    })),
    sessions: sessions.map(toSessionFields),
    streams,
  }
}

/** @param currentSessionId the session of the request */
export function toSession (session: StoredSession, currentSessionId: string): Session {
  const fields = toSessionFields(session)
  return { ...fields, current: fields.id === currentSessionId }
}

export function toPlanPreview ({ profiles, limits, lock, unlock, ...preview }: PreviewedChange): PlanPreview {
  const findProfiles = (ids: readonly string[]): PlanPreview['lock'] =>
    profiles.filter((profile) => ids.includes(profile.id)).map(({ id, name }) => ({ id, name }))
  return { ...preview, ...limits, lock: findProfiles(lock), unlock: findProfiles(unlock) }
}

function toSessionFields ({ _id, device, createdAt, lastUsedAt }: StoredSession): Omit<Session, 'current'> {
  return {
    id: _id.toString(),
    device,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }
}

/** @param ipAddress of the request, see `ipAddressKey` */
export function toDeviceLogIn (stored: StoredDeviceLogin, ipAddress: string): DeviceLogIn {
  return {
    clientId: stored.clientId,
    device: stored.device,
    ipAddress: stored.ipAddress,
    sameNetwork: stored.ipAddress === ipAddress,
    createdAt: stored.createdAt.toISOString(),
    expiresAt: stored.expiresAt.toISOString(),
  }
}
