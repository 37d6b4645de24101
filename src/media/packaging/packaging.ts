// Packages media files for HLS in the background, one at a time. A process claims each file; after a crash the claim
// expires and the next run of any process packages the file.
import { Types } from 'mongoose'
import type { CatalogueFile } from '../../catalogue/store/catalogue.js'
import { acquireClaim } from '../../database/claims.js'
import { MEDIA_URL_TTL_MS } from '../delivery/media-urls.js'
import type { MediaDeps } from '../deps.js'
import { publishMeasurement } from '../../measurements.js'
import { orphanedKeys, packagePrefix, removeObjects, removeUnusedPackages } from '../object-cleanup.js'
import { packageKeys } from './package-index.js'
import { PackagingStoppedError, type MediaPackager, type PackageResult } from './packager.js'
import {
  claimFile,
  dropPackages,
  findStoredFile,
  releaseClaim,
  renewClaim,
  saveFailure,
  savePackage,
  type ClaimedFile,
} from './packaging-state.js'

const CLAIM_TTL_MS = 60_000
const CLAIM_RENEWAL_INTERVAL_MS = 2_000
/** Players use a playlist as long as its URL is valid: retired packages stay that long. */
const RETIRED_PACKAGE_TTL_MS = MEDIA_URL_TTL_MS

export interface Packaging {
  /** Queues a file. */
  enqueue(itemId: string, fileId: string): void
  /** Queues all files that wait for packaging, and removes packages whose playlists have expired. */
  processPending(): Promise<void>
  /** Resolves when the queue is empty and no file is being packaged. */
  onIdle(): Promise<void>
  close(): Promise<void>
}

interface PackagingTask {
  readonly itemId: string
  readonly fileId: string
}

/**
 * Creates the packaging queue.
 * @param isEager false: only `processPending` starts packaging
 */
export function createPackaging (deps: MediaDeps, packager: MediaPackager, isEager = true): Packaging {
  const { catalogue, events, storage, log, now } = deps
  /** By file ID, in queue order. */
  const queue = new Map<string, PackagingTask>()
  const shutdown = new AbortController()
  let running: Promise<void> | null = null

  function start (): void {
    running ??= processQueue().finally(() => {
      running = null
    })
  }

  async function processQueue (): Promise<void> {
    while (!shutdown.signal.aborted) {
      const [task] = queue.values()
      if (task === undefined) return
      queue.delete(task.fileId)
      await packageFile(task).catch((error: unknown) => {
        // The state stays "processing": the next run of the job tries again.
        if (!(error instanceof PackagingStoppedError)) {
          log.warn({ err: error }, 'packaging of a media file failed; it will be tried again')
        }
      })
    }
  }

  async function packageFile ({ itemId, fileId }: PackagingTask): Promise<void> {
    const file = await findStoredFile(itemId, fileId)
    if (file?.hls.state !== 'processing') return
    const claimed: ClaimedFile = { itemId, file, packageId: new Types.ObjectId() }
    const claimLost = new AbortController()
    let progress = 0
    const claim = await acquireClaim({
      acquire: async (claimedUntil) => await claimFile(claimed, now(), claimedUntil),
      async renew (claimedUntil) {
        if (!await renewClaim(claimed, progress, claimedUntil)) return false
        await reloadTitleOfItem(itemId)
        return true
      },
      release: async () => {
        await releaseClaim(claimed)
      },
    }, {
      ttlMs: CLAIM_TTL_MS,
      renewalIntervalMs: CLAIM_RENEWAL_INTERVAL_MS,
      now,
      onReleaseRequested: () => {
        claimLost.abort()
      },
    })
    if (claim === null) return
    const startedAt = performance.now()
    let outcome: 'packaged' | 'failed' | 'stopped' = 'stopped'
    publishMeasurement('packaging-started', {})
    try {
      // Objects that a crashed process wrote under the expired claim.
      if (file.hls.claim !== null) await removeObjects(deps, orphanedKeys(file._id, file.hls.claim))
      const result = await packager.pack(
        storage,
        { key: file.storageKey, sizeBytes: file.sizeBytes, frameRate: file.frameRate },
        packagePrefix(file._id, claimed.packageId),
        {
          onProgress: (value) => {
            progress = value
          },
          signal: AbortSignal.any([shutdown.signal, claimLost.signal]),
        },
      )
      await claim.stopRenewing()
      await saveResult(claimed, result)
      outcome = result.ok ? 'packaged' : 'failed'
      await reloadTitleOfItem(itemId)
    } catch (error) {
      await claim.release().catch(() => undefined)
      throw error
    } finally {
      const seconds = (performance.now() - startedAt) / 1_000
      publishMeasurement('packaging-finished', { result: outcome, seconds })
    }
  }

  async function saveResult (claimed: ClaimedFile, result: PackageResult): Promise<void> {
    const { itemId, file } = claimed
    const titleId = catalogue.findItem(itemId)?.titleId
    const data = { titleId: titleId ?? itemId, itemId, mediaFileId: file._id.toString() }
    if (!result.ok) {
      const { code, text } = result
      await events.writeWithEvents(
        'media.failed',
        async (session) => await saveFailure(claimed, result, session),
        (isSaved) => isSaved ? [{ data: { ...data, code, text }, key: null }] : [],
      )
      return
    }
    const saved = await events.writeWithEvents(
      'media.ready',
      async (session) => await savePackage(claimed, result, now(), session),
      ({ isSaved }) => isSaved ? [{ data, key: null }] : [],
    )
    if (saved.isSaved) await removeUnusedPackages(deps, saved.dropped)
    else await removeObjects(deps, packageKeys(saved.package))
  }

  /** Without an entry in the change feed, because cards do not show packaging. */
  async function reloadTitleOfItem (itemId: string): Promise<void> {
    const titleId = catalogue.findItem(itemId)?.titleId
    if (titleId !== undefined) await catalogue.reloadTitle(titleId)
  }

  async function removeExpiredPackages (file: CatalogueFile): Promise<void> {
    if (!file.hls.hasRetiredPackages) return
    const expiresBefore = now().getTime() - RETIRED_PACKAGE_TTL_MS
    const expired = file.hls.packages.filter(({ retiredAt }) =>
      retiredAt !== null && retiredAt.getTime() <= expiresBefore
    )
    if (expired.length === 0) return
    await dropPackages(file.itemId, file.id, expired)
    await removeUnusedPackages(deps, expired)
  }

  function* allFiles (): Generator<CatalogueFile> {
    for (const title of catalogue.titles()) for (const item of title.items) yield* catalogue.itemFiles(item.id)
  }

  return {
    enqueue (itemId, fileId) {
      if (!isEager) return
      queue.set(fileId, { itemId, fileId })
      start()
    },
    async processPending () {
      for (const file of allFiles()) {
        if (file.hls.state === 'processing') {
          queue.set(file.id, { itemId: file.itemId, fileId: file.id })
        }
        await removeExpiredPackages(file)
      }
      start()
    },
    async onIdle () {
      await running
      if (queue.size > 0) {
        start()
        await running
      }
    },
    async close () {
      shutdown.abort()
      queue.clear()
      await running
      await packager.close()
    },
  }
}
