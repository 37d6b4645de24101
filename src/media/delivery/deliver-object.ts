// Delivers a stored object to an authorised client: from this process, by nginx, or by a redirect to the store.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.js'
import type { MediaStorage } from '../../storage/storage.js'
import { abortWhenLeaseEnds, type LeaseCheck } from './lease-check.js'
import type { LeaseGrant } from './media-urls.js'
import type { ReadRenewal } from './read-renewal.js'
import { sendObject, type ServedObject } from './send-object.js'

export interface DeliveryDeps {
  readonly storage: MediaStorage
  readonly leases: LeaseCheck
  readonly readRenewal: ReadRenewal
  readonly config: Pick<Config, 'xAccelRedirectPrefix' | 's3'>
  now(): Date
}

export interface DeliveredObject extends Omit<ServedObject, 'cacheControl'> {
  /** Playing time of the video in the object; 0 for audio. */
  readonly playingMs: number
}

/** nginx and the store send whole objects and what the client asks for, but no part that this service selects. */
export function isOffloaded ({ xAccelRedirectPrefix, s3 }: DeliveryDeps['config']): boolean {
  return xAccelRedirectPrefix !== null || s3?.delivery === 'redirect'
}

/**
 * Sends an object or a range of it, or redirects to a short-lived URL of the store.
 * @throws DomainError 412 `precondition-failed`, 416 `range-not-satisfiable`, 503 `storage-unavailable`;
 * ObjectNotFoundError
 */
export async function deliverObject (
  deps: DeliveryDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  grant: LeaseGrant,
  { playingMs, ...object }: DeliveredObject,
): Promise<FastifyReply> {
  const { storage, readRenewal } = deps
  const isPart = object.startByte !== undefined
  const xAccelRedirectPrefix = isPart ? null : deps.config.xAccelRedirectPrefix
  // HEAD is never redirected: the signature of the URL is valid for GET only.
  const directUrl = request.method === 'GET' && !isPart
    ? await storage.directUrl(object.key, object.contentType, object.contentDisposition)
    : null
  // This process does not see the bytes that the store or nginx sends.
  const isUnseen = directUrl !== null || xAccelRedirectPrefix !== null
  if (isUnseen && request.method === 'GET') readRenewal.recordRead(grant, playingMs)
  if (directUrl !== null) return await reply.header('cache-control', 'no-store').redirect(directUrl.href, 307)
  const abortIfLeaseEnded = abortWhenLeaseEnds(deps, reply, grant)
  const servedObject = { ...object, cacheControl: 'private, max-age=0, must-revalidate' }
  return await sendObject(request, reply, storage, servedObject, {
    onChunk: (sizeBytes) => {
      abortIfLeaseEnded()
      readRenewal.recordRead(grant, playingMs * sizeBytes / object.sizeBytes)
    },
    onSecond: abortIfLeaseEnded,
    xAccelRedirectPrefix,
  })
}
