// Final uploads of the tus protocol: they consist of complete partial uploads, in the order of their URLs. The unique
// index on the parts makes the creation atomic: it reserves all of them, and a repeated request finds its upload.
import { randomUUID } from 'node:crypto'
import { Metadata } from '@tus/server'
import mongoose, { Types } from 'mongoose'
import { MAX_PARTS, MediaUpload, type StoredUpload } from '../../../models/media-upload.js'
import { badRequest, conflict, DomainError } from '../../errors.js'
import { RESUMABLE_FOLDER } from '../../storage/storage.js'
import { uploadTooLarge } from './receive-upload.js'
import { UPLOAD_TTL_MS } from './upload-store.js'

interface FinalUploadDeps {
  readonly maxUploadBytes: number
  now(): Date
  /** @throws DomainError if the metadata does not describe a file of an existing item */
  checkMetadata(metadata: Record<string, string | null>): Promise<void>
  /** Changes the state of a part whose process crashed after its last byte. */
  finishPart(part: StoredUpload): Promise<void>
}

/** How often the creation is tried again while another one reserves the same parts. */
const MAX_ATTEMPTS = 3
const PART_URL = /\/v1\/admin\/uploads\/([0-9a-f]{24})\/?$/

/** @returns the kind of upload that a request creates; null if it is a whole file */
export function parseConcatenation (header: string | null): 'partial' | 'final' | null {
  if (header === null) return null
  if (header === 'partial') return 'partial'
  if (header.startsWith('final;')) return 'final'
  throw violation('Upload-Concat is "partial", or "final;" and the URLs of the parts')
}

/**
 * Creates a final upload. The same request, repeated, returns the same upload.
 * @throws DomainError 400 `invalid-upload-part`, 403 `final-upload`, 409 `upload-part-incomplete` or
 * `upload-part-in-use`, 413 `upload-too-large`
 */
export async function createFinalUpload (
  deps: FinalUploadDeps,
  headers: Headers,
  accountId: string,
): Promise<StoredUpload> {
  if (headers.has('upload-length') || headers.has('upload-defer-length')) {
    throw violation('a final upload has the length of its parts, without Upload-Length or Upload-Defer-Length')
  }
  if (Number(headers.get('content-length') ?? 0) > 0 || headers.has('transfer-encoding')) {
    throw finalUploadTakesNoBytes()
  }
  const concatenation = headers.get('upload-concat') ?? ''
  const metadata = parseMetadata(headers.get('upload-metadata'))
  await deps.checkMetadata(metadata)
  const partIds = parsePartUrls(concatenation.slice('final;'.length))
  const wanted = { startedBy: accountId, metadata: Metadata.stringify(metadata), partIds }
  for (let attempt = 1;; attempt++) {
    const existing = await findFinalUpload(partIds)
    if (existing !== null) {
      if (isSameUpload(existing, wanted)) return existing
      throw conflict(
        'upload-part-in-use',
        'Partial upload in use',
        'A part belongs to another final upload. Upload the parts again to use them twice.',
      )
    }
    try {
      const sizeBytes = await reserveParts(deps, partIds, accountId)
      return await insertFinalUpload(concatenation, wanted, metadata['itemId'] ?? '', sizeBytes, deps.now())
    } catch (error) {
      // Another request created a final upload of these parts, which may already be joined and removed.
      if (attempt === MAX_ATTEMPTS || await findFinalUpload(partIds) === null) throw error
    }
  }
}

async function findFinalUpload (partIds: readonly string[]): Promise<StoredUpload | null> {
  return await MediaUpload.findOne({ partIds: mongoose.trusted({ $in: partIds }) }).lean<StoredUpload>()
}

async function insertFinalUpload (
  concatenation: string,
  { startedBy, metadata, partIds }: WantedUpload,
  item: string,
  sizeBytes: number,
  now: Date,
): Promise<StoredUpload> {
  const _id = new Types.ObjectId()
  const stored = await MediaUpload.create({
    _id,
    item: new Types.ObjectId(item),
    startedBy: new Types.ObjectId(startedBy),
    state: 'processing',
    storageKey: `${RESUMABLE_FOLDER}/${item}/${_id.toString()}-${randomUUID()}`,
    metadata,
    sizeBytes,
    receivedBytes: sizeBytes,
    concatenation,
    partIds: partIds.map((id) => new Types.ObjectId(id)),
    createdAt: now,
    touchedAt: now,
  })
  return stored.toObject()
}

