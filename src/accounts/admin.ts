// What administrators do to accounts: finding them, disabling and enabling them, giving and taking their role.
import mongoose, { Types } from 'mongoose'
import { Account, findAccount, type Role, type StoredAccount } from '../../models/account.js'
import { conflict, notFound } from '../errors.js'
import type { AccountDeps } from './deps.js'
import { ensureAdminRemains } from './last-admin.js'
import { isDisabled, endAllSessions } from './sessions.js'
import { normaliseEmail } from './sign-in.js'

export interface AccountSearch {
  readonly email?: string
  readonly plan?: string
  readonly role?: Role
  readonly disabled?: boolean
  /** The id of the last account of the page before. */
  readonly after: string | null
  readonly limit: number
}

/** One page of accounts, the newest first. */
export async function searchAccounts (
  { email, plan, role, disabled, after, limit }: AccountSearch,
): Promise<{ accounts: StoredAccount[], next: string | null }> {
  const filter = {
    ...(email === undefined ? {} : { email: normaliseEmail(email) }),
    ...(plan === undefined ? {} : { plan }),
    ...(role === undefined ? {} : { role }),
    // Accounts from before they could be disabled have no such member: null finds them too.
    ...(disabled === undefined ? {} : { disabledAt: disabled ? mongoose.trusted({ $gt: new Date(0) }) : null }),
    ...(after === null ? {} : { _id: mongoose.trusted({ $lt: new Types.ObjectId(after) }) }),
  }
  const found = await Account.find(filter as never)
    .select('email emailVerifiedAt plan role disabledAt eraseAt profiles._id createdAt')
    .sort({ _id: -1 }).limit(limit + 1).lean<StoredAccount[]>()
  const accounts = found.slice(0, limit)
  return { accounts, next: found.length > limit ? accounts.at(-1)?._id.toString() ?? null : null }
}

/**
 * Disables an account: nobody signs in any more, and every session and stream ends. Repeating it changes nothing.
 * @throws DomainError 404, 409 `own-account`, `last-admin`
 */
export async function disableAccount (
  services: AccountDeps,
  actorId: string,
  accountId: string,
): Promise<StoredAccount> {
  if (actorId === accountId) {
    throw conflict('own-account', 'Your own account', 'Another administrator has to disable this account.')
  }
  const account = await requireAccount(accountId)
  if (!isDisabled(account)) {
    await Account.updateOne({ _id: accountId }, { $set: { disabledAt: services.now() } })
    await ensureAdminRemains(account, async () => {
      await Account.updateOne({ _id: accountId }, { $set: { disabledAt: null } })
    })
  }
  await endAllSessions(services, accountId, null, 'account-disabled')
  services.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

/** Lets people sign in to an account again. @throws DomainError 404 */
export async function enableAccount (services: AccountDeps, accountId: string): Promise<StoredAccount> {
  const account = await requireAccount(accountId)
  if (!isDisabled(account)) return account
  await Account.updateOne({ _id: accountId }, { $set: { disabledAt: null } })
  services.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

/**
 * Gives an account a role. Taking one away ends its sessions, because their tokens say what it was.
 * @throws DomainError 404, 409 `last-admin`
 */
export async function changeRole (services: AccountDeps, accountId: string, role: Role): Promise<StoredAccount> {
  const account = await requireAccount(accountId)
  if (account.role === role) return account
  await Account.updateOne({ _id: accountId }, { $set: { role } })
  if (role === 'member') {
    await ensureAdminRemains(account, async () => {
      await Account.updateOne({ _id: accountId }, { $set: { role: 'admin' } })
    })
    await endAllSessions(services, accountId, null, 'role-changed')
  }
  services.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

async function requireAccount (accountId: string): Promise<StoredAccount> {
  const account = await findAccount(accountId)
  if (account === null) throw notFound('account')
  return account
}
