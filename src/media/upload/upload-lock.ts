// Allows one writer at a time for each resumable upload, across all processes. A waiting request asks the holder to
// release the lock, for example when a client reconnects while its old connection still seems open.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Lock, Locker, RequestRelease } from '@tus/server'
import mongoose, { type Types } from 'mongoose'
import {
  findUpload,
  MediaUpload,
  NOT_LOCKED,
  type StoredUpload,
  type UploadState,
} from '../../../models/media-upload.js'
import { acquireClaim } from '../../database/claims.js'
import { DomainError } from '../../errors.js'

const LOCK_TTL_MS = 10_000
const RENEWAL_INTERVAL_MS = 1_000
const RETRY_INTERVAL_MS = 100
const ACQUIRE_TIMEOUT_MS = 15_000

export interface UploadLock {
  release(): Promise<void>
}

/**
 * Locks an upload.
 * @param onReleaseRequested called at most once, when another request waits for the lock or the lock was lost
 * @returns null if the upload does not exist, is in another state, or is locked
 */
export async function acquireLock (
  id: string | Types.ObjectId,
  state: UploadState,
  now: () => Date,
  onReleaseRequested: () => void,
): Promise<UploadLock | null> {
  const lockHolder = randomUUID()
  return await acquireClaim({
    async acquire (lockedUntil) {
      const unlocked = { _id: id, state, lockedUntil: mongoose.trusted({ $lte: now() }) }
      const { modifiedCount } = await MediaUpload.updateOne(unlocked, {
        $set: { lockHolder, lockedUntil, isReleaseRequested: false },
      })
      return modifiedCount > 0
    },
    async renew (lockedUntil) {
      const before = await MediaUpload.findOneAndUpdate({ _id: id, lockHolder }, { $set: { lockedUntil } })
        .lean<StoredUpload>()
      return before?.isReleaseRequested === false
    },
    async release () {
      await MediaUpload.updateOne({ _id: id, lockHolder }, { $set: { lockHolder: null, lockedUntil: NOT_LOCKED } })
    },
  }, { ttlMs: LOCK_TTL_MS, renewalIntervalMs: RENEWAL_INTERVAL_MS, now, onReleaseRequested })
}

/** Adapts the lock to the tus library. Requests for complete or missing uploads need no lock. */
export function createUploadLocker (now: () => Date): Locker {
  return { newLock: (id) => createTusLock(id, now) }
}

function createTusLock (id: string, now: () => Date): Lock {
  let held: UploadLock | null = null
  return {
    async lock (signal: AbortSignal, requestRelease: RequestRelease) {
      const onReleaseRequested = (): void => {
        void requestRelease()
      }
      const deadline = Date.now() + ACQUIRE_TIMEOUT_MS
      while (!signal.aborted) {
        held = await acquireLock(id, 'uploading', now, onReleaseRequested)
        if (held !== null || (await findUpload(id))?.state !== 'uploading') return
        if (Date.now() > deadline) throw uploadBusy()
        await MediaUpload.updateOne({ _id: id }, { $set: { isReleaseRequested: true } })
        await wait(RETRY_INTERVAL_MS)
      }
      throw uploadBusy()
    },
    async unlock () {
      await held?.release()
      held = null
    },
  }
}

function uploadBusy (): DomainError {
  return new DomainError(
    423,
    'upload-busy',
    'Upload in use',
    'Another request is writing this upload. Request its offset in a moment and continue from there.',
    {},
    { 'retry-after': '2' },
  )
}
