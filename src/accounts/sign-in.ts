// Signing up and in. What a log-in says and how long it takes does not tell whether an address is registered.
import { Types } from 'mongoose'
import {
  Account,
  findAccountByEmail,
  foldName,
  type Role,
  type StoredAccount,
  type StoredProfile,
} from '../../models/account.js'
import { isDuplicateKey } from '../../models/upsert.js'
import { limitsOf, type PlanId } from '../domain/plans.js'
import { ADULT_AGE } from '../domain/maturity.js'
import { conflict, DomainError, validationFailed } from '../errors.js'
import { checkPassword } from '../security/password-rules.js'
import type { AccountDeps } from './deps.js'
import { withAuditNote } from '../audit/audit-log.js'
import { countLoginAttempt, countPasswordConfirmation } from './login-throttling.js'
import { accountDisabled, isDisabled } from './sessions.js'

/** An address as it is stored and compared. */
export function normaliseEmail (email: string): string {
  return email.normalize('NFKC').trim().toLowerCase()
}

export interface NewAccount {
  readonly email: string
  readonly password: string
  readonly plan: PlanId
  readonly profileName: string
  readonly role?: Role
}

/** @throws DomainError 400 for a weak password, 409 `email-taken` */
export async function createAccount (
  services: Pick<AccountDeps, 'hasher' | 'config'>,
  request: NewAccount,
): Promise<StoredAccount> {
  const email = normaliseEmail(request.email)
  assertPassword(services, request.password, email, '/password')
  if (await findAccountByEmail(email) !== null) throw emailTaken()
  const passwordHash = await services.hasher.hash(request.password)
  try {
    const account = await Account.create({
      email,
      passwordHash,
      role: request.role ?? 'member',
      plan: request.plan,
      limits: limitsOf(request.plan),
      profiles: [newProfile({ name: normaliseName(request.profileName, '/profileName') })],
    })
    return account.toObject() as StoredAccount
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken()
    throw error
  }
}

export const emailTaken = (): DomainError =>
  conflict('email-taken', 'Address taken', 'There is an account with this address. Log in, or use another.')

/** @throws DomainError 400 naming the member and the rule */
export function assertPassword (
  { config }: Pick<AccountDeps, 'config'>,
  password: string,
  email: string,
  pointer: string,
): void {
  const refusal = checkPassword(password, { email, minLength: config.passwordMinLength })
  if (refusal !== null) throw validationFailed([{ pointer, message: refusal.message }], `The password ${refusal.message}.`)
}

/** Something to see, and no control characters. */
const VISIBLE_NAME = /^[^\p{Cc}]*[\p{L}\p{N}\p{P}\p{S}][^\p{Cc}]*$/u

/** A profile's name as it is stored. @throws DomainError 400 */
export function normaliseName (name: string, pointer = '/name'): string {
  const tidy = name.normalize('NFC').trim()
  if (!VISIBLE_NAME.test(tidy)) {
    throw validationFailed([{ pointer, message: 'needs something to see, and no control characters' }])
  }
  return tidy
}

/** A profile as it is first stored. */
export function newProfile (fields: Partial<StoredProfile> & Pick<StoredProfile, 'name'>): StoredProfile {
  const name = normaliseName(fields.name)
  return {
    _id: new Types.ObjectId(),
    avatar: null,
    kids: false,
    maxMaturityAge: ADULT_AGE,
    audioLanguages: [],
    subtitleLanguages: [],
    autoplay: true,
    dropWatchedMovies: false,
    pinHash: null,
    locked: false,
    wishlist: [],
    watchHistory: [],
    archivedUntil: null,
    historyClearedAt: null,
    ...fields,
    name,
    nameKey: foldName(name),
  }
}

export interface LoginRequest {
  readonly email: string
  readonly password: string
  /** The network address that asks. */
  readonly ipAddress: string
  /** What the device was given when it signed in before. */
  readonly deviceToken: string | null
}

/**
 * Checks an address and password.
 * @throws DomainError 401 `wrong-credentials`, the same for an unknown address and a wrong password; 403 `account-disabled`,
 * only with the right one; 429 `too-many-attempts`
 */
export async function verifyCredentials (
  services: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  { email, password, ipAddress: address, deviceToken }: LoginRequest,
): Promise<StoredAccount> {
  const { hasher } = services
  const normalised = normaliseEmail(email)
  const account = await findAccountByEmail(normalised)
  const guess = await countLoginAttempt(services, normalised, account, address, deviceToken)
  const isRight = account === null
    ? await hasher.verifyDummyHash(password)
    : await hasher.verify(password, account.passwordHash)
  if (account === null || !isRight) {
    const refusal = new DomainError(
      401,
      'wrong-credentials',
      'Wrong credentials',
      'No account has this address and password.',
      {},
      { 'www-authenticate': 'Bearer realm="normflix"' },
    )
    throw withAuditNote(refusal, { account: account?._id.toString() ?? null })
  }
  await guess.succeed()
  if (isDisabled(account)) throw accountDisabled(account)
  if (hasher.needsRehash(account.passwordHash)) {
    await setPasswordHash(account._id.toString(), await hasher.hash(password))
  }
  return account
}

/** Checks the password of somebody who is signed in. @throws DomainError 403 `wrong-password`, 429 `too-many-attempts` */
export async function verifyOwnPassword (
  services: Pick<AccountDeps, 'hasher' | 'keys' | 'now' | 'config'>,
  account: StoredAccount,
  password: string,
  member: string,
): Promise<void> {
  const guess = await countPasswordConfirmation(services, account._id.toString())
  if (!await services.hasher.verify(password, account.passwordHash)) {
    throw new DomainError(403, 'wrong-password', 'Wrong password', `${member} is not the password of this account.`)
  }
  await guess.succeed()
}

export async function setPasswordHash (accountId: string, passwordHash: string): Promise<void> {
  await Account.updateOne({ _id: accountId }, { $set: { passwordHash } })
}
