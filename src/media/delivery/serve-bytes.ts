// Serving a stored object over HTTP: ranges, validators and conditions by RFC 9110, streamed with back-pressure.
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, preconditionFailed } from '../../errors.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import { streamPieces, type Piece } from '../../http/body-stream.js'
import {
  isNotModified,
  preconditionFails,
  rangeStillValid,
  readRange,
  sizeOf,
  type ByteRange,
  type RangeOutcome,
} from '../../http/byte-ranges.js'

export interface ServedObject {
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string
  /** Strong and quoted. */
  readonly etag: string
  readonly modifiedAt: Date
  readonly cacheControl: string
}

const TAKES_RANGES = { 'accept-ranges': 'bytes' }

export interface SendOptions {
  /** Told of each chunk that is sent. */
  readonly onChunk?: () => void
  /** Where nginx has the stored objects; null sends the bytes from here. */
  readonly xAccelRedirectPrefix?: string | null
}

/**
 * Answers 200, 206 or 304, or leaves the bytes of the first two to nginx; a stream that the client leaves is closed with its file.
 * @throws DomainError 412 `precondition-failed`, 416 `range-not-satisfiable`; ObjectMissingError
 */
export async function sendBytes (
  request: FastifyRequest,
  reply: FastifyReply,
  storage: MediaStorage,
  object: ServedObject,
  { onChunk = () => {}, xAccelRedirectPrefix = null }: SendOptions = {},
): Promise<FastifyReply> {
  const { headers } = request
  if (preconditionFails({ ifMatch: headers['if-match'], ifUnmodifiedSince: headers['if-unmodified-since'] }, object)) {
    throw preconditionFailed()
  }
  // Range is defined for GET only (§14.2): HEAD describes the whole.
  const isRangeMeant = request.method === 'GET' && rangeStillValid(headers['if-range'] as string | undefined, object)
  const isKnown = isNotModified({
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
  }, object)
  const outcome = readRange(isRangeMeant && !isKnown ? headers.range : undefined, object.sizeBytes)
  if (outcome.kind === 'unsatisfiable') throw rangeNotSatisfiable(object.sizeBytes)
  const head = {
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    'cache-control': object.cacheControl,
  }
  if (isKnown) return await reply.code(304).headers({ ...head, ...TAKES_RANGES }).send()
  if (xAccelRedirectPrefix !== null && object.sizeBytes > 0 && canOffload(request, outcome)) {
    const toNginx = await offload(storage, object, outcome, xAccelRedirectPrefix)
    return await reply.headers({ ...head, ...toNginx }).send()
  }
  const pieces = toPieces(outcome, object)
  const isBodyless = request.method === 'HEAD' || object.sizeBytes === 0
  // Opened before the head is made, so that a missing object can still be told.
  const body = isBodyless ? null : await openBody(reply, storage, object.key, pieces.list, onChunk)
  reply.code(outcome.kind === 'whole' ? 200 : 206).headers({
    ...head,
    ...TAKES_RANGES,
    ...pieces.headers,
    'content-length': pieces.sizeBytes,
  })
  return await (body === null ? reply.send() : reply.send(body))
}

/**
 * Whether nginx would answer as we do. It gives ranges to HEAD, refuses malformed ones, and weighs If-Match and
 * If-Unmodified-Since before it knows our validators: those are answered here. What is left are nearly all requests.
 */
function canOffload ({ method, headers }: FastifyRequest, { kind }: RangeOutcome): boolean {
  if (method !== 'GET' || headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined) {
    return false
  }
  // A whole file that is sent because its range does not count: nginx might count it.
  return kind === 'part' || (kind === 'whole' && headers.range === undefined)
}

/** What nginx is told: it cuts the range and sends the bytes. @throws ObjectMissingError: nginx's own answer would be a page */
async function offload (
  storage: MediaStorage,
  { key, contentType }: ServedObject,
  { kind }: RangeOutcome,
  prefix: string,
): Promise<Record<string, string>> {
  if (await storage.stat(key) === null) throw new ObjectNotFoundError(key)
  return {
    'content-type': contentType,
    'x-accel-redirect': `${prefix}/${key}`,
    // Of a whole file nginx says itself that it takes ranges; with ours it would say so twice.
    ...(kind === 'whole' ? {} : TAKES_RANGES),
  }
}

function rangeNotSatisfiable (sizeBytes: number): DomainError {
  return new DomainError(
    416,
    'range-not-satisfiable',
    'No such bytes',
    `The file has ${sizeBytes} bytes; the range begins after them.`,
    { sizeBytes },
    { 'content-range': `bytes */${sizeBytes}` },
  )
}

interface Pieces {
  readonly list: readonly Piece[]
  readonly sizeBytes: number
  readonly headers: Readonly<Record<string, string>>
}

function toPieces (outcome: Exclude<RangeOutcome, { kind: 'unsatisfiable' }>, object: ServedObject): Pieces {
  const { sizeBytes, contentType } = object
  if (outcome.kind === 'parts') return toMultipart(outcome.ranges, object)
  const range = outcome.kind === 'part' ? outcome.range : { start: 0, end: sizeBytes - 1 }
  const contentRange: Record<string, string> = outcome.kind === 'part'
    ? { 'content-range': contentRangeOf(range, sizeBytes) }
    : {}
  return { list: [range], sizeBytes: sizeOf(range), headers: { 'content-type': contentType, ...contentRange } }
}

function toMultipart (ranges: readonly ByteRange[], { sizeBytes, contentType }: ServedObject): Pieces {
  // Random, so that no file can hold it.
  const boundary = randomBytes(16).toString('hex')
  const list = ranges.flatMap((range, i): Piece[] => [
    `${i === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: ${
      contentRangeOf(range, sizeBytes)
    }\r\n\r\n`,
    range,
  ])
  list.push(`\r\n--${boundary}--\r\n`)
  const total = list.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : sizeOf(piece)), 0)
  return { list, sizeBytes: total, headers: { 'content-type': `multipart/byteranges; boundary=${boundary}` } }
}

function contentRangeOf ({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end}/${sizeBytes}`
}

async function openBody (
  reply: FastifyReply,
  storage: MediaStorage,
  key: string,
  list: readonly Piece[],
  onChunk: () => void,
): Promise<Readable> {
  const first = list.find((piece) => typeof piece !== 'string')
  const opened = first === undefined ? null : await storage.open(key, first)
  const body = streamPieces(list, {
    open: async (range) => range === first && opened !== null ? opened : await storage.open(key, range),
    onChunk,
  })
  // A client that leaves before the first piece is begun leaves its file open.
  body.once('close', () => {
    opened?.destroy()
  })
  // Whoever left while the file was being opened gets no stream: nobody would close it.
  if (reply.raw.destroyed) body.destroy()
  return body
}
