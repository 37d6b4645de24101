// The profiles of an account: adding one is a single guarded write, the rest goes through the document.
import type { Types } from 'mongoose'
import { Account, findAccount, foldName, profileNameTaken, type StoredProfile } from '../../models/account.js'
import { countUsableProfiles, maxStoredProfiles, profileLimitReached } from '../domain/plans.js'
import type { SubtitleMode } from '../domain/language-choice.js'
import { KIDS_MAX_AGE } from '../domain/maturity.js'
import { conflict, notFound, unavailable } from '../errors.js'
import type { AccountDeps } from './deps.js'
import { eraseProfileWatching } from '../watching/history/history.js'
import { endStreamsOfProfiles } from '../watching/streams/stream-leases.js'
import { editAccount } from './edit-account.js'
import { resetPinAttempts } from './pin.js'
import { newProfile, normaliseName } from './sign-in.js'

export interface ProfileFields {
  readonly name?: string
  readonly avatar?: string | null
  readonly kids?: boolean
  readonly maxMaturityAge?: number
  readonly audioLanguages?: string[]
  readonly subtitleLanguages?: string[]
  readonly subtitleMode?: SubtitleMode
  readonly autoplay?: boolean
  readonly dropWatchedMovies?: boolean
  readonly pin?: string | null
}

async function storedFields (
  services: AccountDeps,
  { pin, ...fields }: ProfileFields,
): Promise<Partial<StoredProfile>> {
  const pinHash = pin === undefined ? {} : { pinHash: pin === null ? null : await services.hasher.hash(pin) }
  const ceiling = fields.kids === true
    ? { maxMaturityAge: Math.min(fields.maxMaturityAge ?? KIDS_MAX_AGE, KIDS_MAX_AGE) }
    : {}
  return { ...fields, ...ceiling, ...pinHash }
}

/**
 * Adds a profile in one write that the schema's hook guards: however many come at once, the plan's limit holds.
 * @throws DomainError 409 `plan-profile-limit` or `profile-name-taken`
 */
export async function addProfile (
  services: AccountDeps,
  accountId: string,
  fields: ProfileFields & { readonly name: string },
): Promise<StoredProfile> {
  const profile = newProfile({ ...await storedFields(services, fields), name: fields.name })
  const result = await Account.updateOne({ _id: accountId }, { $push: { profiles: profile } })
  services.access.invalidateAccount(accountId)
  if (result.modifiedCount > 0) return profile
  const account = await findAccount(accountId)
  if (account === null) throw notFound('account')
  if (account.profiles.some((one) => one.nameKey === profile.nameKey)) throw profileNameTaken()
  if (countUsableProfiles(account.profiles) >= account.limits.maxProfiles) throw profileLimitReached(account.limits)
  const most = Math.max(maxStoredProfiles(), account.limits.maxProfiles)
  if (account.profiles.length >= most) throw lockedProfilesInTheWay(most)
  throw unavailable('busy', 'The account was being changed at the same time. Try again.', 1)
}

/** Locked profiles keep what they hold: a new one waits until one of them is unlocked or deleted. */
function lockedProfilesInTheWay (maxStoredProfiles: number): Error {
  return conflict(
    'locked-profiles',
    'Locked profiles take the place',
    `An account keeps up to ${maxStoredProfiles} profiles, locked ones included. Unlock one by choosing it with keepProfileIds, or delete one.`,
    { maxStoredProfiles },
  )
}

/** @throws DomainError 404, 409 `profile-name-taken` */
export async function changeProfile (
  services: AccountDeps,
  accountId: string,
  profileId: string,
  fields: ProfileFields,
): Promise<StoredProfile> {
  const changes = await storedFields(services, fields)
  const account = await editAccount(accountId, (document) => {
    const profile = document.profiles.find((one) => one._id.toString() === profileId)
    if (profile === undefined) throw notFound('profile')
    Object.assign(
      profile,
      changes,
      changes.name === undefined ? {} : { name: normaliseName(changes.name), nameKey: foldName(changes.name) },
    )
  })
  services.access.invalidateAccount(accountId)
  if (changes.pinHash !== undefined) await resetPinAttempts(profileId)
  return account.profiles.find((one) => one._id.toString() === profileId) ?? missing()
}

function missing (): never {
  throw notFound('profile')
}

/** Removes a profile with all it holds. @throws DomainError 404, 409 `last-profile` */
export async function removeProfile (services: AccountDeps, accountId: string, profileId: string): Promise<void> {
  await editAccount(accountId, (document) => {
    const profile = document.profiles.find((one) => one._id.toString() === profileId)
    if (profile === undefined) throw notFound('profile')
    // Pulled, not filtered: the profiles were read without their watching, and must not be written back whole.
    const profiles = document.profiles as unknown as Types.DocumentArray<StoredProfile>
    profiles.pull(profile._id)
  })
  services.access.invalidateAccount(accountId)
  await endStreamsOfProfiles(accountId, [profileId], services.now())
  services.leases.forget(accountId)
  await Promise.all([eraseProfileWatching(profileId), resetPinAttempts(profileId)])
}
