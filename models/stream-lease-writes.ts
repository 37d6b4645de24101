// Writes playback fields of the stream leases of one account: heartbeats are the most frequent writes. They bypass the
// hooks of `AccountStreams`, so this file keeps their rule: such a write revives no lease and changes no limit.
import { Types } from 'mongoose'
import { AccountStreams, UNGUARDED_LEASE_FIELDS, type StreamLease } from './account-streams.js'
import { createUpdateGroup } from './grouped-updates.js'
import { UnguardedWriteError } from './write-guards.js'
import { reportWrite } from './write-notifications.js'

/** Which leases a write is for. */
export interface LeaseMatch {
  /** Omitted: all leases of the account. */
  readonly streamId?: Types.ObjectId | string
  /** Only a lease of this profile. */
  readonly profileId?: Types.ObjectId | string
  /** Only a lease of this title. */
  readonly titleId?: Types.ObjectId | string
  /** Only a lease that is live at this time; required to renew it. */
  readonly liveAt?: Date
  /** A further condition: an expression on `$$lease`. */
  readonly condition?: object
}

const group = createUpdateGroup(() => AccountStreams.collection as never)

/**
 * Merges fields into the leases that match, in one update by the ID of the account. It has a single path: a server that
 * evaluates array filters for each path of an update would evaluate them for each field.
 * @param changes expressions that yield the fields to write, on `$$lease`
 * @param names the fields that the expressions may yield
 * @returns false when the lease does not match or nothing changed, and when that is unknown
 * @throws UnguardedWriteError for fields that limits depend on
 */
export async function mergeIntoLeases (
  accountId: Types.ObjectId | string,
  { streamId, profileId, titleId, liveAt, condition }: LeaseMatch,
  changes: readonly object[],
  names: ReadonlyArray<keyof StreamLease>,
): Promise<boolean> {
  for (const name of names) {
    if (UNGUARDED_LEASE_FIELDS.has(name) || (name === 'expiresAt' && liveAt !== undefined)) continue
    throw new UnguardedWriteError(`streams: "${name}" is written by a pipeline of the model`)
  }
  const isMatch = [
    ...(streamId === undefined ? [] : [{ $eq: ['$$lease._id', new Types.ObjectId(streamId)] }]),
    ...(titleId === undefined ? [] : [{ $eq: ['$$lease.title', new Types.ObjectId(titleId)] }]),
    ...(profileId === undefined ? [] : [{ $eq: ['$$lease.profile', new Types.ObjectId(profileId)] }]),
    ...(liveAt === undefined ? [] : [{ $gt: ['$$lease.expiresAt', liveAt] }]),
    ...(condition === undefined ? [] : [condition]),
  ]
  const merged = { $cond: [{ $and: isMatch }, { $mergeObjects: ['$$lease', ...changes] }, '$$lease'] }
  const isChanged = await group.send({
    filter: { _id: new Types.ObjectId(accountId) },
    update: [{ $set: { leases: { $map: { input: '$leases', as: 'lease', in: merged } } } }],
  })
  reportWrite('streams', accountId.toString())
  return isChanged
}
