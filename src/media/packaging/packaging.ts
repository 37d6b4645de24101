// Packaging in the background: one file after another is claimed, packaged, and offered by one write. A claim that is not
// renewed lapses, so that another process, or this one after a crash, takes the file up.
import mongoose, { Types } from 'mongoose'
import {
  Media,
  type StoredFailure,
  type StoredHls,
  type StoredMediaFile,
  type StoredPackage,
} from '../../../models/media.js'
import type { CatalogueFile } from '../../catalogue/store/catalogue.js'
import type { MediaDeps } from '../deps.js'
import { MEDIA_URL_MS } from '../delivery/media-urls.js'
import { packageKeys } from './package-index.js'
import { PackagingStoppedError, type MediaPackager, type PackageResult } from './packager.js'
import { prefixOf, removeObjects, removeUnusedPackages, orphanedKeys } from '../object-cleanup.js'

/** Whoever packages renews its claim at least this often, or it lapses. */
const CLAIM_MS = 60_000
const RENEW_MS = 2_000
/** Players hold a playlist for as long as its address lives: older packages stay until then. */
const RETIRED_FOR_MS = MEDIA_URL_MS
/** Packages of one file that are kept, however often it is packaged again. */
const MAX_PACKAGES = 3
const UNCLAIMED = new Date(0)

export interface Packaging {
  /** A file wants to be packaged: as soon as its turn comes. */
  request(itemId: string, fileId: string): void
  /** Takes up whatever waits, and removes packages that nobody plays any more. */
  sweep(): Promise<void>
  /** Resolves when nothing waits or runs. */
  settle(): Promise<void>
  close(): Promise<void>
}

interface Job {
  readonly itemId: string
  readonly fileId: string
}

/** What a file that was just received has. */
export function initialHlsState (): StoredHls {
  return { state: 'processing', progress: 0, failure: null, claim: null, claimedUntil: UNCLAIMED, packages: [] }
}

/** The package that is offered now. */
export function currentPackage ({ hls }: Pick<StoredMediaFile, 'hls'>): StoredPackage | null {
  return hls?.packages?.find(({ retiredAt }) => retiredAt === null) ?? null
}

/** @param isEager false: only `sweep` starts anything */
export function createPackaging (services: MediaDeps, packager: MediaPackager, isEager = true): Packaging {
  const { catalogue, storage, log, now } = services
  const waiting = new Map<string, Job>()
  const stop = new AbortController()
  let running: Promise<void> | null = null

  async function runAll (): Promise<void> {
    while (!stop.signal.aborted) {
      const [job] = waiting.values()
      if (job === undefined) return
      waiting.delete(job.fileId)
      await packageFile(job).catch((error: unknown) => {
        // It stays in the state processing: the next sweep takes it up.
        if (!(error instanceof PackagingStoppedError)) {
          log.warn({ err: error }, 'a media file could not be packaged; trying again later')
        }
      })
    }
  }

  function run (): void {
    running ??= runAll().finally(() => {
      running = null
    })
  }

  async function packageFile ({ itemId, fileId }: Job): Promise<void> {
    const claimed = await claim(itemId, fileId, now())
    if (claimed === null) return
    const { file, claim: mine, left } = claimed
    await removeObjects(services, left)
    const lost = new AbortController()
    const renewal = createRenewal(async (progress) => {
      if (!await renew(itemId, fileId, mine, progress, now())) lost.abort()
      else await refresh(itemId)
    })
    const keepAlive = setInterval(renewal.due, RENEW_MS)
    try {
      const result = await packager.pack(
        storage,
        { key: file.storageKey, sizeBytes: file.sizeBytes, frameRate: file.frameRate },
        prefixOf(file._id, mine),
        { onProgress: renewal.report, signal: AbortSignal.any([stop.signal, lost.signal]) },
      )
      await renewal.end()
      await finish(services, { itemId, file, mine }, result)
      await refresh(itemId)
    } catch (error) {
      await renewal.end()
      // Whoever is next need not wait until the claim lapses.
      await release(itemId, fileId, mine).catch(() => undefined)
      throw error
    } finally {
      clearInterval(keepAlive)
    }
  }

  async function refresh (itemId: string): Promise<void> {
    const title = catalogue.findItem(itemId)?.titleId
    // How far a package is shows on no card.
    if (title !== undefined) await catalogue.reload(title)
  }

  function* allFiles (): Generator<CatalogueFile> {
    for (const title of catalogue.titles()) for (const item of title.items) yield* catalogue.filesOf(item.id)
  }

  return {
    request (itemId, fileId) {
      if (!isEager) return
      waiting.set(fileId, { itemId, fileId })
      run()
    },
    async sweep () {
      const before = now().getTime() - RETIRED_FOR_MS
      for (const file of allFiles()) {
        if (file.hls === undefined || file.hls === null) await prepareOld(file)
        if ((file.hls?.state ?? 'processing') === 'processing') {
          waiting.set(file.id, { itemId: file.itemId, fileId: file.id })
        }
        const old = (file.hls?.packages ?? []).filter(({ retiredAt }) =>
          retiredAt !== null && retiredAt.getTime() <= before
        )
        if (old.length > 0) await dropPackages(services, file, old)
      }
      run()
    },
    async settle () {
      await running
      if (waiting.size > 0) {
        run()
        await running
      }
    },
    async close () {
      stop.abort()
      waiting.clear()
      await running
      await packager.close()
    },
  }
}

