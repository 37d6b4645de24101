// Passwords of accounts: the rules, confirmation by a signed-in caller, and setting a new one.
import { Account, type StoredAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import { DomainError, validationFailed } from '../errors.js'
import { checkPassword } from '../security/password-rules.js'
import type { AccountDeps } from './deps.js'
import { countPasswordConfirmation, resetLoginAttempts } from './login-throttling.js'
import { endAllSessions } from './sessions.js'

/**
 * @param pointer JSON Pointer of the password in the request
 * @throws DomainError 400 with the rule that the password breaks
 */
export function assertPassword (
  { config }: Pick<AccountDeps, 'config'>,
  password: string,
  email: string,
  pointer: string,
): void {
  const rejection = checkPassword(password, { email, minLength: config.passwordMinLength })
  if (rejection === null) return
  throw validationFailed([{ pointer, message: rejection.message }], `The password ${rejection.message}.`)
}

/**
 * Verifies the password of a signed-in caller.
 * @param field of the request that contains the password
 * @throws DomainError 403 `wrong-password`, 429 `too-many-attempts`
 */
export async function verifyOwnPassword (
  deps: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  account: StoredAccount,
  password: string,
  field: string,
): Promise<void> {
  const attempt = await countPasswordConfirmation(deps, account._id.toString())
  if (!await deps.hasher.verify(password, account.passwordHash)) {
    throw new DomainError(403, 'wrong-password', 'Wrong password', `${field} is not the password of this account.`)
  }
  await attempt.succeed()
}

export async function setPasswordHash (accountId: string, passwordHash: string): Promise<void> {
  await Account.updateOne({ _id: accountId }, { $set: { passwordHash } })
}

/**
 * Sets a password for the operator, ends every session, invalidates the password reset links of the account and resets
 * its failed log-in attempts.
 * @throws DomainError 400 with the rule that the password breaks
 */
export async function setPassword (deps: AccountDeps, account: StoredAccount, password: string): Promise<void> {
  assertPassword(deps, password, account.email, '/password')
  const accountId = account._id.toString()
  await setPasswordHash(accountId, await deps.hasher.hash(password))
  await EmailToken.updateMany({ account: account._id, kind: 'reset-password', usedAt: null }, {
    $set: { usedAt: deps.now() },
  })
  await endAllSessions(deps, accountId, null, 'password-reset')
  await resetLoginAttempts(deps, account.email)
}
