// The body of an answer, put together from stored bytes and text. By events: async iteration costs as much again for each
// chunk as all the rest of sending it.
import { Readable } from 'node:stream'
import { sizeOf, type ByteRange } from './byte-ranges.js'

/** Stored bytes or, between the parts of a multipart, text. */
export type Piece = ByteRange | string

/** How a body gets at what it sends. */
export interface BodySource {
  /** Opens exactly these bytes. */
  open(range: ByteRange): Promise<Readable>
  /** Told of each chunk that was read. */
  onChunk?(): void
}

/**
 * Streams pieces one after the other; a reader that stops holds back the file that is open, and one that leaves closes it.
 * The stream fails when stored bytes end early: their length was promised, so the connection has to break.
 */
export function streamPieces (pieces: readonly Piece[], { open, onChunk }: BodySource): Readable {
  const waiting = [...pieces]
  let source: Readable | null = null
  let isOpening = false

  function begin (opened: Readable, range: ByteRange): void {
    isOpening = false
    // Whoever left while the file was being opened gets no bytes, and nobody else would close it.
    if (body.destroyed) {
      opened.destroy()
      return
    }
    let missing = sizeOf(range)
    source = opened
    opened.on('data', (chunk: Buffer) => {
      missing -= chunk.length
      onChunk?.()
      if (!body.push(chunk)) opened.pause()
    })
    opened.once('error', (error) => {
      body.destroy(error)
    })
    opened.once('end', () => {
      source = null
      if (missing === 0) goOn()
      else body.destroy(new Error(`a stored object ended ${missing} bytes early`))
    })
  }

  function goOn (): void {
    const piece = waiting.shift()
    if (piece === undefined) body.push(null)
    else if (typeof piece === 'string') body.push(piece)
    else {
      isOpening = true
      open(piece).then((opened) => {
        begin(opened, piece)
      }, (error: Error) => {
        body.destroy(error)
      })
    }
  }

  const body = new Readable({
    read () {
      if (source !== null) source.resume()
      else if (!isOpening) goOn()
    },
    destroy (error, done) {
      source?.destroy()
      done(error)
    },
  })
  return body
}
