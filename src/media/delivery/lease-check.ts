// Whether the stream that a media address was signed for is still live; what was read is remembered for a few seconds.
import type { FastifyReply } from 'fastify'
import { LRUCache } from 'lru-cache'
import { findStreamLeases, isLeaseLive, type StreamLease } from '../../../models/account-streams.js'
import { DomainError } from '../../errors.js'
import type { LeaseGrant } from './media-urls.js'

/** With the second that bytes under way are looked at late, an ended stream gives nothing more after 5 s in any process. */
const REMEMBERED_MS = 4_000
const CACHE_SIZE = 50_000
/** Bytes under way are looked at this often: whoever ended a stream does not want to wait for the end of the film. */
const LOOK_EVERY_MS = 1_000

/** Whatever is wrong with a token gets the same answer. */
export const mediaRefused = (): DomainError =>
  new DomainError(
    403,
    'media-refused',
    'Not allowed',
    'The address is not signed for this file, or its stream has ended. Start playback again.',
  )

export interface LeaseCheck {
  isLive(grant: LeaseGrant): Promise<boolean>
  /** For whoever ended streams of an account: their addresses are dead at once in this process. */
  forget(accountId: string): void
}

type Lease = Pick<StreamLease, 'expiresAt'> & { readonly id: string, readonly profile: string }
interface Reading {
  readonly readAt: number
  readonly leases: Promise<readonly Lease[]>
}

/** @param now the clock that leases run out by */
export function createLeaseCheck (now: () => Date): LeaseCheck {
  // Promises are kept, so that the many ranges of one player share one read.
  const readings = new LRUCache<string, Reading>({ max: CACHE_SIZE })

  function read (accountId: string): Reading {
    const reading = { readAt: now().getTime(), leases: findStreamLeases(accountId).then((slots) => slots.map(toLease)) }
    readings.set(accountId, reading)
    reading.leases.catch(() => {
      if (readings.peek(accountId) === reading) readings.delete(accountId)
    })
    return reading
  }

  async function holds ({ leases }: Reading, grant: LeaseGrant): Promise<boolean> {
    return (await leases).some((lease) =>
      lease.id === grant.lease && lease.profile === grant.profile && isLeaseLive(lease, now())
    )
  }

  return {
    async isLive (grant) {
      const known = readings.get(grant.account)
      // Only a yes is remembered: a stream that has just begun or was renewed is looked up.
      if (known !== undefined && now().getTime() - known.readAt < REMEMBERED_MS && await holds(known, grant)) {
        return true
      }
      return await holds(read(grant.account), grant)
    },
    forget: (accountId) => {
      readings.delete(accountId)
    },
  }
}

function toLease ({ _id, profile, expiresAt }: StreamLease): Lease {
  return { id: _id.toString(), profile: profile.toString(), expiresAt }
}

/**
 * Breaks an answer off when its stream ends.
 * @returns what is to be called with each chunk of it
 */
export function breakWhenOver (
  { leases, now }: { readonly leases: LeaseCheck, now(): Date },
  reply: FastifyReply,
  grant: LeaseGrant,
): () => void {
  let lookedAt = now().getTime()
  return () => {
    const at = now().getTime()
    if (at - lookedAt < LOOK_EVERY_MS) return
    lookedAt = at
    // Without the database nobody is cut off: it is asked again a second later.
    leases.isLive(grant).then((isLive) => {
      if (!isLive) reply.raw.destroy()
    }, () => {})
  }
}
