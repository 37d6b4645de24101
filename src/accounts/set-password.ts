// Setting somebody's password from outside, for whoever runs the service.
import type { StoredAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import type { Config } from '../config.js'
import { createLeaseCheck } from '../media/delivery/lease-check.js'
import { createKeyRing } from '../security/key-ring.js'
import { createPasswordHasher } from '../security/password-hashing.js'
import { createAccountAccess } from './access.js'
import { resetLoginAttempts } from './login-throttling.js'
import { endAllSessions } from './sessions.js'
import { assertPassword, setPasswordHash } from './sign-in.js'

/**
 * Sets a password, ends every session, voids links that were mailed to choose one, and forgets wrong guesses.
 * @throws DomainError 400 naming the rule that the password breaks
 */
export async function setPassword (config: Config, account: StoredAccount, password: string): Promise<void> {
  assertPassword({ config }, password, account.email, '/password')
  const now = (): Date => new Date()
  const accountId = account._id.toString()
  const hasher = createPasswordHasher({ pepper: config.passwordPepper, cost: config.bcryptCost })
  try {
    await setPasswordHash(accountId, await hasher.hash(password))
  } finally {
    await hasher.close()
  }
  await EmailToken.updateMany({ account: account._id, kind: 'reset-password', usedAt: null }, {
    $set: { usedAt: now() },
  })
  await endAllSessions(
    { access: createAccountAccess(now), leases: createLeaseCheck(now), now },
    accountId,
    null,
    'password-reset',
  )
  await resetLoginAttempts({ keys: createKeyRing(config.signingKeys), config, now }, account.email)
}
