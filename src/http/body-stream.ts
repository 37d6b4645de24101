// Streams a response body from stored bytes and text. Uses stream events: async iteration costs as much per chunk as
// the rest of sending it.
import { Readable } from 'node:stream'
import type { ByteRange } from '../storage/storage.js'
import { rangeLength } from './byte-ranges.js'

/** A range of stored bytes, or text between the parts of a multipart body. */
export type BodyPart = ByteRange | string

export interface BodySource {
  /** Opens exactly the bytes of a range. */
  open(range: ByteRange): Promise<Readable>
  /** Called with the size of each chunk that is read. */
  onChunk?(sizeBytes: number): void
}

/**
 * Streams parts one after the other with back-pressure; destroying the stream closes the open file.
 * The stream fails if stored bytes end early: Content-Length is already sent, so the connection must break.
 */
export function streamBodyParts (parts: readonly BodyPart[], { open, onChunk }: BodySource): Readable {
  const queue = [...parts]
  let source: Readable | null = null
  let isOpening = false

  function pipeRange (opened: Readable, range: ByteRange): void {
    isOpening = false
    // The client disconnected during open: without this the file would stay open.
    if (body.destroyed) {
      opened.destroy()
      return
    }
    let missingBytes = rangeLength(range)
    source = opened
    opened.on('data', (chunk: Buffer) => {
      missingBytes -= chunk.length
      onChunk?.(chunk.length)
      if (!body.push(chunk)) opened.pause()
    })
    opened.once('error', (error) => {
      body.destroy(error)
    })
    opened.once('end', () => {
      source = null
      if (missingBytes === 0) startNextPart()
      else body.destroy(new Error(`a stored object ended ${missingBytes} bytes early`))
    })
  }

  function startNextPart (): void {
    const part = queue.shift()
    if (part === undefined) body.push(null)
    else if (typeof part === 'string') body.push(part)
    else {
      isOpening = true
      open(part).then((opened) => {
        pipeRange(opened, part)
      }, (error: Error) => {
        body.destroy(error)
      })
    }
  }

  const body = new Readable({
    read () {
      if (source !== null) source.resume()
      else if (!isOpening) startNextPart()
    },
    destroy (error, done) {
      source?.destroy()
      done(error)
    },
  })
  return body
}
