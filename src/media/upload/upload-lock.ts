// One writer at a time for each resumable upload, over all processes: a lease in the database that is renewed while it is
// used. Whoever waits asks the holder to let go, as a client does that comes back before its old connection has died.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Lock, Locker, RequestRelease } from '@tus/server'
import mongoose, { type Types } from 'mongoose'
import { findUpload, MediaUpload, NO_LEASE, type StoredUpload, type UploadState } from '../../../models/media-upload.js'
import { DomainError } from '../../errors.js'

/** A process that died keeps an upload for so long. */
const LEASE_MS = 10_000
const RENEW_EVERY_MS = 1_000
const RETRY_EVERY_MS = 100
const WAIT_AT_MOST_MS = 15_000

export interface UploadLock {
  release(): Promise<void>
}

/**
 * Takes the lease of an upload in a certain state; null when it is in another, does not exist, or somebody has it.
 * @param onWanted called at most once, when somebody waits for it or it was lost
 */
export async function acquireLock (
  id: string | Types.ObjectId,
  state: UploadState,
  now: () => Date,
  onWanted: () => void,
): Promise<UploadLock | null> {
  const holder = randomUUID()
  const until = (): Date => new Date(now().getTime() + LEASE_MS)
  const free = { _id: id, state, leaseUntil: mongoose.trusted({ $lte: now() }) }
  const taken = await MediaUpload.updateOne(free, {
    $set: { leaseHolder: holder, leaseUntil: until(), leaseWanted: false },
  })
  if (taken.modifiedCount === 0) return null
  let isTold = false
  const timer = setInterval(() => {
    MediaUpload.findOneAndUpdate({ _id: id, leaseHolder: holder }, { $set: { leaseUntil: until() } }).lean<
      StoredUpload
    >().then((before) => {
      if (isTold || before?.leaseWanted === false) return
      isTold = true
      onWanted()
    }).catch(() => {
      // The database is away: the lease may lapse, and then the next renewal tells.
    })
  }, RENEW_EVERY_MS)
  return {
    async release () {
      clearInterval(timer)
      await MediaUpload.updateOne({ _id: id, leaseHolder: holder }, {
        $set: { leaseHolder: null, leaseUntil: NO_LEASE },
      })
    },
  }
}

/** The lease as the tus server wants its locks. What is complete, or does not exist, needs none. */
export function createUploadLocker (now: () => Date): Locker {
  return { newLock: (id) => createLock(id, now) }
}

function createLock (id: string, now: () => Date): Lock {
  let lease: UploadLock | null = null
  return {
    async lock (signal: AbortSignal, requestRelease: RequestRelease) {
      const onWanted = (): void => {
        void requestRelease()
      }
      const deadline = Date.now() + WAIT_AT_MOST_MS
      while (!signal.aborted) {
        lease = await acquireLock(id, 'uploading', now, onWanted)
        if (lease !== null || (await findUpload(id))?.state !== 'uploading') return
        if (Date.now() > deadline) throw uploadBusy()
        await MediaUpload.updateOne({ _id: id }, { $set: { leaseWanted: true } })
        await wait(RETRY_EVERY_MS)
      }
      throw uploadBusy()
    },
    async unlock () {
      await lease?.release()
      lease = null
    },
  }
}

function uploadBusy (): DomainError {
  return new DomainError(
    423,
    'upload-busy',
    'Upload in use',
    'Another request is writing this upload. Ask for its offset in a moment, and go on from there.',
    {},
    { 'retry-after': '2' },
  )
}
