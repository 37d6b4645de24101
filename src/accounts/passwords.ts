// Passwords of accounts: the rules, confirmation by a signed-in caller, and setting a new one.
import type { StoredAccount } from '../../models/account.js'
import { MAX_PASSWORD_LENGTH } from '../domain/vocabulary.js'
import { validationFailed } from '../errors.js'
import { checkPassword, type PasswordRejection } from '../security/password-rules.js'
import { changeConfirmed, forceCredentialChange, wrongPassword } from './credentials.js'
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
  const { code, message } = rejection
  throw validationFailed(
    [{ pointer, code: PASSWORD_CODES[code], message, ...limitOf(config, code) }],
    `The password ${message}.`,
  )
}

const PASSWORD_CODES = {
  'password-too-short': 'too-short',
  'password-too-long': 'too-long',
  'password-common': 'common-password',
  'password-personal': 'personal-password',
} as const

/** The length that a rejected password does not respect, characters. */
function limitOf (
  { passwordMinLength }: AccountDeps['config'],
  code: PasswordRejection['code'],
): { readonly limit?: number } {
  if (code === 'password-too-short') return { limit: passwordMinLength }
  return code === 'password-too-long' ? { limit: MAX_PASSWORD_LENGTH } : {}
}

/**
 * Verifies the password of a signed-in caller.
 * @param field of the request that contains the password
 * @throws DomainError 403 `wrong-password`, 429 `too-many-attempts`, 503 `busy`, which counts as no attempt
 */
export async function verifyOwnPassword (
  deps: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  account: StoredAccount,
  password: string,
  field: string,
): Promise<void> {
  await deps.hasher.withPlace(async (place) => {
    const attempt = await countPasswordConfirmation(deps, account._id.toString())
    if (!await deps.hasher.verify(password, account.passwordHash, place)) throw wrongPassword(field)
    await attempt.succeed()
  })
}

/**
 * Changes the password of a signed-in caller, and ends all other sessions.
 * @param account as it was when the caller confirmed the current password
 * @throws DomainError 400 with the rule that the password breaks, and as `changeConfirmed`
 */
export async function changeOwnPassword (
  deps: AccountDeps,
  account: StoredAccount,
  newPassword: string,
  sessionId: string,
): Promise<void> {
  assertPassword(deps, newPassword, account.email, '/newPassword')
  const passwordHash = await deps.hasher.hash(newPassword)
  await changeConfirmed(deps, account, { passwordHash }, 'currentPassword')
  await endAllSessions(deps, account._id.toString(), sessionId, 'password-changed')
}

/**
 * Sets a password for the operator, ends every session, invalidates the email tokens of the account and resets its
 * failed log-in attempts.
 * @throws DomainError 400 with the rule that the password breaks
 */
export async function setPassword (deps: AccountDeps, account: StoredAccount, password: string): Promise<void> {
  assertPassword(deps, password, account.email, '/password')
  const accountId = account._id.toString()
  await forceCredentialChange(deps, accountId, { passwordHash: await deps.hasher.hash(password) })
  await endAllSessions(deps, accountId, null, 'password-reset')
  await resetLoginAttempts(deps, account, null)
}
