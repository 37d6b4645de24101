// Profiles of an account. Adding one is a single guarded write; other changes go through the document.
import { Types } from 'mongoose'
import {
  findAccount,
  profileNameTaken,
  pushProfile,
  type StoredProfile,
} from '../../models/account.js'
import { countUsableProfiles, profileLimitReached } from '../domain/plans.js'
import type { SubtitleMode } from '../domain/language-choice.js'
import { ADULT_AGE, KIDS_MAX_AGE } from '../domain/maturity.js'
import { isVisibleName, profileNameKey } from '../domain/profile-names.js'
import { conflict, fail, notFound, unavailable, validationFailed } from '../errors.js'
import { eraseProfileWatching } from '../watching/history/remove-history.js'
import { endStreamsOfProfiles } from '../watching/streams/stream-leases.js'
import type { AccountDeps } from './deps.js'
import { editAccount } from './edit-account.js'
import { confirmPinChange, resetPinAttempts, wrongPin, type PinConfirmation } from './pin.js'

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
  /** Null removes the PIN. */
  readonly pin?: string | null
}

/** Normalises the name of a profile for storage. @throws DomainError 400 */
export function normaliseProfileName (name: string, pointer = '/name'): string {
  const normalised = name.normalize('NFC').trim()
  if (!isVisibleName(normalised)) {
    const message = 'must contain a visible character and no control characters'
    throw validationFailed([{ pointer, code: 'invalid-format', message }])
  }
  return normalised
}

/** Builds a profile with default values for the fields that are not given. @throws DomainError 400 */
export function newProfile (fields: Partial<StoredProfile> & Pick<StoredProfile, 'name'>): StoredProfile {
  const name = normaliseProfileName(fields.name)
  return {
    _id: new Types.ObjectId(),
    avatar: null,
    kids: false,
    maxMaturityAge: ADULT_AGE,
    audioLanguages: [],
    subtitleLanguages: [],
    subtitleMode: 'smart',
    autoplay: true,
    dropWatchedMovies: false,
    pinHash: null,
    pinVersion: 0,
    locked: false,
    wishlist: [],
    watchHistory: [],
    archivedUntil: null,
    historyClearedAt: null,
    ...fields,
    name,
    nameKey: profileNameKey(name),
  }
}

async function toStoredFields (
  deps: Pick<AccountDeps, 'hasher'>,
  { pin, ...fields }: ProfileFields,
): Promise<Partial<StoredProfile>> {
  const pinHash = pin === undefined ? {} : { pinHash: pin === null ? null : await deps.hasher.hash(pin) }
  const kidsLimit = fields.kids === true
    ? { maxMaturityAge: Math.min(fields.maxMaturityAge ?? KIDS_MAX_AGE, KIDS_MAX_AGE) }
    : {}
  return { ...fields, ...kidsLimit, ...pinHash }
}

/**
 * Adds a profile in one write that a schema hook guards, so that the limit of the plan holds under concurrency.
 * @throws DomainError 404, 409 `plan-profile-limit`, `profile-name-taken` or `locked-profiles`, 503 `busy`
 */
export async function addProfile (
  deps: AccountDeps,
  accountId: string,
  fields: ProfileFields & { readonly name: string },
): Promise<StoredProfile> {
  const profile = newProfile({ ...await toStoredFields(deps, fields), name: fields.name })
  const isAdded = await pushProfile(accountId, profile, deps.config.plans)
  deps.access.invalidateAccount(accountId)
  if (isAdded) return profile
  const { profiles, limits } = await findAccount(accountId) ?? fail(notFound('account'))
  if (profiles.some(({ nameKey }) => nameKey === profile.nameKey)) throw profileNameTaken()
  if (countUsableProfiles(profiles) >= limits.maxProfiles) throw profileLimitReached(limits)
  const maxStored = Math.max(deps.config.plans.maxStoredProfiles, limits.maxProfiles)
  if (profiles.length >= maxStored) throw storedProfileLimitReached(maxStored)
  throw unavailable('busy', 'The account was changed at the same time. Retry in a moment.', 1)
}

/** Locked profiles keep their data, so they count towards a limit of their own. */
function storedProfileLimitReached (maxStored: number): Error {
  return conflict(
    'locked-profiles',
    'Too many locked profiles',
    `An account has at most ${maxStored} profiles, including locked ones. ` +
      'Unlock one by listing it in keepProfileIds, or delete one.',
    { maxStoredProfiles: maxStored },
  )
}

/**
 * Changes a profile. To change or remove its PIN, the caller confirms the current one or the password.
 * @throws DomainError 403 `wrong-pin` or `wrong-password`, 404, 409 `profile-name-taken`, 429
 */
export async function changeProfile (
  deps: AccountDeps,
  accountId: string,
  profileId: string,
  fields: ProfileFields,
  confirmation: PinConfirmation = {},
): Promise<StoredProfile> {
  const confirmedHash = fields.pin === undefined ? null : await confirmPin(deps, accountId, profileId, confirmation)
  const changes = await toStoredFields(deps, fields)
  const nameChanges = changes.name === undefined
    ? {}
    : { name: normaliseProfileName(changes.name), nameKey: profileNameKey(changes.name) }
  const account = await editAccount(accountId, (document) => {
    const profile = requireProfile(document, profileId)
    // Another request has set a PIN since.
    if (fields.pin !== undefined && profile.pinHash !== confirmedHash) throw wrongPin()
    // Profile tokens from before a new PIN become invalid.
    const pinVersion = changes.pinHash == null ? profile.pinVersion : profile.pinVersion + 1
    Object.assign(profile, changes, nameChanges, { pinVersion })
  })
  deps.access.invalidateAccount(accountId)
  // No token from before a new PIN could renew these streams.
  if (changes.pinHash != null) await endStreamsOfProfiles(accountId, [profileId], deps.now())
  deps.leases.invalidate(accountId)
  if (changes.pinHash !== undefined) await resetPinAttempts(profileId)
  return requireProfile(account, profileId)
}

/** @returns the hash of the confirmed PIN; null for a profile without one */
async function confirmPin (
  deps: AccountDeps,
  accountId: string,
  profileId: string,
  confirmation: PinConfirmation,
): Promise<string | null> {
  const account = await findAccount(accountId) ?? fail(notFound('account'))
  const profile = requireProfile(account, profileId)
  await confirmPinChange(deps, account, profile, confirmation)
  return profile.pinHash
}

/** Removes a profile with all its data. @throws DomainError 404, 409 `last-profile` */
export async function removeProfile (deps: AccountDeps, accountId: string, profileId: string): Promise<void> {
  await editAccount(accountId, (document) => {
    const profile = requireProfile(document, profileId)
    // The document was loaded without watch history and wishlist, so the array must not be written as a whole.
    const profiles = document.profiles as unknown as Types.DocumentArray<StoredProfile>
    profiles.pull(profile._id)
  })
  deps.access.invalidateAccount(accountId)
  await endStreamsOfProfiles(accountId, [profileId], deps.now())
  deps.leases.invalidate(accountId)
  await Promise.all([eraseProfileWatching(profileId), resetPinAttempts(profileId)])
}

function requireProfile ({ profiles }: { readonly profiles: StoredProfile[] }, profileId: string): StoredProfile {
  return profiles.find(({ _id }) => _id.toString() === profileId) ?? fail(notFound('profile'))
}
