// Verifies a new stream lease. A log-out, a lock, a deletion or a new PIN ends the streams that exist at that time; a
// start that read the account before and acquired its lease afterwards must not outlive it.
import { findAccount } from '../../../models/account.js'
import { AccountStreams, type StreamLease } from '../../../models/account-streams.js'
import { findSession, isSessionLive } from '../../../models/session.js'
import { notFound, pinChanged, profileLocked, profileTokenRequired, unauthorized } from '../../errors.js'
import type { ProfileRef } from '../deps.js'
import { removeLease } from './stream-leases.js'

/** The token of a request that starts a playback. */
export interface PlaybackCaller {
  /** Logging out ends the streams of the session. */
  readonly sessionId: string
  /** Null for an account token. */
  readonly boundProfileId: string | null
  /** PIN version of the profile that the token is bound to. */
  readonly pinVersion: number
}

/**
 * Reads the account and the session again. Removes the lease when the caller may no longer play.
 * @throws DomainError 401, 403, 404 `not-found`, 409 `profile-locked`
 */
export async function verifyNewLease (
  ref: ProfileRef,
  caller: PlaybackCaller,
  lease: StreamLease,
  now: Date,
): Promise<void> {
  const [account, session] = await Promise.all([findAccount(ref.account), findSession(caller.sessionId)])
  const profile = account?.profiles.find(({ _id }) => _id.toString() === ref.profile)
  const hasSession = session !== null && isSessionLive(session, now)
  const isPinCurrent = caller.boundProfileId === null
    ? profile?.pinHash === null
    : profile?.pinVersion === caller.pinVersion
  if (hasSession && profile?.locked === false && isPinCurrent) return
  await removeLease(ref.account, lease)
  // The start may have created the document again after the account was erased.
  if (account === null || account.erasureStartedAt !== null) await AccountStreams.deleteOne({ _id: ref.account })
  if (!hasSession) throw unauthorized()
  if (profile === undefined) throw notFound('profile')
  if (profile.locked) throw profileLocked()
  throw caller.boundProfileId === null ? profileTokenRequired() : pinChanged()
}
