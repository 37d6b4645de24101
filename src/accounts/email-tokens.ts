// Actions that are confirmed by a link in an email: verifying an email, resetting a password, changing the email.
// Neither the response nor its time reveals whether an account has the email: the work runs in the background.
import { randomBytes } from 'node:crypto'
import { Account, findAccount, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { EmailToken, emailTokenId, type EmailTokenKind, type StoredEmailToken } from '../../models/email-token.js'
import { isDuplicateKey } from '../../models/upsert.js'
import type { AuditNote } from '../audit/audit-notes.js'
import { badRequest, notFound } from '../errors.js'
import type { EmailMessage } from '../mail/mailer.js'
import {
  changeEmailMessage,
  emailChangedMessage,
  passwordChangedMessage,
  resetPasswordMessage,
  verifyEmailMessage,
} from '../mail/templates.js'
import { countAttempt, throttleKey, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import { assertPassword, setPasswordHash } from './passwords.js'
import { endAllSessions } from './sessions.js'
import { emailTaken, normaliseEmail } from './sign-up.js'

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
  accountId: StoredAccount['_id'],
  email: string,
): Promise<void> {
  const now = deps.now()
  if (await countAttempt(throttleKey(deps.keys, 'mail', email), EMAIL_POLICY, now) > 0) return
  const { ttlMs, path, composeMessage } = TOKEN_TYPES[kind]
  const token = randomBytes(32).toString('base64url')
  await EmailToken.create({
    _id: emailTokenId(token),
    kind,
    account: accountId,
    email,
    createdAt: now,
    expiresAt: new Date(now.getTime() + ttlMs),
    usedAt: null,
  })
  await deps.mailer.send(composeMessage(email, `${deps.config.publicUrl}/${path}?token=${token}`))
}

/** Sends a link that verifies the email of an account. */
export function requestEmailVerification (deps: AccountDeps, account: Pick<StoredAccount, '_id' | 'email'>): void {
  deps.background.runInBackground('sending an email verification', async () => {
    await sendEmailToken(deps, 'verify-email', account._id, account.email)
  })
}

/** Sends a link that resets the password, if an account has the email. */
export function requestPasswordReset (deps: AccountDeps, email: string): void {
  const normalisedEmail = normaliseEmail(email)
  deps.background.runInBackground('sending a password reset', async () => {
    const account = await findAccountByEmail(normalisedEmail)
    if (account !== null) await sendEmailToken(deps, 'reset-password', account._id, normalisedEmail)
  })
}

/** Sends a link to a new email that changes the email of an account. @throws DomainError 409 `email-taken` */
export async function requestEmailChange (
  deps: AccountDeps,
  account: Pick<StoredAccount, '_id'>,
  newEmail: string,
): Promise<void> {
  const email = normaliseEmail(newEmail)
  if (await findAccountByEmail(email) !== null) throw emailTaken()
  deps.background.runInBackground('sending a confirmation of a new email', async () => {
    await sendEmailToken(deps, 'change-email', account._id, email)
  })
}

export function notifyPasswordChanged (deps: AccountDeps, { email }: Pick<StoredAccount, 'email'>): void {
  deps.background.runInBackground('sending the email about a changed password', async () => {
    await deps.mailer.send(passwordChangedMessage(email))
  })
}

/** Finds a token that is valid for one of the kinds. @throws DomainError 400 `mail-link-invalid` */
async function findEmailToken (
  { now }: AccountDeps,
  token: string,
  kinds: readonly EmailTokenKind[],
): Promise<StoredEmailToken> {
  const stored = await EmailToken.findById(emailTokenId(token)).lean<StoredEmailToken>()
  if (stored === null || !kinds.includes(stored.kind) || stored.usedAt !== null || stored.expiresAt <= now()) {
    throw emailTokenInvalid()
  }
  return stored
}

/** Marks a token as used. Of several concurrent requests, one succeeds. @throws DomainError 400 `mail-link-invalid` */
async function consumeEmailToken ({ now }: AccountDeps, { _id }: StoredEmailToken): Promise<void> {
  const { modifiedCount } = await EmailToken.updateOne({ _id, usedAt: null }, { $set: { usedAt: now() } })
  if (modifiedCount === 0) throw emailTokenInvalid()
}

/**
 * Sets a new password with an email token. Every session ends, and older password reset links become invalid.
 * @returns the ID of the account
 * @throws DomainError 400 `mail-link-invalid`, or with the rule that the password breaks; the token then remains valid
 */
export async function resetPassword (deps: AccountDeps, token: string, password: string): Promise<string> {
  const emailToken = await findEmailToken(deps, token, ['reset-password'])
  const account = await findAccount(emailToken.account)
  // The token was sent to an email that the account no longer has.
  if (account === null || account.email !== emailToken.email) throw emailTokenInvalid()
  assertPassword(deps, password, account.email, '/password')
  const passwordHash = await deps.hasher.hash(password)
  await consumeEmailToken(deps, emailToken)
  const accountId = account._id.toString()
  await setPasswordHash(accountId, passwordHash)
  // The token also proves that the owner receives emails.
  await Account.updateOne({ _id: account._id, emailVerifiedAt: null }, { $set: { emailVerifiedAt: deps.now() } })
  await EmailToken.updateMany({ account: account._id, kind: 'reset-password', usedAt: null }, {
    $set: { usedAt: deps.now() },
  })
  await endAllSessions(deps, accountId, null, 'password-reset')
  notifyPasswordChanged(deps, account)
  return accountId
}

/**
 * Verifies the email of an account, or changes it to a new one.
 * @returns context for the audit log
 * @throws DomainError 400 `mail-link-invalid`, 409 `email-taken`
 */
export async function confirmEmail (deps: AccountDeps, token: string): Promise<AuditNote> {
  const emailToken = await findEmailToken(deps, token, ['verify-email', 'change-email'])
  const { kind, email } = emailToken
  const account = await findAccount(emailToken.account)
  if (account === null || (kind === 'verify-email' && account.email !== email)) throw emailTokenInvalid()
  await consumeEmailToken(deps, emailToken)
  if (kind === 'verify-email') {
    await Account.updateOne({ _id: account._id }, { $set: { emailVerifiedAt: deps.now() } })
  } else {
    await changeEmail(deps, account, email)
  }
  return { account: account._id.toString(), reason: kind }
}

async function changeEmail (deps: AccountDeps, account: StoredAccount, newEmail: string): Promise<void> {
  const changes = { email: newEmail, emailVerifiedAt: deps.now() }
  try {
    const { matchedCount } = await Account.updateOne({ _id: account._id }, { $set: changes })
    if (matchedCount === 0) throw notFound('account')
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken()
    throw error
  }
  // Tokens that were sent to the old email or to other new ones become invalid.
  await EmailToken.updateMany({ account: account._id, usedAt: null }, { $set: { usedAt: deps.now() } })
  deps.background.runInBackground('sending the email about a changed email', async () => {
    await deps.mailer.send(emailChangedMessage(account.email, newEmail))
  })
}
