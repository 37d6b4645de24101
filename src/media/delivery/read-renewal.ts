// Renews the lease of a stream while its media are read: players without heartbeats stream as long as bytes flow.
import { LRUCache } from 'lru-cache'
import { READ_RENEWAL_INTERVAL_MS, renewLeaseByReading } from '../../watching/streams/lease-reads.js'
import { isPreviewGrant, type LeaseGrant } from './media-urls.js'
import { limitEntries } from '../../domain/cache-limits.js'

const CACHE_MAX_ENTRIES = 50_000

export interface ReadRenewal {
  /**
   * Records that media of a live stream were sent. Writes at most once per interval and lease, in the background.
   * @param servedMs playing time of the sent video
   */
  recordRead(grant: LeaseGrant, servedMs: number): void
}

interface LeaseReads {
  /** ms since the epoch. */
  writtenAt: number
  /** Playing time that was sent since then. */
  pendingMs: number
}

/**
 * Creates the record of reads of this process.
 * @param now the clock by which leases expire
 */
export function createReadRenewal (now: () => Date): ReadRenewal {
  const reads = new LRUCache<string, LeaseReads>(limitEntries(CACHE_MAX_ENTRIES))
  return {
    recordRead (grant, servedMs) {
      if (isPreviewGrant(grant)) return
      const { account, lease } = grant
      const time = now()
      const read = reads.get(lease) ?? { writtenAt: -Infinity, pendingMs: 0 }
      read.pendingMs += servedMs
      if (time.getTime() - read.writtenAt >= READ_RENEWAL_INTERVAL_MS) {
        // If the database is unavailable, the next interval tries again, before the lease expires.
        renewLeaseByReading(account, lease, Math.round(read.pendingMs), time).catch(() => {})
        read.writtenAt = time.getTime()
        read.pendingMs = 0
      }
      reads.set(lease, read)
    },
  }
}
