// The paths of an account that an update may write, and the condition under which it may add a profile.
import mongoose from 'mongoose'
import { rootSegment, UnguardedWriteError, withoutPositions, writtenPaths, type AnyUpdate } from './write-guards.js'

/** What the guard of a new profile reads and sets. */
interface AddedProfile {
  readonly name: string
  nameKey: string
  locked: boolean
}

/** Paths of a profile that an update may write: no limit depends on them. */
const UNGUARDED_PROFILE_PATHS = [
  'profiles.watchHistory',
  'profiles.wishlist',
  'profiles.archivedUntil',
  'profiles.historyClearedAt',
]
const GUARDED_ROOTS = new Set(['profiles', 'plan', 'limits'])

/** Finds the profile that an update adds; null without one. @throws UnguardedWriteError for other guarded paths */
export function findAddedProfile (update: AnyUpdate): AddedProfile | null {
  let added: AddedProfile | null = null
  for (const { operator, path, value } of writtenPaths(update)) {
    if (path !== '' && !GUARDED_ROOTS.has(rootSegment(path))) continue
    if (operator !== 'pipeline' && isUnguardedProfilePath(withoutPositions(path))) continue
    if (operator === '$push' && path === 'profiles' && isSingleProfile(value)) {
      added = value
      continue
    }
    throw new UnguardedWriteError(`accounts: "${path}" is written by saving the document, not by ${operator}`)
  }
  return added
}

function isUnguardedProfilePath (path: string): boolean {
  return UNGUARDED_PROFILE_PATHS.some((unguarded) => path === unguarded || path.startsWith(`${unguarded}.`))
}

/** `$each` adds several profiles, which the filter of the guard would not count. */
function isSingleProfile (value: unknown): value is AddedProfile {
  return typeof value === 'object' && value !== null && 'name' in value && !('$each' in value)
}

/** The condition under which an account has room for one more profile with another name. */
export function roomForProfile (nameKey: string, maxAddedProfiles: number): Record<string, unknown> {
  const usable = { $filter: { input: '$profiles', as: 'profile', cond: { $ne: ['$$profile.locked', true] } } }
  // Locked profiles count towards the stored maximum.
  const maxProfiles = { $max: [maxAddedProfiles, '$limits.maxProfiles'] }
  return {
    'profiles.nameKey': mongoose.trusted({ $ne: nameKey }),
    $expr: mongoose.trusted({
      $and: [
        { $lt: [{ $size: usable }, '$limits.maxProfiles'] },
        { $lt: [{ $size: '$profiles' }, maxProfiles] },
      ],
    }),
  }
}