/** A file from before packaging gets what new ones begin with. */
async function prepareOld ({ itemId, id }: CatalogueFile): Promise<void> {
  const stored = await findFile(itemId, id)
  if (stored === null || (stored.hls ?? null) !== null) return
  await Media.updateOne({ _id: itemId }, { $set: { 'files.$[file].hls': initialHlsState() } }, {
    arrayFilters: [{ 'file._id': stored._id }],
  })
}

interface Claimed {
  readonly file: StoredMediaFile
  readonly claim: Types.ObjectId
  readonly left: string[]
}

/** Claims a file that waits; null when it does not wait, or somebody else has it. */
async function claim (itemId: string, fileId: string, now: Date): Promise<Claimed | null> {
  const before = await findFile(itemId, fileId)
  if (before?.hls?.state !== 'processing') return null
  const mine = new Types.ObjectId()
  const changes = { progress: 0, claim: mine, claimedUntil: new Date(now.getTime() + CLAIM_MS) }
  const claimed = await update(itemId, changes, {
    'file._id': before._id,
    'file.hls.state': 'processing',
    'file.hls.claimedUntil': mongoose.trusted({ $lte: now }),
  })
  // What a process that died had written so far.
  const left = before.hls.claim === null ? [] : orphanedKeys(before._id, before.hls.claim)
  return claimed ? { file: before, claim: mine, left } : null
}

async function findFile (itemId: string, fileId: string): Promise<StoredMediaFile | null> {
  const media = await Media.findById(itemId).lean<{ files: StoredMediaFile[] }>()
  return media?.files.find(({ _id }) => _id.toString() === fileId) ?? null
}

/** @param hls what `filter` asks about stands last: the embedded server looks at the filter anew for each path */
async function update (
  itemId: string,
  hls: Partial<StoredHls>,
  filter: Record<string, unknown>,
  more: object = {},
): Promise<boolean> {
  const set = Object.fromEntries(Object.entries(hls).map(([name, value]) => [`files.$[file].hls.${name}`, value]))
  const { modifiedCount } = await Media.updateOne({ _id: itemId }, { $set: { ...more, ...set } }, {
    arrayFilters: [filter],
  })
  return modifiedCount > 0
}

function mineOf (fileId: string | Types.ObjectId, mine: Types.ObjectId): Record<string, unknown> {
  return { 'file._id': new Types.ObjectId(fileId), 'file.hls.claim': mine }
}

