// Reads a range of an open file: as a stream, or in large chunks whose buffers are used again.
import { Readable } from 'node:stream'
import { POOLED_CHUNK_BYTES, type FreeBuffers } from './free-buffers.js'
import type { FileUse } from './open-files.js'
import type { ByteRange } from './storage.js'

const STREAM_CHUNK_BYTES = 256 * 1024
/** Smaller chunks are allocated in their size. */
const MIN_POOLED_BYTES = 64 * 1024

export interface PooledChunk {
  readonly bytes: Buffer
  /** Gives the buffer back, when nothing reads it any more. Without this call it is garbage. */
  release(): void
}

/** A range of a file. Destroying it ends its use of the file. It is read either as a stream or by `readChunk`. */
export class FileStream extends Readable {
  readonly #file: FileUse
  readonly #freeBuffers: FreeBuffers
  #position: number
  #remaining: number

  constructor (file: FileUse, { start, end }: ByteRange, freeBuffers: FreeBuffers) {
    super({ highWaterMark: STREAM_CHUNK_BYTES })
    this.#file = file
    this.#freeBuffers = freeBuffers
    this.#position = start
    this.#remaining = end - start + 1
  }

  /** @returns the next chunk; null at the end of the range or of the file */
  async readChunk (): Promise<PooledChunk | null> {
    const length = Math.min(this.#remaining, POOLED_CHUNK_BYTES)
    const isPooled = length >= MIN_POOLED_BYTES
    const buffer = isPooled ? this.#freeBuffers.take() : Buffer.allocUnsafe(length)
    const bytesRead = await this.#readInto(buffer, length)
    const release = (): void => {
      if (isPooled) this.#freeBuffers.give(buffer)
    }
    if (bytesRead > 0) return { bytes: buffer.subarray(0, bytesRead), release }
    release()
    return null
  }

  override _read (): void {
    const length = Math.min(this.#remaining, STREAM_CHUNK_BYTES)
    const buffer = Buffer.allocUnsafe(length)
    this.#readInto(buffer, length).then((bytesRead) => {
      this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead))
    }, (error: Error) => {
      this.destroy(error)
    })
  }

  override _destroy (error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.release().then(() => {
      done(error)
    }, (closeError: Error) => {
      done(error ?? closeError)
    })
  }

  async #readInto (buffer: Buffer, length: number): Promise<number> {
    if (length === 0) return 0
    const { bytesRead } = await this.#file.handle.read(buffer, 0, length, this.#position)
    this.#position += bytesRead
    this.#remaining -= bytesRead
    return bytesRead
  }
}
