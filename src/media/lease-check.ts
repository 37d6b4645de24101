// Whether the stream that a media address was signed for is still live; a yes is remembered for a few seconds.
import { LRUCache } from 'lru-cache'
import { findSlots, isLive } from '../../models/account-streams.js'
import { DomainError } from '../errors.js'
import type { LeaseGrant } from './media-urls.js'

/** An ended stream's addresses are dead within this. */
const REMEMBERED_MS = 5_000

/** Whatever is wrong with a token gets the same answer. */
export const mediaRefused = (): DomainError =>
  new DomainError(403, 'media-refused', 'Not allowed', 'The address is not signed for this file, or its stream has ended. Start playback again.')

export interface LeaseCheck { isLive (grant: LeaseGrant): Promise<boolean> }

export function createLeaseCheck (now: () => Date): LeaseCheck {
  const live = new LRUCache<string, true>({ max: 50_000, ttl: REMEMBERED_MS })
  return {
    async isLive (grant) {
      if (live.has(grant.lease)) return true
      const slots = await findSlots(grant.account)
      const found = slots.some((slot) => slot._id.toString() === grant.lease && slot.profile.toString() === grant.profile && isLive(slot, now()))
      if (found) live.set(grant.lease, true)
      return found
    },
  }
}
