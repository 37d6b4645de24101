// Actions that are confirmed by a link in an email: verifying an email, resetting a password, changing the email.
// Neither the response nor its time reveals whether an account has the email: the work runs in the background.
import { randomBytes } from 'node:crypto'
import { Account, findAccount, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { EmailToken, emailTokenId, type EmailTokenKind, type StoredEmailToken } from '../../models/email-token.js'
import { isDuplicateKey } from '../../models/upsert.js'
import type { AuditNote } from '../audit/audit-notes.js'
import { normaliseEmail } from '../domain/email.js'
import { badRequest } from '../errors.js'
import type { EmailMessage } from '../mail/mailer.js'
import {
  changeEmailMessage,
  emailChangedMessage,
  passwordChangedMessage,
  resetPasswordMessage,
  verifyEmailMessage,
} from '../mail/templates.js'
import { countAttempt, throttleKey, type ThrottlePolicy } from '../security/throttle.js'
import { changeCredentials } from './credentials.js'
import type { AccountDeps } from './deps.js'
import { resetLoginAttempts } from './login-throttling.js'
import { assertPassword } from './passwords.js'
import { endAllSessions } from './sessions.js'
import { emailTaken, requireEmail } from './sign-up.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

interface EmailTokenType {
  readonly ttlMs: number
  /** Path of the page that the link opens. */
  readonly path: string
  composeMessage(to: string, url: string): EmailMessage
}

const TOKEN_TYPES: Readonly<Record<EmailTokenKind, EmailTokenType>> = {
  'verify-email': { ttlMs: 24 * HOUR_MS, path: 'confirm-email', composeMessage: verifyEmailMessage },
  'change-email': { ttlMs: 24 * HOUR_MS, path: 'confirm-email', composeMessage: changeEmailMessage },
  'reset-password': { ttlMs: HOUR_MS / 2, path: 'reset-password', composeMessage: resetPasswordMessage },
}
/** Limits requested emails per recipient, so that the service cannot be used to flood a mailbox. */
const EMAIL_POLICY: ThrottlePolicy = {
  freeAttempts: 4,
  firstWaitMs: 5 * MINUTE_MS,
  maxWaitMs: HOUR_MS,
  resetAfterMs: 6 * HOUR_MS,
}

const emailTokenInvalid = (): Error =>
  badRequest('mail-link-invalid', 'The link is invalid, expired or already used. Request a new one.')

/** Sends a link with a new token, unless the recipient has received too many. */
async function sendEmailToken (
  deps: AccountDeps,
  kind: EmailTokenKind,
  account: Pick<StoredAccount, '_id' | 'credentialsVersion'>,
  email: string,
): Promise<void> {
  const now = deps.now()
  if (await countAttempt(throttleKey(deps.keys, 'mail', email), EMAIL_POLICY, now) > 0) return
  const { ttlMs, path, composeMessage } = TOKEN_TYPES[kind]
  const expiresAt = new Date(now.getTime() + ttlMs)
  const token = randomBytes(32).toString('base64url')
  await EmailToken.create({
    _id: emailTokenId(token),
    kind,
    account: account._id,
    email,
    credentialsVersion: account.credentialsVersion,
    createdAt: now,
    expiresAt,
    usedAt: null,
  })
  const message = composeMessage(email, `${deps.config.publicUrl}/${path}?token=${token}`)
  await deps.outbox.send(account._id, message, expiresAt)
}

/** Sends a link that verifies the email of an account. */
export function requestEmailVerification (deps: AccountDeps, account: StoredAccount): void {
  deps.background.runInBackground('sending an email verification', async () => {
    await sendEmailToken(deps, 'verify-email', account, account.email)
  })
}

/** Sends a link that resets the password, if an account has the email. */
export function requestPasswordReset (deps: AccountDeps, email: string): void {
  const normalisedEmail = normaliseEmail(email)
  deps.background.runInBackground('sending a password reset', async () => {
    const account = await findAccountByEmail(normalisedEmail)
    if (account !== null) await sendEmailToken(deps, 'reset-password', account, account.email)
  })
}

/**
 * Sends a link to a new email that changes the email of an account.
 * @param account as it was when the owner confirmed the password
 * @throws DomainError 400 for a text that is not an email, 409 `email-taken`
 */
export async function requestEmailChange (
  deps: AccountDeps,
  account: StoredAccount,
  newEmail: string,
): Promise<void> {
  const email = requireEmail(newEmail)
  if (await findAccountByEmail(email) !== null) throw emailTaken()
  deps.background.runInBackground('sending a confirmation of a new email', async () => {
    await sendEmailToken(deps, 'change-email', account, email)
  })
}

export function notifyPasswordChanged (deps: AccountDeps, { _id, email }: Pick<StoredAccount, '_id' | 'email'>): void {
  deps.background.runInBackground('sending the email about a changed password', async () => {
    await deps.outbox.send(_id, passwordChangedMessage(email))
  })
}

/**
 * Finds a token that is valid for one of the kinds, and its account. The credentials of the account are the same as
 * when the token was requested.
 * @throws DomainError 400 `mail-link-invalid`
 */
async function findEmailToken (
  { now }: AccountDeps,
  token: string,
  kinds: readonly EmailTokenKind[],
): Promise<{ emailToken: StoredEmailToken, account: StoredAccount }> {
  const emailToken = await EmailToken.findById(emailTokenId(token)).lean<StoredEmailToken>()
  if (emailToken === null || !kinds.includes(emailToken.kind)) throw emailTokenInvalid()
  if (emailToken.usedAt !== null || emailToken.expiresAt <= now()) throw emailTokenInvalid()
  const account = await findAccount(emailToken.account)
  if (account === null || account.credentialsVersion !== emailToken.credentialsVersion) throw emailTokenInvalid()
  return { emailToken, account }
}

/** Marks a token as used. Of several concurrent requests, one succeeds. @throws DomainError 400 `mail-link-invalid` */
async function consumeEmailToken ({ now }: AccountDeps, { _id }: StoredEmailToken): Promise<void> {
  const { modifiedCount } = await EmailToken.updateOne({ _id, usedAt: null }, { $set: { usedAt: now() } })
  if (modifiedCount === 0) throw emailTokenInvalid()
}

/**
 * Sets a new password with an email token. Every session ends, every other email token of the account becomes invalid,
 * and its failed log-in attempts are forgotten, also those of the caller's IP address.
 * @param ipAddress key of the IP address of the caller, see `ipAddressKey`
 * @returns the ID of the account
 * @throws DomainError 400 `mail-link-invalid`, or with the rule that the password breaks; the token then remains valid
 */
export async function resetPassword (
  deps: AccountDeps,
  token: string,
  password: string,
  ipAddress: string,
): Promise<string> {
  const { emailToken, account } = await findEmailToken(deps, token, ['reset-password'])
  assertPassword(deps, password, account.email, '/password')
  const passwordHash = await deps.hasher.hash(password)
  await consumeEmailToken(deps, emailToken)
  // The token also proves that the owner receives emails.
  const emailVerifiedAt = account.emailVerifiedAt ?? deps.now()
  if (!await changeCredentials(deps, account, { passwordHash, emailVerifiedAt })) throw emailTokenInvalid()
  const accountId = account._id.toString()
  await endAllSessions(deps, accountId, null, 'password-reset')
  await resetLoginAttempts(deps, account, ipAddress)
  notifyPasswordChanged(deps, account)
  return accountId
}

/**
 * Verifies the email of an account, or changes it to a new one.
 * @returns context for the audit log
 * @throws DomainError 400 `mail-link-invalid`, 409 `email-taken`
 */
export async function confirmEmail (deps: AccountDeps, token: string): Promise<AuditNote> {
  const { emailToken, account } = await findEmailToken(deps, token, ['verify-email', 'change-email'])
  const { kind, email } = emailToken
  await consumeEmailToken(deps, emailToken)
  if (kind === 'change-email') await changeEmail(deps, account, email)
  else await markEmailVerified(deps, account)
  return { account: account._id.toString(), reason: kind }
}

async function markEmailVerified ({ now }: AccountDeps, { _id, credentialsVersion }: StoredAccount): Promise<void> {
  const { matchedCount } = await Account.updateOne({ _id, credentialsVersion }, { $set: { emailVerifiedAt: now() } })
  if (matchedCount === 0) throw emailTokenInvalid()
}

async function changeEmail (deps: AccountDeps, account: StoredAccount, email: string): Promise<void> {
  try {
    const isChanged = await changeCredentials(deps, account, { email, emailVerifiedAt: deps.now() })
    if (!isChanged) throw emailTokenInvalid()
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken()
    throw error
  }
  deps.background.runInBackground('sending the email about a changed email', async () => {
    await deps.outbox.send(account._id, emailChangedMessage(account.email, email))
  })
}
