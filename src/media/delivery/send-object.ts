// Sends a stored object over HTTP with ranges, validators and preconditions by RFC 9110, streamed with back-pressure.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, preconditionFailed } from '../../errors.js'
import { streamBodyParts, type BodyPart } from '../../http/body-stream.js'
import { createFileBody, type FileBodyCallbacks } from '../../http/file-body.js'
import { parseRange, rangeLength, type RangeOutcome } from '../../http/byte-ranges.js'
import { isNotModified, isPreconditionFailed, isRangeStillValid } from '../../http/conditional-requests.js'
import { FileStream } from '../../storage/file-stream.js'
import { ObjectNotFoundError, type ByteRange, type MediaStorage } from '../../storage/storage.js'

export interface ServedObject {
  readonly key: string
  /** First byte of the stored object that is served; 0 by default. */
  readonly startByte?: number
  readonly sizeBytes: number
  readonly contentType: string
  /** Strong tag, quoted. */
  readonly etag: string
  readonly modifiedAt: Date
  readonly cacheControl: string
  /** Content-Disposition; without one, the client chooses a file name. */
  readonly contentDisposition?: string
}

const ACCEPT_RANGES = { 'accept-ranges': 'bytes' }

export interface SendOptions extends Partial<FileBodyCallbacks> {
  /** URL prefix of the stored objects in nginx; null: this process sends the bytes. */
  readonly xAccelRedirectPrefix?: string | null
}

/**
 * Responds with 200, 206 or 304, or lets nginx send the bytes. Closes the file if the client disconnects.
 * @throws DomainError 412 `precondition-failed`, 416 `range-not-satisfiable`; ObjectNotFoundError
 */
export async function sendObject (
  request: FastifyRequest,
  reply: FastifyReply,
  storage: MediaStorage,
  object: ServedObject,
  { onChunk = () => {}, onSecond = () => {}, xAccelRedirectPrefix = null }: SendOptions = {},
): Promise<FastifyReply> {
  const { headers } = request
  const preconditions = { ifMatch: headers['if-match'], ifUnmodifiedSince: headers['if-unmodified-since'] }
  if (isPreconditionFailed(preconditions, object)) throw preconditionFailed()
  const isUnchanged = isNotModified({
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
  }, object)
  // Range is defined for GET only (§14.2): HEAD describes the whole object.
  const usesRange = request.method === 'GET' && !isUnchanged &&
    isRangeStillValid(headers['if-range'] as string | undefined, object)
  const outcome = parseRange(usesRange ? headers.range : undefined, object.sizeBytes)
  if (outcome.kind === 'unsatisfiable') throw rangeNotSatisfiable(object.sizeBytes)
  const commonHeaders = {
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    'cache-control': object.cacheControl,
    ...object.contentDisposition === undefined ? {} : { 'content-disposition': object.contentDisposition },
  }
  if (isUnchanged) {
    reply.code(304).headers({ ...commonHeaders, ...ACCEPT_RANGES })
    return await (request.method === 'HEAD' ? sendHead(reply) : reply.send())
  }
  if (xAccelRedirectPrefix !== null && object.sizeBytes > 0 && canOffload(request, outcome)) {
    const nginxHeaders = await offloadHeaders(storage, object, outcome, xAccelRedirectPrefix)
    return await reply.headers({ ...commonHeaders, ...nginxHeaders }).send()
  }
  const content = toContent(outcome, object)
  const hasBody = request.method !== 'HEAD' && object.sizeBytes > 0
  // Opened before the headers are sent, so that a missing object can still become a 404.
  const body = hasBody ? await openBody(reply, storage, object, content.parts, { onChunk, onSecond }) : null
  reply.code(outcome.kind === 'whole' ? 200 : 206).headers({
    ...commonHeaders,
    ...ACCEPT_RANGES,
    ...content.headers,
    'content-length': content.sizeBytes,
  })
  if (request.method === 'HEAD') return await sendHead(reply)
  return await (body === null ? reply.send() : reply.send(body))
}

/** The HEAD routes of Fastify replace the length of the object by that of the body, unless the body is a stream. */
async function sendHead (reply: FastifyReply): Promise<FastifyReply> {
  return await reply.send(Readable.from([]))
}