interface WantedUpload {
  readonly startedBy: string
  readonly metadata: string
  readonly partIds: readonly string[]
}

function isSameUpload (
  existing: StoredUpload,
  { startedBy, metadata, partIds }: WantedUpload,
): boolean {
  return existing.startedBy.toString() === startedBy && existing.metadata === metadata &&
    existing.partIds?.join() === partIds.join()
}

function parseMetadata (header: string | null): Record<string, string | null> {
  try {
    return header === null ? {} : Metadata.parse(header)
  } catch {
    throw violation('Upload-Metadata is malformed')
  }
}

/** URLs are absolute or relative. Proxies change host and prefix, so that only the end of the path counts. */
function parsePartUrls (list: string): string[] {
  const urls = list.split(' ').filter((url) => url !== '')
  if (urls.length === 0 || urls.length > MAX_PARTS) {
    throw badRequest('invalid-upload-part', `A final upload has 1 to ${MAX_PARTS} parts, not ${urls.length}.`)
  }
  const ids = urls.map((url, i) => {
    const base = 'http://localhost/v1/admin/uploads'
    const { pathname } = URL.canParse(url, base) ? new URL(url, base) : { pathname: '' }
    return PART_URL.exec(pathname)?.[1] ?? failPart(i, 'is not the URL of an upload')
  })
  ids.forEach((id, i) => {
    if (ids.indexOf(id) < i) failPart(i, 'is in the list twice')
  })
  return ids
}

/**
 * Checks the parts and keeps them from being removed as abandoned.
 * @returns the sum of their sizes
 */
async function reserveParts (deps: FinalUploadDeps, ids: readonly string[], accountId: string): Promise<number> {
  const isPart = { _id: mongoose.trusted({ $in: ids }), concatenation: 'partial' }
  const findParts = async (): Promise<Map<string, StoredUpload>> => {
    const parts = await MediaUpload.find(isPart).lean<StoredUpload[]>()
    return new Map(parts.map((part) => [part._id.toString(), part]))
  }
  for (const part of (await findParts()).values()) if (part.state === 'uploading') await deps.finishPart(part)
  const now = deps.now()
  const parts = await findParts()
  let totalBytes = 0
  ids.forEach((id, i) => {
    const { startedBy, state, sizeBytes, touchedAt } = parts.get(id) ?? failPart(i, 'is not a partial upload')
    if (startedBy.toString() !== accountId) failPart(i, 'was uploaded by another account')
    if (now.getTime() - touchedAt.getTime() >= UPLOAD_TTL_MS) failPart(i, 'has expired')
    if (state !== 'received') {
      throw conflict(
        'upload-part-incomplete',
        'Partial upload incomplete',
        `Part ${i + 1} of Upload-Concat is incomplete. Send its remaining bytes, then repeat the request.`,
      )
    }
    totalBytes += sizeBytes ?? 0
  })
  if (totalBytes > deps.maxUploadBytes) throw uploadTooLarge(deps.maxUploadBytes)
  const unlocked = { ...isPart, state: 'received' as const, lockedUntil: mongoose.trusted({ $lte: now }) }
  const { matchedCount } = await MediaUpload.updateMany(unlocked, { $set: { touchedAt: now } })
  if (matchedCount < ids.length) throw badRequest('invalid-upload-part', 'A part is being removed.')
  return totalBytes
}

/** @param index of the part in the list */
function failPart (index: number, reason: string): never {
  throw badRequest('invalid-upload-part', `Part ${index + 1} of Upload-Concat ${reason}.`)
}

const violation = (reason: string): DomainError =>
  badRequest('malformed-request', `The request violates the tus protocol: ${reason}.`)

export const finalUploadTakesNoBytes = (): DomainError =>
  new DomainError(403, 'final-upload', 'Final upload', 'A final upload consists of its parts and takes no bytes.')
