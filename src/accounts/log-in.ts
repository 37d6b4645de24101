// Log-in. Neither the response nor its time reveals whether an account with the email exists.
import { Account, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { withAuditNote } from '../audit/audit-notes.js'
import { normaliseEmail } from '../domain/email.js'
import type { QueuePlace } from '../security/password-hashing.js'
import { accountDisabled, isDisabled, wrongCredentials } from './credentials.js'
import type { AccountDeps } from './deps.js'
import { countLoginAttempt, type LoginOrigin } from './login-throttling.js'

type LoginDeps = Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>

export interface LoginRequest extends LoginOrigin {
  readonly email: string
  readonly password: string
}

/**
 * Verifies an email and password.
 * @throws DomainError 401 `wrong-credentials` for an unknown email and for a wrong password; 403 `account-disabled`
 * with the right password only; 429 `too-many-attempts`; 503 `busy`, which counts as no attempt
 */
export async function verifyCredentials (deps: LoginDeps, request: LoginRequest): Promise<StoredAccount> {
  return await deps.hasher.withPlace(async (place) => await verifyInPlace(deps, request, place))
}

async function verifyInPlace (
  deps: LoginDeps,
  { email, password, ...origin }: LoginRequest,
  place: QueuePlace,
): Promise<StoredAccount> {
  const { hasher } = deps
  const normalisedEmail = normaliseEmail(email)
  const found = await findAccountByEmail(normalisedEmail)
  // An account that is being erased no longer exists for its owner.
  const account = found?.erasureStartedAt === null ? found : null
  const attempt = await countLoginAttempt(deps, normalisedEmail, account, origin)
  const isRight = account === null
    ? await hasher.verifyDummyHash(password, place)
    : await hasher.verify(password, account.passwordHash, place)
  if (account === null || !isRight) {
    throw withAuditNote(wrongCredentials(), { account: account?._id.toString() ?? null })
  }
  await attempt.succeed()
  if (isDisabled(account)) throw accountDisabled(account)
  if (hasher.needsRehash(account.passwordHash)) {
    await renewPasswordHash(account, await hasher.hash(password, place))
  }
  return account
}

/** Stores the same password at a higher cost, unless it was changed in the meantime. */
async function renewPasswordHash (account: StoredAccount, passwordHash: string): Promise<void> {
  await Account.updateOne({ _id: account._id, passwordHash: account.passwordHash }, { $set: { passwordHash } })
}
