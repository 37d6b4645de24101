// A response body that is a range of a file. It writes large chunks to the response itself: a stream between them would
// need a new buffer for each chunk.
import { Readable, type Writable } from 'node:stream'
import type { FileStream } from '../storage/file-stream.js'

export interface FileBodyCallbacks {
  /** Called with the size of each chunk that is read. */
  onChunk(sizeBytes: number): void
  /** Called each second while the body is sent: a slow client may take long for a chunk. */
  onSecond(): void
}

/**
 * Creates the body. Destroying it closes the file. It fails if the file ends early: Content-Length is already sent, so
 * the connection must break.
 */
export function createFileBody (file: FileStream, sizeBytes: number, callbacks: FileBodyCallbacks): Readable {
  return new FileBody(file, sizeBytes, callbacks)
}

class FileBody extends Readable {
  readonly #file: FileStream
  readonly #callbacks: FileBodyCallbacks
  #missingBytes: number

  constructor (file: FileStream, sizeBytes: number, callbacks: FileBodyCallbacks) {
    super()
    this.#file = file
    this.#missingBytes = sizeBytes
    this.#callbacks = callbacks
  }

  override pipe<T extends NodeJS.WritableStream> (destination: T): T {
    const timer = setInterval(this.#callbacks.onSecond, 1_000).unref()
    this.#send(destination as unknown as Writable).then(() => {
      if (this.destroyed) return
      destination.end()
      // Ends the stream for those who wait for its end.
      this.push(null)
      this.resume()
    }, (error: Error) => {
      this.destroy(error)
    }).finally(() => {
      clearInterval(timer)
    })
    return destination
  }

  override _read (): void {
    // `pipe` reads the file.
  }

  override _destroy (error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.destroy()
    done(error)
  }

  async #send (destination: Writable): Promise<void> {
    while (this.#missingBytes > 0 && !this.destroyed) {
      const chunk = await this.#file.readChunk()
      if (this.destroyed) return
      if (chunk === null) throw new Error(`a stored object ended ${this.#missingBytes} bytes early`)
      this.#missingBytes -= chunk.bytes.length
      this.#callbacks.onChunk(chunk.bytes.length)
      if (await writeChunk(destination, chunk.bytes)) chunk.release()
    }
  }
}

/** Resolves when the system has the bytes: true. When the connection ends before: false. */
async function writeChunk (destination: Writable, bytes: Buffer): Promise<boolean> {
  if (destination.destroyed) return false
  return await new Promise((resolve) => {
    const onClose = (): void => {
      resolve(false)
    }
    destination.once('close', onClose)
    destination.write(bytes, (error) => {
      destination.off('close', onClose)
      resolve(error === undefined || error === null)
    })
  })
}
