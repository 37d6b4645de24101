// Serving a stored object over HTTP: ranges, validators and conditions by RFC 9110, streamed with back-pressure.
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, preconditionFailed } from '../errors.js'
import type { MediaStorage } from '../storage/storage.js'
import { streamPieces, type Piece } from './body-stream.js'
import { isNotModified, preconditionFails, rangeStillValid, readRange, sizeOf, type ByteRange } from './byte-ranges.js'

export interface ServedObject {
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string
  /** Strong and quoted. */
  readonly etag: string
  readonly modifiedAt: Date
  readonly cacheControl: string
}

export interface SendOptions {
  /** Told of each chunk that is sent. */
  readonly onChunk?: () => void
}

/**
 * Answers 200, 206 or 304; a stream that the client leaves is closed with its file.
 * @throws DomainError 412 `precondition-failed`, 416 `range-not-satisfiable`; ObjectMissingError
 */
export async function sendBytes (request: FastifyRequest, reply: FastifyReply, storage: MediaStorage, object: ServedObject, { onChunk = () => {} }: SendOptions = {}): Promise<FastifyReply> {
  const { headers } = request
  if (preconditionFails({ ifMatch: headers['if-match'], ifUnmodifiedSince: headers['if-unmodified-since'] }, object)) throw preconditionFailed()
  // Range is defined for GET only (§14.2): HEAD describes the whole.
  const isRangeMeant = request.method === 'GET' && rangeStillValid(headers['if-range'] as string | undefined, object)
  const isKnown = isNotModified({ ifNoneMatch: headers['if-none-match'], ifModifiedSince: headers['if-modified-since'] }, object)
  const outcome = readRange(isRangeMeant && !isKnown ? headers.range : undefined, object.sizeBytes)
  if (outcome.kind === 'unsatisfiable') throw rangeNotSatisfiable(object.sizeBytes)
  reply.headers({
    'accept-ranges': 'bytes',
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    'cache-control': object.cacheControl,
  })
  if (isKnown) return await reply.code(304).send()
  const pieces = toPieces(outcome, object)
  reply.code(outcome.kind === 'whole' ? 200 : 206).headers({ ...pieces.headers, 'content-length': pieces.sizeBytes })
  if (request.method === 'HEAD' || object.sizeBytes === 0) return await reply.send()
  return await sendPieces(reply, storage, object.key, pieces.list, onChunk)
}

function rangeNotSatisfiable (sizeBytes: number): DomainError {
  return new DomainError(416, 'range-not-satisfiable', 'No such bytes', `The file has ${sizeBytes} bytes; the range begins after them.`,
    { sizeBytes }, { 'content-range': `bytes */${sizeBytes}` })
}

interface Pieces { readonly list: readonly Piece[], readonly sizeBytes: number, readonly headers: Readonly<Record<string, string>> }

function toPieces (outcome: Exclude<ReturnType<typeof readRange>, { kind: 'unsatisfiable' }>, object: ServedObject): Pieces {
  const { sizeBytes, contentType } = object
  if (outcome.kind === 'parts') return toMultipart(outcome.ranges, object)
  const range = outcome.kind === 'part' ? outcome.range : { start: 0, end: sizeBytes - 1 }
  const contentRange: Record<string, string> = outcome.kind === 'part' ? { 'content-range': contentRangeOf(range, sizeBytes) } : {}
  return { list: [range], sizeBytes: sizeOf(range), headers: { 'content-type': contentType, ...contentRange } }
}

function toMultipart (ranges: readonly ByteRange[], { sizeBytes, contentType }: ServedObject): Pieces {
  // Random, so that no file can hold it.
  const boundary = randomBytes(16).toString('hex')
  const list = ranges.flatMap((range, i): Piece[] => [
    `${i === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: ${contentRangeOf(range, sizeBytes)}\r\n\r\n`,
    range,
  ])
  list.push(`\r\n--${boundary}--\r\n`)
  const total = list.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : sizeOf(piece)), 0)
  return { list, sizeBytes: total, headers: { 'content-type': `multipart/byteranges; boundary=${boundary}` } }
}

function contentRangeOf ({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end}/${sizeBytes}`
}

async function sendPieces (reply: FastifyReply, storage: MediaStorage, key: string, list: readonly Piece[], onChunk: () => void): Promise<FastifyReply> {
  // The first stored bytes are opened before the head is sent, so that a missing object can still be told.
  const first = list.find((piece) => typeof piece !== 'string')
  const opened = first === undefined ? null : await storage.open(key, first)
  const body = streamPieces(list, {
    open: async (range) => range === first && opened !== null ? opened : await storage.open(key, range),
    onChunk,
  })
  // A client that leaves before the first piece is begun leaves its file open.
  body.once('close', () => { opened?.destroy() })
  if (reply.raw.destroyed) body.destroy()
  return await reply.send(body)
}
