// Sign-up: creates an account with its first profile.
import type { Types } from 'mongoose'
import { findAccountByEmail, newAccount, type StoredAccount } from '../../models/account.js'
import { isDuplicateKey } from '../../models/upsert.js'
import type { Role } from '../domain/vocabulary.js'
import { parseEmail } from '../domain/email.js'
import type { PlanId } from '../domain/plans.js'
import { conflict, fail, validationFailed, type DomainError } from '../errors.js'
import type { AccountDeps } from './deps.js'
import { assertPassword } from './passwords.js'
import { newProfile, normaliseProfileName } from './profiles.js'

export interface NewAccount {
  readonly email: string
  readonly password: string
  readonly plan: PlanId
  readonly profileName: string
  readonly role?: Role
  /** ID of the profile, for accounts whose IDs must be known before. */
  readonly profileId?: Types.ObjectId
}

/** @throws DomainError 400 for an email, password or profile name that breaks a rule, 409 `email-taken`, 503 `busy` */
export async function createAccount (
  deps: Pick<AccountDeps, 'hasher' | 'config' | 'events'>,
  request: NewAccount,
): Promise<StoredAccount> {
  const email = requireEmail(request.email)
  assertPassword(deps, request.password, email, '/password')
  const passwordHash = await deps.hasher.withPlace(async (place) => {
    if (await findAccountByEmail(email) !== null) throw emailTaken()
    return await deps.hasher.hash(request.password, place)
  })
  try {
    return await deps.events.writeWithEvents('account.created', async (session) => {
      const account = newAccount({
        email,
        passwordHash,
        role: request.role ?? 'member',
        plan: request.plan,
        profiles: [newProfile({
          name: normaliseProfileName(request.profileName, '/profileName'),
          ...(request.profileId === undefined ? {} : { _id: request.profileId }),
        })],
      }, deps.config.plans)
      await account.save({ session })
      return account.toObject() as StoredAccount
    }, ({ _id, plan, role }) => [{ data: { accountId: _id.toString(), plan, role }, key: null }])
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken()
    throw error
  }
}

/** The stored form of an email. @throws DomainError 400 for a text that is not an email */
export function requireEmail (email: string): string {
  const errors = [{ pointer: '/email', code: 'invalid-format', message: 'must be an email address' } as const]
  return parseEmail(email) ?? fail(validationFailed(errors, 'The email address is not valid.'))
}

export const emailTaken = (): DomainError =>
  conflict(
    'email-taken',
    'Email address taken',
    'An account with this email address exists. Log in, or use another one.',
  )