/**
 * Whether nginx would respond as this service does. nginx applies ranges to HEAD, rejects malformed ranges, and
 * evaluates If-Match and If-Unmodified-Since before it has the validators. This covers nearly all requests.
 */
function canOffload ({ method, headers }: FastifyRequest, { kind }: RangeOutcome): boolean {
  if (method !== 'GET' || headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined) {
    return false
  }
  // nginx might apply a range that this service ignores.
  return kind === 'part' || (kind === 'whole' && headers.range === undefined)
}

/**
 * Headers that let nginx apply the range and send the bytes.
 * @throws ObjectNotFoundError: nginx would respond with an HTML page
 */
async function offloadHeaders (
  storage: MediaStorage,
  { key, contentType }: ServedObject,
  { kind }: RangeOutcome,
  prefix: string,
): Promise<Record<string, string>> {
  if (!await storage.canOpen(key)) throw new ObjectNotFoundError(key)
  return {
    'content-type': contentType,
    'x-accel-redirect': `${prefix}/${key}`,
    // For a whole file nginx adds Accept-Ranges itself; a second header would duplicate it.
    ...(kind === 'whole' ? {} : ACCEPT_RANGES),
  }
}

function rangeNotSatisfiable (sizeBytes: number): DomainError {
  return new DomainError(
    416,
    'range-not-satisfiable',
    'Range not satisfiable',
    `The file has ${sizeBytes} bytes; the range starts after them.`,
    { sizeBytes },
    { 'content-range': `bytes */${sizeBytes}` },
  )
}

interface Content {
  readonly parts: readonly BodyPart[]
  readonly sizeBytes: number
  readonly headers: Readonly<Record<string, string>>
}

function toContent (outcome: Exclude<RangeOutcome, { kind: 'unsatisfiable' }>, object: ServedObject): Content {
  const { sizeBytes, contentType } = object
  if (outcome.kind === 'parts') return toMultipart(outcome.ranges, object)
  const range = outcome.kind === 'part' ? outcome.range : { start: 0, end: sizeBytes - 1 }
  const rangeHeaders: Record<string, string> = outcome.kind === 'part'
    ? { 'content-range': contentRange(range, sizeBytes) }
    : {}
  return { parts: [range], sizeBytes: rangeLength(range), headers: { 'content-type': contentType, ...rangeHeaders } }
}

function toMultipart (ranges: readonly ByteRange[], { sizeBytes, contentType }: ServedObject): Content {
  // Random, so that no file contains it.
  const boundary = randomBytes(16).toString('hex')
  const parts = ranges.flatMap((range, i): BodyPart[] => {
    const headers = `content-type: ${contentType}\r\ncontent-range: ${contentRange(range, sizeBytes)}`
    return [`${i === 0 ? '' : '\r\n'}--${boundary}\r\n${headers}\r\n\r\n`, range]
  })
  parts.push(`\r\n--${boundary}--\r\n`)
  const total = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : rangeLength(part)), 0)
  return { parts, sizeBytes: total, headers: { 'content-type': `multipart/byteranges; boundary=${boundary}` } }
}

function contentRange ({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end}/${sizeBytes}`
}

async function openBody (
  reply: FastifyReply,
  storage: MediaStorage,
  { key, startByte = 0 }: ServedObject,
  parts: readonly BodyPart[],
  callbacks: FileBodyCallbacks,
): Promise<Readable> {
  const openRange = async ({ start, end }: ByteRange): Promise<Readable> =>
    await storage.open(key, { start: startByte + start, end: startByte + end }, { mayBeOpen: true })
  const first = parts.find((part) => typeof part !== 'string')
  const opened = first === undefined ? null : await openRange(first)
  const body = opened instanceof FileStream && first !== undefined && parts.length === 1
    ? createFileBody(opened, rangeLength(first), callbacks)
    : streamBodyParts(parts, {
      open: async (range) => range === first && opened !== null ? opened : await openRange(range),
      onChunk: callbacks.onChunk,
    })
  // The client may disconnect before the first range is read; the file would stay open.
  body.once('close', () => {
    opened?.destroy()
  })
  // Client disconnected during open: do not start a stream that would leak.
  if (reply.raw.destroyed) body.destroy()
  return body
}
