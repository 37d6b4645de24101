// Receiving an upload: streamed to storage, hashed and measured on the way; whatever breaks it leaves nothing behind.
import { createHash } from 'node:crypto'
import { addAbortSignal, type Readable, type Writable } from 'node:stream'
import { badRequest, DomainError } from '../../errors.js'
import { chunksOf, drainBody } from '../../http/request-body.js'
import type { MediaStorage } from '../../storage/storage.js'
import { HEAD_BYTES, sniffContainer } from './container-magic.js'

export interface ReceivedUpload {
  readonly key: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface UploadOptions {
  /** Hexadecimal; what arrives must have it. */
  readonly expectedSha256?: string
  readonly signal?: AbortSignal
}

/**
 * @param source the body as it arrives
 * @throws DomainError 400 `empty-upload`, `upload-interrupted` or `checksum-mismatch`, 413 `upload-too-large`,
 * 415 `unsupported-media`
 */
export async function receiveUpload (
  source: Readable,
  storage: MediaStorage,
  key: string,
  maxBytes: number,
  { expectedSha256, signal }: UploadOptions = {},
): Promise<ReceivedUpload> {
  // It may break before it is read; reading then tells.
  source.on('error', () => {})
  if (signal !== undefined) addAbortSignal(signal, source)
  const writer = await storage.create(key)
  try {
    const hash = createHash('sha256')
    let sizeBytes = 0
    for await (const bytes of checked(source, maxBytes)) {
      hash.update(bytes)
      sizeBytes += bytes.length
      await write(writer.stream, bytes)
    }
    const sha256 = hash.digest('hex')
    if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== sha256) {
      throw badRequest(
        'checksum-mismatch',
        'The bytes that arrived do not have the checksum that was announced. Nothing was kept; send them again.',
      )
    }
    await writer.commit()
    return { key, sizeBytes, sha256 }
  } catch (error) {
    await writer.abort()
    drainBody(source)
    throw error
  }
}

/** The source's bytes, none before the first of them are known to be those of a media file. */
async function* checked (source: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunksOf(source, interrupted)) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes)
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < HEAD_BYTES) continue
    yield assertMedia(head)
    head = null
  }
  if (sizeBytes === 0) throw badRequest('empty-upload', 'The body is empty: send the file itself.')
  if (head !== null) yield assertMedia(head)
}

const interrupted = (): DomainError =>
  badRequest('upload-interrupted', 'The upload ended before its end. Nothing was kept; send it again.')

/** @throws DomainError 415 `unsupported-media` */
export function assertMedia (head: Buffer): Buffer {
  if (sniffContainer(head) !== null) return head
  throw new DomainError(
    415,
    'unsupported-media',
    'Not a media file',
    'The body is none of MP4, MOV, Matroska, WebM or MPEG-TS.',
  )
}

export function tooLarge (maxBytes: number): DomainError {
  return new DomainError(
    413,
    'upload-too-large',
    'Upload too large',
    `A media file may have up to ${maxBytes} bytes.`,
    { maxBytes },
  )
}

/** Waits for each chunk to be taken: back-pressure, and an error even from a stream that is already broken. */
async function write (stream: Writable, chunk: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => {
      error == null ? resolve() : reject(error)
    })
  })
}
