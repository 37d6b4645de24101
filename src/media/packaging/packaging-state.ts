// The stored packaging state of media files: claims, progress, results and packages.
import mongoose, { Types } from 'mongoose'
import {
  Media,
  type StoredFailure,
  type StoredHls,
  type StoredMediaFile,
  type StoredPackage,
} from '../../../models/media.js'
import { packagePrefix } from '../object-cleanup.js'
import type { WriteSession } from '../../webhooks/outbox.js'
import { packageBytes } from './package-index.js'
import type { PackageResult } from './packager.js'

/** Most packages that a file has at a time, the current one included. */
const MAX_PACKAGES = 3
const UNCLAIMED = new Date(0)

/** State of a file before packaging. */
export function initialHlsState (): StoredHls {
  return { state: 'processing', progress: 0, failure: null, claim: null, claimedUntil: UNCLAIMED, packages: [] }
}

/** The package that playlists offer; null if the file is not packaged. */
export function currentPackage (
  { hls }: { readonly hls: Readonly<Pick<StoredHls, 'packages'>> },
): StoredPackage | null {
  return hls.packages.find(({ retiredAt }) => retiredAt === null) ?? null
}

/** Finds a media file of an item. */
export async function findStoredFile (itemId: string, fileId: string): Promise<StoredMediaFile | null> {
  const media = await Media.findById(itemId).lean<{ files: StoredMediaFile[] }>()
  return media?.files.find(({ _id }) => _id.toString() === fileId) ?? null
}

/** Requests a new package of a file. The current package stays available until the new one is complete. */
export async function requestPackaging (itemId: string, fileId: string): Promise<void> {
  await updateHls(itemId, { progress: 0, failure: null, state: 'processing' }, {
    'file._id': new Types.ObjectId(fileId),
    'file.hls.state': mongoose.trusted({ $ne: 'processing' }),
  })
}

/** A file that this process packages. The ID of the claim is the ID of the new package. */
export interface ClaimedFile {
  readonly itemId: string
  readonly file: StoredMediaFile
  readonly packageId: Types.ObjectId
}

/** Takes the claim of a file. @returns false if the file is not waiting or another process holds the claim */
export async function claimFile (
  { itemId, file, packageId }: ClaimedFile,
  now: Date,
  claimedUntil: Date,
): Promise<boolean> {
  return await updateHls(itemId, { progress: 0, claim: packageId, claimedUntil }, {
    'file._id': file._id,
    'file.hls.state': 'processing',
    'file.hls.claimedUntil': mongoose.trusted({ $lte: now }),
  })
}

/** Extends the claim and stores the progress. @returns false if the file was deleted or the claim was lost */
export async function renewClaim (claimed: ClaimedFile, progress: number, claimedUntil: Date): Promise<boolean> {
  return await updateHls(claimed.itemId, { progress, claimedUntil }, ownClaimFilter(claimed))
}

/** Releases the claim, so that another process need not wait until it expires. */
export async function releaseClaim (claimed: ClaimedFile): Promise<void> {
  await updateHls(claimed.itemId, { progress: 0, claimedUntil: UNCLAIMED, claim: null }, ownClaimFilter(claimed))
}

/**
 * Stores that packaging failed, and releases the claim.
 * @returns false if the file was deleted or the claim was lost
 */
export async function saveFailure (
  claimed: ClaimedFile,
  { code, text }: Extract<PackageResult, { ok: false }>,
  session: WriteSession,
): Promise<boolean> {
  const failure = { code, text }
  return await updateHls(
    claimed.itemId,
    { state: 'failed', failure, progress: 0, claimedUntil: UNCLAIMED, claim: null },
    ownClaimFilter(claimed),
    isUnplayable(claimed.file, failure) ? { 'files.$[file].state': 'failed', 'files.$[file].failure': failure } : {},
    session,
  )
}

/** A damaged file cannot be played, unless it was packaged before: then the file is not the cause. */
function isUnplayable (file: StoredMediaFile, { code }: StoredFailure): boolean {
  return code === 'damaged' && file.hls.packages.length === 0
}

export interface SavedPackage {
  readonly package: StoredPackage
  /** False if the file was deleted or the claim was lost. */
  readonly isSaved: boolean
  /** Packages that the file no longer refers to. */
  readonly dropped: readonly StoredPackage[]
}

/** Makes the new package the current one, retires the previous one and releases the claim, in one write. */
export async function savePackage (
  claimed: ClaimedFile,
  { index, omittedTracks }: Extract<PackageResult, { ok: true }>,
  now: Date,
  session: WriteSession,
): Promise<SavedPackage> {
  const { itemId, file, packageId } = claimed
  const older = file.hls.packages.map((stored) => ({ ...stored, retiredAt: stored.retiredAt ?? now }))
  const retained = older.slice(1 - MAX_PACKAGES)
  const created: StoredPackage = {
    _id: packageId,
    prefix: packagePrefix(file._id, packageId),
    audioCount: index.audio.length,
    sizeBytes: packageBytes(index),
    createdAt: now,
    retiredAt: null,
  }
  const isSaved = await updateHls(
    itemId,
    {
      state: 'ready',
      failure: omittedTracks.length === 0 ? null : describeOmittedTracks(file, omittedTracks),
      progress: 1,
      packages: [...retained, created],
      claimedUntil: UNCLAIMED,
      claim: null,
    },
    ownClaimFilter(claimed),
    { 'files.$[file].state': 'ready', 'files.$[file].failure': null },
    session,
  )
  return { package: created, isSaved, dropped: older.filter((stored) => !retained.includes(stored)) }
}

/** The package is complete but for these audio tracks. */
function describeOmittedTracks ({ audioTracks }: StoredMediaFile, omittedTracks: readonly number[]): StoredFailure {
  const names = omittedTracks.map((i) => {
    const { language = null, codec = null } = audioTracks[i] ?? {}
    return `${i + 1} (${language ?? 'unknown language'}, ${codec ?? 'unknown codec'})`
  })
  return {
    code: 'sound-codec',
    text: `HLS players do not support the codec of audio track ${names.join(', ')}; the package does not contain it.`,
  }
}

/** Removes packages from a file. */
export async function dropPackages (
  itemId: string,
  fileId: string,
  packages: readonly StoredPackage[],
): Promise<void> {
  await Media.updateOne({ _id: itemId }, {
    $pull: { 'files.$[file].hls.packages': { _id: mongoose.trusted({ $in: packages.map(({ _id }) => _id) }) } },
  }, { arrayFilters: [{ 'file._id': new Types.ObjectId(fileId) }] })
}

/** Array filter: the file, if this process holds its claim. */
function ownClaimFilter ({ file, packageId }: ClaimedFile): Record<string, unknown> {
  return { 'file._id': file._id, 'file.hls.claim': packageId }
}

/**
 * Updates the packaging state of the file that the array filter matches.
 * @param hls fields in the filter must be last: the fallback server evaluates the filter again for each path
 * @returns whether a file was updated
 */
async function updateHls (
  itemId: string,
  hls: Partial<StoredHls>,
  arrayFilter: Record<string, unknown>,
  fileFields: object = {},
  session: WriteSession = null,
): Promise<boolean> {
  const hlsFields = Object.fromEntries(
    Object.entries(hls).map(([name, value]) => [`files.$[file].hls.${name}`, value]),
  )
  const { modifiedCount } = await Media.updateOne({ _id: itemId }, { $set: { ...fileFields, ...hlsFields } }, {
    arrayFilters: [arrayFilter],
    ...(session === null ? {} : { session }),
  })
  return modifiedCount > 0
}
