// How the bytes of stored media reach whoever has passed all checks: from here, from nginx, or from the store itself.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.js'
import type { MediaStorage } from '../../storage/storage.js'
import { breakWhenOver, type LeaseCheck } from './lease-check.js'
import type { LeaseGrant } from './media-urls.js'
import { sendBytes, type ServedObject } from './serve-bytes.js'

export interface DeliveryDeps {
  readonly storage: MediaStorage
  readonly leases: LeaseCheck
  readonly config: Pick<Config, 'xAccelRedirectPrefix'>
  now(): Date
}

/**
 * Answers with a part or the whole of an object, or with the address at which a store elsewhere gives it for a short while.
 * @throws DomainError 412 `precondition-failed`, 416 `range-not-satisfiable`, 503 `storage-unavailable`; ObjectMissingError
 */
export async function deliver (
  services: DeliveryDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  grant: LeaseGrant,
  object: Omit<ServedObject, 'cacheControl'>,
): Promise<FastifyReply> {
  const { storage, config } = services
  // HEAD is answered from what we know: an address that is signed for GET refuses it.
  const direct = request.method === 'GET' ? await storage.directUrl(object.key, object.contentType) : null
  if (direct !== null) return await reply.header('cache-control', 'no-store').redirect(direct.href, 307)
  const served = { ...object, cacheControl: 'private, max-age=0, must-revalidate' }
  return await sendBytes(request, reply, storage, served, {
    onChunk: breakWhenOver(services, reply, grant),
    xAccelRedirectPrefix: config.xAccelRedirectPrefix,
  })
}
