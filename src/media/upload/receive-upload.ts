// Receives an upload: streams it to storage, hashes and measures it. A failed upload leaves nothing behind.
import { createHash } from 'node:crypto'
import { addAbortSignal, type Readable, type Writable } from 'node:stream'
import { badRequest, DomainError } from '../../errors.js'
import { drainBody, readChunks } from '../../http/request-body.js'
import { publishMeasurement } from '../../measurements.js'
import type { MediaStorage } from '../../storage/storage.js'
import { HEAD_BYTES, sniffContainer } from './sniff-container.js'

export interface ReceivedUpload {
  readonly key: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface ReceiveOptions {
  /** SHA-256 that the bytes must have, hexadecimal. */
  readonly expectedSha256?: string
  readonly signal?: AbortSignal
  /** The first bytes need not be those of a container that the service plays. */
  readonly isAnyFormat?: boolean
}

/**
 * Stores an upload under a key.
 * @param source the request body or a file of a form
 * @throws DomainError 400 `empty-upload`, `upload-interrupted` or `checksum-mismatch`, 413 `upload-too-large`,
 * 415 `unsupported-media`
 */
export async function receiveUpload (
  source: Readable,
  storage: MediaStorage,
  key: string,
  maxBytes: number,
  { expectedSha256, signal, isAnyFormat = false }: ReceiveOptions = {},
): Promise<ReceivedUpload> {
  // The source may fail before it is read; reading reports the failure.
  source.on('error', () => {})
  if (signal !== undefined) addAbortSignal(signal, source)
  const writer = await storage.create(key)
  let sizeBytes = 0
  let result: 'completed' | 'failed' = 'failed'
  publishMeasurement('upload-started', {})
  try {
    const hash = createHash('sha256')
    for await (const chunk of checkedChunks(source, maxBytes, isAnyFormat)) {
      hash.update(chunk)
      sizeBytes += chunk.length
      await writeChunk(writer.stream, chunk)
    }
    const sha256 = hash.digest('hex')
    if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== sha256) {
      throw badRequest(
        'checksum-mismatch',
        'The received bytes do not have the announced checksum. Nothing was stored; send the file again.',
      )
    }
    await writer.commit()
    result = 'completed'
    return { key, sizeBytes, sha256 }
  } catch (error) {
    await writer.abort()
    drainBody(source)
    throw error
  } finally {
    publishMeasurement('upload-finished', { result, bytes: sizeBytes })
  }
}

/** Yields the chunks of a source; unless any format is accepted, once its first bytes identify a media file. */
async function* checkedChunks (source: Readable, maxBytes: number, isAnyFormat: boolean): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  let head: Buffer | null = isAnyFormat ? null : Buffer.alloc(0)
  for await (const chunk of readChunks(source, uploadInterrupted)) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw uploadTooLarge(maxBytes)
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < HEAD_BYTES) continue
    yield assertMediaFile(head)
    head = null
  }
  if (sizeBytes === 0) throw badRequest('empty-upload', 'The body is empty: send the file itself.')
  if (head !== null) yield assertMediaFile(head)
}

const uploadInterrupted = (): DomainError =>
  badRequest('upload-interrupted', 'The upload was interrupted. Nothing was stored; send the file again.')

/**
 * Checks the first bytes of a file.
 * @returns the same bytes
 * @throws DomainError 415 `unsupported-media`
 */
export function assertMediaFile (head: Buffer): Buffer {
  if (sniffContainer(head) !== null) return head
  throw new DomainError(
    415,
    'unsupported-media',
    'Unsupported media format',
    'The body is not an MP4, MOV, Matroska, WebM or MPEG-TS file.',
  )
}

export function uploadTooLarge (maxBytes: number): DomainError {
  return new DomainError(
    413,
    'upload-too-large',
    'Upload too large',
    `A media file may have at most ${maxBytes} bytes.`,
    { maxBytes },
  )
}

/** Waits until the chunk is written: back-pressure, and an error even if the stream has already failed. */
async function writeChunk (stream: Writable, chunk: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => {
      error == null ? resolve() : reject(error)
    })
  })
}
