// Changes of what an account logs in with. Every change is one write on the condition that the account is as it was
// verified; it invalidates the email tokens of the account and the log-ins that are in progress.
import mongoose from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { DomainError } from '../errors.js'
import type { AccountDeps } from './deps.js'

type VerifiedAccount = Pick<StoredAccount, '_id' | 'credentialsVersion'>
type CredentialChanges = Partial<
  Pick<StoredAccount, 'passwordHash' | 'email' | 'emailVerifiedAt' | 'disabledAt' | 'eraseAt'>
>

/**
 * Changes an account that was read and verified before.
 * @returns false, without a change, when its credentials have changed since, or it no longer exists
 */
export async function changeCredentials (
  deps: Pick<AccountDeps, 'access' | 'now'>,
  { _id, credentialsVersion }: VerifiedAccount,
  changes: CredentialChanges,
): Promise<boolean> {
  const update = { $set: changes, $inc: { credentialsVersion: 1 } }
  const { modifiedCount } = await Account.updateOne({ _id, credentialsVersion }, update)
  if (modifiedCount === 0) return false
  await afterCredentialChange(deps, _id)
  return true
}

/** Changes an account whatever its credentials are, for administrators. */
export async function forceCredentialChange (
  deps: Pick<AccountDeps, 'access' | 'now'>,
  accountId: string,
  changes: CredentialChanges,
): Promise<void> {
  await Account.updateOne({ _id: accountId }, { $set: changes, $inc: { credentialsVersion: 1 } })
  await afterCredentialChange(deps, new mongoose.Types.ObjectId(accountId))
}

/** The tokens are invalid already, because the number in them differs. Marking them keeps the collection truthful. */
async function afterCredentialChange (
  { access, now }: Pick<AccountDeps, 'access' | 'now'>,
  accountId: StoredAccount['_id'],
): Promise<void> {
  access.invalidateAccount(accountId.toString())
  await EmailToken.updateMany({ account: accountId, usedAt: null }, { $set: { usedAt: now() } })
}

/** Whether a log-in that verified `before` may still leave a session behind. */
export function hasSameCredentials (before: VerifiedAccount, current: StoredAccount | null): current is StoredAccount {
  return current !== null && current.credentialsVersion === before.credentialsVersion &&
    current.erasureStartedAt === null && !isDisabled(current)
}

export function isDisabled ({ disabledAt }: Pick<StoredAccount, 'disabledAt'>): boolean {
  return disabledAt !== null
}

/** Thrown only after the caller has proved to know the password. */
export function accountDisabled ({ _id }: Pick<StoredAccount, '_id'>): DomainError {
  const error = new DomainError(
    403,
    'account-disabled',
    'Account disabled',
    'This account was disabled. Contact the operator of the service.',
  )
  return withAuditNote(error, { account: _id.toString() })
}

export function wrongCredentials (): DomainError {
  return new DomainError(
    401,
    'wrong-credentials',
    'Wrong credentials',
    'The email address or the password is wrong.',
    {},
    { 'www-authenticate': 'Bearer realm="normflix"' },
  )
}

/** @param field of the request that contains the password */
export function wrongPassword (field: string): DomainError {
  return new DomainError(403, 'wrong-password', 'Wrong password', `${field} is not the password of this account.`)
}
