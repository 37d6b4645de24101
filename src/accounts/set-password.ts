// Sets the password of an account from the command line.
import type { StoredAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import type { AccountDeps } from './deps.js'
import { resetLoginAttempts } from './login-throttling.js'
import { endAllSessions } from './sessions.js'
import { assertPassword, setPasswordHash } from './sign-in.js'

/**
 * Sets a password, ends every session, voids the account's password reset links and resets its failed log-in attempts.
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
