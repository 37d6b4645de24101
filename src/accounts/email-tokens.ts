// What is done by a link that was mailed: confirming an address, a forgotten password, another address. Whether an address
// has an account is told neither in words nor in time: the work begins after the answer.
import { createHmac, randomBytes } from 'node:crypto'
import { Account, findAccount, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { isDuplicateKey } from '../../models/upsert.js'
import { EmailToken, emailTokenId, type EmailTokenKind, type StoredEmailToken } from '../../models/email-token.js'
import { badRequest, notFound } from '../errors.js'
import type { EmailMessage } from '../mail/mailer.js'
import {
  changeEmailMail,
  emailChangedMail,
  passwordChangedMail,
  resetPasswordMail,
  verifyEmailMail,
} from '../mail/templates.js'
import { countAttempt, type ThrottlePolicy } from '../security/throttle.js'
import type { AccountDeps } from './deps.js'
import type { AuditNote } from '../audit/audit-log.js'
import { endAllSessions } from './sessions.js'
import { assertPassword, emailTaken, normaliseEmail, setPasswordHash } from './sign-in.js'

const HOUR_MS = 3_600_000
const VALID_MS: Readonly<Record<EmailTokenKind, number>> = {
  'verify-email': 24 * HOUR_MS,
  'change-email': 24 * HOUR_MS,
  'reset-password': HOUR_MS / 2,
}
/** So many mails an address gets on request before it has to wait: nobody's letter box is filled through us. */
const MAILS: ThrottlePolicy = { freeAttempts: 4, firstWaitMs: 5 * 60_000, maxWaitMs: HOUR_MS, resetAfterMs: 6 * HOUR_MS }
const PATHS: Readonly<Record<EmailTokenKind, string>> = {
  'verify-email': 'confirm-email',
  'change-email': 'confirm-email',
  'reset-password': 'reset-password',
}
const LETTERS: Readonly<Record<EmailTokenKind, (to: string, url: string) => EmailMessage>> = {
  'verify-email': verifyEmailMail,
  'change-email': changeEmailMail,
  'reset-password': resetPasswordMail,
}

export const emailTokenInvalid = (): Error =>
  badRequest('mail-link-invalid', 'The link has been used, has expired, or was never sent. Ask for another.')

/** Sends a link, unless the address got too many lately. */
async function sendLink (
  services: AccountDeps,
  kind: EmailTokenKind,
  accountId: StoredAccount['_id'],
  email: string,
): Promise<void> {
  const now = services.now()
  if (await countAttempt(mailKeyOf(services, email), MAILS, now) > 0) return
  const token = randomBytes(32).toString('base64url')
  await EmailToken.create({
    _id: emailTokenId(token),
    kind,
    account: accountId,
    email,
    createdAt: now,
    expiresAt: new Date(now.getTime() + VALID_MS[kind]),
    usedAt: null,
  })
  await services.mailer.send(LETTERS[kind](email, `${services.config.publicUrl}/${PATHS[kind]}?token=${token}`))
}

/** Addresses are counted under a name that tells nobody what they are. */
function mailKeyOf ({ keys }: AccountDeps, email: string): string {
  return `mail ${createHmac('sha256', keys.current('throttle').key).update(email).digest('base64url')}`
}

/** Asks whoever signed up to confirm the address. */
export function requestEmailVerification (services: AccountDeps, account: Pick<StoredAccount, '_id' | 'email'>): void {
  services.background.runInBackground('the mail that confirms an address', async () => {
    await sendLink(services, 'verify-email', account._id, account.email)
  })
}

/** A forgotten password: changes nothing, and says nothing. */
export function requestPasswordReset (services: AccountDeps, address: string): void {
  const email = normaliseEmail(address)
  services.background.runInBackground('the mail for a forgotten password', async () => {
    const account = await findAccountByEmail(email)
    if (account !== null) await sendLink(services, 'reset-password', account._id, email)
  })
}

/** @throws DomainError 409 `email-taken` */
export async function requestEmailChange (
  services: AccountDeps,
  account: Pick<StoredAccount, '_id'>,
  address: string,
): Promise<void> {
  const email = normaliseEmail(address)
  if (await findAccountByEmail(email) !== null) throw emailTaken()
  services.background.runInBackground('the mail that confirms a new address', async () => {
    await sendLink(services, 'change-email', account._id, email)
  })
}

export function notifyPasswordChanged (services: AccountDeps, { email }: Pick<StoredAccount, 'email'>): void {
  services.background.runInBackground('the notice of a changed password', async () => {
    await services.mailer.send(passwordChangedMail(email))
  })
}

/** Finds a link that still works. @throws DomainError 400 `mail-link-invalid` */
async function findLink (
  { now }: AccountDeps,
  token: string,
  kinds: readonly EmailTokenKind[],
): Promise<StoredEmailToken> {
  const link = await EmailToken.findById(emailTokenId(token)).lean<StoredEmailToken>()
  if (link === null || !kinds.includes(link.kind) || link.usedAt !== null || link.expiresAt <= now()) {
    throw emailTokenInvalid()
  }
  return link
}

/** Uses a link up: of several at once one gets through. @throws DomainError 400 `mail-link-invalid` */
async function useLink ({ now }: AccountDeps, link: StoredEmailToken): Promise<void> {
  const result = await EmailToken.updateOne({ _id: link._id, usedAt: null }, { $set: { usedAt: now() } })
  if (result.modifiedCount === 0) throw emailTokenInvalid()
}

/**
 * Sets a new password with a mailed link; every session ends, and what was mailed before no longer works.
 * @returns the account's id
 * @throws DomainError 400 `mail-link-invalid`, or naming the rule that the password breaks: the link then still works
 */
export async function resetPassword (services: AccountDeps, token: string, password: string): Promise<string> {
  const link = await findLink(services, token, ['reset-password'])
  const account = await findAccount(link.account)
  // A link to an address that the account no longer has opens nothing.
  if (account === null || account.email !== link.email) throw emailTokenInvalid()
  assertPassword(services, password, account.email, '/password')
  const passwordHash = await services.hasher.hash(password)
  await useLink(services, link)
  const accountId = account._id.toString()
  await setPasswordHash(accountId, passwordHash)
  // Who reads the mail has the address.
  await Account.updateOne({ _id: account._id, emailVerifiedAt: null }, { $set: { emailVerifiedAt: services.now() } })
  await EmailToken.updateMany({ account: account._id, kind: 'reset-password', usedAt: null }, {
    $set: { usedAt: services.now() },
  })
  await endAllSessions(services, accountId, null, 'password-reset')
  notifyPasswordChanged(services, account)
  return accountId
}

/** Confirms an address, the account's own or a new one. @returns what the audit log is told @throws DomainError 400 `mail-link-invalid`, 409 `email-taken` */
export async function confirmEmail (services: AccountDeps, token: string): Promise<AuditNote> {
  const link = await findLink(services, token, ['verify-email', 'change-email'])
  const account = await findAccount(link.account)
  if (account === null || (link.kind === 'verify-email' && account.email !== link.email)) throw emailTokenInvalid()
  await useLink(services, link)
  if (link.kind === 'verify-email') {
    await Account.updateOne({ _id: account._id }, { $set: { emailVerifiedAt: services.now() } })
  } else {
    await moveToAddress(services, account, link.email)
  }
  return { account: account._id.toString(), reason: link.kind }
}

async function moveToAddress (services: AccountDeps, account: StoredAccount, email: string): Promise<void> {
  try {
    const result = await Account.updateOne({ _id: account._id }, { $set: { email, emailVerifiedAt: services.now() } })
    if (result.matchedCount === 0) throw notFound('account')
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken()
    throw error
  }
  // Links to the old address, and offers of other new ones, are void.
  await EmailToken.updateMany({ account: account._id, usedAt: null }, { $set: { usedAt: services.now() } })
  services.background.runInBackground('the notice of a changed address', async () => {
    await services.mailer.send(emailChangedMail(account.email, email))
  })
}