/** @returns false when the file is gone, or somebody else took it up */
async function renew (
  itemId: string,
  fileId: string,
  mine: Types.ObjectId,
  progress: number,
  now: Date,
): Promise<boolean> {
  return await update(itemId, { progress, claimedUntil: new Date(now.getTime() + CLAIM_MS) }, mineOf(fileId, mine))
}

async function release (itemId: string, fileId: string, mine: Types.ObjectId): Promise<void> {
  await update(itemId, { progress: 0, claimedUntil: UNCLAIMED, claim: null }, mineOf(fileId, mine))
}

interface Finished {
  readonly itemId: string
  readonly file: StoredMediaFile
  readonly mine: Types.ObjectId
}

/** Offers the new package and retires the one before, or says why there is none, in one write. */
async function finish (
  services: MediaDeps,
  { itemId, file, mine }: Finished,
  result: PackageResult,
): Promise<void> {
  const now = services.now()
  const before = (file.hls?.packages ?? []).map((one) => ({ ...one, retiredAt: one.retiredAt ?? now }))
  const kept = before.slice(1 - MAX_PACKAGES)
  const done = { claimedUntil: UNCLAIMED, claim: null }
  if (!result.ok) {
    const failure = { code: result.code, text: result.text }
    await update(
      itemId,
      { state: 'failed', failure, progress: 0, ...done },
      mineOf(file._id, mine),
      isUnplayable(file, failure) ? { 'files.$[file].state': 'failed', 'files.$[file].failure': failure } : {},
    )
    return
  }
  const made: StoredPackage = {
    _id: mine,
    prefix: prefixOf(file._id, mine),
    audioCount: result.index.audio.length,
    createdAt: now,
    retiredAt: null,
  }
  const isOffered = await update(
    itemId,
    { state: 'ready', failure: null, progress: 1, packages: [...kept, made], ...done },
    mineOf(file._id, mine),
    { 'files.$[file].state': 'ready', 'files.$[file].failure': null },
  )
  if (isOffered) await removeUnusedPackages(services, before.filter((one) => !kept.includes(one)))
  else await removeObjects(services, packageKeys(made))
}

/** A file that is damaged is good for nothing, unless it was packaged before: then it was not the file. */
function isUnplayable (file: StoredMediaFile, { code }: StoredFailure): boolean {
  return code === 'damaged' && (file.hls?.packages ?? []).length === 0
}

async function dropPackages (
  services: MediaDeps,
  file: CatalogueFile,
  old: readonly StoredPackage[],
): Promise<void> {
  const fileId = new Types.ObjectId(file.id)
  await Media.updateOne({ _id: file.itemId }, {
    $pull: { 'files.$[file].hls.packages': { _id: mongoose.trusted({ $in: old.map(({ _id }) => _id) }) } },
  }, { arrayFilters: [{ 'file._id': fileId }] })
  await removeUnusedPackages(services, old)
}

interface Renewal {
  report(progress: number): void
  /** Writes what was reported last, unless a write is under way. */
  due(): void
  end(): Promise<void>
}

function createRenewal (write: (progress: number) => Promise<void>): Renewal {
  let progress = 0
  let writing: Promise<void> | null = null
  return {
    report: (next) => {
      progress = next
    },
    due () {
      // What could not be written is written next time, or the claim lapses.
      writing ??= write(progress).catch(() => undefined).finally(() => {
        writing = null
      })
    },
    async end () {
      await writing
    },
  }
}

/** Asks for a file to be packaged again; what it offers stays until then. */
export async function requestPackaging (itemId: string, fileId: string): Promise<void> {
  await update(itemId, { progress: 0, failure: null, state: 'processing' }, {
    'file._id': new Types.ObjectId(fileId),
    'file.hls.state': mongoose.trusted({ $ne: 'processing' }),
  })
}
