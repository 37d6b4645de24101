// Receiving an upload: streamed to storage, hashed and measured on the way; whatever breaks it leaves nothing behind.
import { createHash } from 'node:crypto'
import { Transform, type Readable, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest, DomainError } from '../errors.js'
import type { MediaStorage } from '../storage/storage.js'

export interface ReceivedUpload {
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

const SNIFFED_BYTES = 12

/**
 * @param source the body as it arrives
 * @throws DomainError 400 `empty-upload`, 413 `upload-too-large`, 415 `unsupported-media`
 */
export async function receiveUpload (source: Readable, storage: MediaStorage, key: string, maxBytes: number): Promise<ReceivedUpload> {
  const writer = await storage.create(key)
  const meter = new UploadMeter(maxBytes)
  try {
    await pipeline(source, meter, writer.stream)
    if (meter.sizeBytes === 0) throw badRequest('empty-upload', 'The body is empty: send the file itself.')
    await writer.commit()
    return { sizeBytes: meter.sizeBytes, sha256: meter.digest() }
  } catch (error) {
    await writer.abort()
    if (isCutOff(error)) throw badRequest('upload-interrupted', 'The upload ended before its end. Nothing was kept; send it again.')
    throw error
  }
}

function isCutOff (error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'ABORT_ERR')
}

/** Counts, hashes, and looks at the first bytes before much of a wrong file is written. */
class UploadMeter extends Transform {
  sizeBytes = 0
  private readonly hash = createHash('sha256')
  private head: Buffer | null = Buffer.alloc(0)

  constructor (private readonly maxBytes: number) {
    super()
  }

  override _transform (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length
    if (this.sizeBytes > this.maxBytes) {
      done(new DomainError(413, 'upload-too-large', 'Upload too large', `A media file may have up to ${this.maxBytes} bytes.`, { maxBytes: this.maxBytes }))
      return
    }
    if (this.head !== null) {
      this.head = Buffer.concat([this.head, chunk.subarray(0, SNIFFED_BYTES)])
      if (this.head.length >= SNIFFED_BYTES) {
        if (!looksLikeMedia(this.head)) {
          done(notMedia())
          return
        }
        this.head = null
      }
    }
    this.hash.update(chunk)
    done(null, chunk)
  }

  override _flush (done: TransformCallback): void {
    done(this.head !== null && this.sizeBytes > 0 ? notMedia() : null)
  }

  digest (): string {
    return this.hash.digest('hex')
  }
}

function notMedia (): DomainError {
  return new DomainError(415, 'unsupported-media', 'Not a media file', 'The body is none of MP4, MOV, Matroska, WebM or MPEG-TS.')
}

/** ISO base media files name a box at byte 4, Matroska and WebM begin with EBML, transport streams with a sync byte. */
function looksLikeMedia (head: Buffer): boolean {
  const box = head.toString('latin1', 4, 8)
  return ['ftyp', 'moov', 'mdat', 'wide', 'free', 'styp'].includes(box) || head.readUInt32BE(0) === 0x1a45dfa3 || head[0] === 0x47
}
