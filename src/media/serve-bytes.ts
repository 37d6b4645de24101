// Serving a stored object over HTTP: ranges, validators and conditions by RFC 9110, streamed with back-pressure.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { MediaStorage } from '../storage/storage.js'
import { isNotModified, preconditionFails, rangeStillValid, readRange } from './byte-ranges.js'

export interface ServedObject {
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string
  /** Strong and quoted. */
  readonly etag: string
  readonly modifiedAt: Date
  readonly cacheControl: string
}

/** Answers 200, 206, 304, 412 or 416; a stream that the client leaves is closed with its file. */
export async function sendBytes (request: FastifyRequest, reply: FastifyReply, storage: MediaStorage, object: ServedObject): Promise<FastifyReply> {
  const { headers } = request
  reply.headers({
    'accept-ranges': 'bytes',
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    'cache-control': object.cacheControl,
    'content-type': object.contentType,
  })
  if (preconditionFails({ ifMatch: headers['if-match'], ifUnmodifiedSince: headers['if-unmodified-since'] }, object)) return await bare(reply, 412)
  if (isNotModified({ ifNoneMatch: headers['if-none-match'], ifModifiedSince: headers['if-modified-since'] }, object)) return await bare(reply, 304)
  // Range is defined for GET only (§14.2): HEAD describes the whole.
  const asked = request.method === 'GET' && rangeStillValid(headers['if-range'] as string | undefined, object) ? headers.range : undefined
  const outcome = readRange(asked, object.sizeBytes)
  if (outcome.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${object.sizeBytes}`)
    return await bare(reply, 416)
  }
  const span = outcome.kind === 'part' ? outcome.range : { start: 0, end: object.sizeBytes - 1 }
  if (outcome.kind === 'part') reply.header('content-range', `bytes ${span.start}-${span.end}/${object.sizeBytes}`)
  reply.code(outcome.kind === 'part' ? 206 : 200).header('content-length', span.end - span.start + 1)
  if (request.method === 'HEAD' || object.sizeBytes === 0) return await reply.send()
  const stream = await storage.open(object.key, outcome.kind === 'part' ? span : undefined)
  request.raw.once('close', () => { stream.destroy() })
  return await reply.send(stream)
}

async function bare (reply: FastifyReply, status: number): Promise<FastifyReply> {
  return await reply.removeHeader('content-type').code(status).send()
}
