// Log-in. Neither the response nor its time reveals whether an account with the email exists.
import { findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { DomainError } from '../errors.js'
import type { AccountDeps } from './deps.js'
import { countLoginAttempt, type LoginOrigin } from './login-throttling.js'
import { setPasswordHash } from './passwords.js'
import { accountDisabled, isDisabled } from './sessions.js'
import { normaliseEmail } from './sign-up.js'

export interface LoginRequest extends LoginOrigin {
  readonly email: string
  readonly password: string
}

/**
 * Verifies an email and password.
 * @throws DomainError 401 `wrong-credentials` for an unknown email and for a wrong password; 403 `account-disabled`
 * with the right password only; 429 `too-many-attempts`
 */
export async function verifyCredentials (
  deps: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  { email, password, ...origin }: LoginRequest,
): Promise<StoredAccount> {
  const { hasher } = deps
  const normalisedEmail = normaliseEmail(email)
  const account = await findAccountByEmail(normalisedEmail)
  const attempt = await countLoginAttempt(deps, normalisedEmail, account, origin)
  const isRight = account === null
    ? await hasher.verifyDummyHash(password)
    : await hasher.verify(password, account.passwordHash)
  if (account === null || !isRight) {
    throw withAuditNote(wrongCredentials(), { account: account?._id.toString() ?? null })
  }
  await attempt.succeed()
  if (isDisabled(account)) throw accountDisabled(account)
  if (hasher.needsRehash(account.passwordHash)) {
    await setPasswordHash(account._id.toString(), await hasher.hash(password))
  }
  return account
}

const wrongCredentials = (): DomainError =>
  new DomainError(
    401,
    'wrong-credentials',
    'Wrong credentials',
    'The email address or the password is wrong.',
    {},
    { 'www-authenticate': 'Bearer realm="normflix"' },
  )
