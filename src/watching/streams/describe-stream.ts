// Describes streams to the owner of an account and to administrators.
import type { StoredProfile } from '../../../models/account.js'
import type { StreamLease } from '../../../models/account-streams.js'
import { toLeaseProgress } from './stream-leases.js'

export interface StreamDescription {
  readonly id: string
  readonly profile: { readonly id: string, readonly name: string }
  readonly device: string | null
  readonly title: { readonly id: string, readonly title: string }
  readonly season: number | null
  readonly episode: number | null
  readonly state: StreamLease['state']
  readonly positionMs: number
  readonly durationMs: number | null
  readonly private: boolean
  readonly since: string
  readonly expiresAt: string
}

/** Finds titles: the catalogue in memory, or a query. */
export interface TitleFinder {
  findTitle(id: string): { readonly title: string } | null | undefined
}

/** Maps a lease to the description of its stream. */
export function describeStream (
  { catalogue }: { readonly catalogue: TitleFinder },
  profiles: ReadonlyArray<Pick<StoredProfile, '_id' | 'name'>>,
  lease: StreamLease,
): StreamDescription {
  const profile = profiles.find(({ _id }) => _id.equals(lease.profile))
  const titleId = lease.title.toString()
  return {
    id: lease._id.toString(),
    profile: { id: lease.profile.toString(), name: profile?.name ?? 'Deleted profile' },
    device: lease.device,
    title: { id: titleId, title: catalogue.findTitle(titleId)?.title ?? 'Deleted title' },
    season: lease.season,
    episode: lease.episode,
    state: lease.state,
    positionMs: toLeaseProgress(lease).positionMs,
    durationMs: lease.durationMs,
    private: lease.private,
    since: lease.startedAt.toISOString(),
    expiresAt: lease.expiresAt.toISOString(),
  }
}
