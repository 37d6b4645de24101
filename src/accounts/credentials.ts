// Changes of what an account logs in with. Every change is one write on the condition that the account is as it was
// verified; it invalidates the email tokens of the account and the log-ins that are in progress.
import mongoose from 'mongoose'
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { DomainError, unauthorized, unavailable } from '../errors.js'
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

/**
 * Changes the account of a signed-in caller who has confirmed the password. Another change of the credentials that
 * leaves the password, such as a new email, does not prevent it.
 * @param account as it was when the caller confirmed the password
 * @param field of the request that contains the password
 * @throws DomainError 401 when the account was closed, disabled or erased in the meantime, 403 `wrong-password` when
 *   its password was changed
 */
export async function changeConfirmed (
  deps: Pick<AccountDeps, 'access' | 'now'>,
  account: StoredAccount,
  changes: CredentialChanges,
  field: string,
): Promise<void> {
  for (let confirmed = account; !await changeCredentials(deps, confirmed, changes);) {
    const current = await findAccount(account._id)
    // As for a request after the change, which has ended the session.
    if (current === null || isClosed(current) || isDisabled(current)) throw unauthorized()
    if (current.passwordHash !== account.passwordHash) throw wrongPassword(field)
    confirmed = current
  }
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

function isClosed ({ eraseAt, erasureStartedAt }: StoredAccount): boolean {
  return eraseAt !== null || erasureStartedAt !== null
}

export function isDisabled ({ disabledAt }: Pick<StoredAccount, 'disabledAt'>): boolean {
  return disabledAt !== null
}

/**
 * Rejection of a log-in whose account was changed after the password was verified. Only a password that is still right
 * learns about the change.
 * @param current null when the account was erased
 */
export function rejectedLogin ({ passwordHash }: StoredAccount, current: StoredAccount | null): DomainError {
  if (current === null) return wrongCredentials()
  const isRight = current.passwordHash === passwordHash && current.erasureStartedAt === null
  if (isRight && isDisabled(current)) return accountDisabled(current)
  const rejection = isRight
    ? unavailable('busy', 'The account was changed at the same time. Log in again.', 1)
    : wrongCredentials()
  return withAuditNote(rejection, { account: current._id.toString() })
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
