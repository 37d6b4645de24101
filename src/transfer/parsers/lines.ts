// Splits a byte stream into numbered lines. Memory is bounded by the maximum length of a line.

/** A stored show has at most 1 MB; its JSON with all IDs and field names is larger. */
export const MAX_LINE_BYTES = 4 * 1024 ** 2
export const NEWLINE = 0x0a

export interface Line {
  /** From 1. */
  readonly number: number
  /** Without the line feed; null if the line is longer than the maximum. */
  readonly bytes: Buffer | null
}

export async function* readLines (input: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let pieces: Buffer[] = []
  let length = 0
  const addPiece = (piece: Buffer): void => {
    length += piece.length
    if (length > MAX_LINE_BYTES) pieces = []
    else pieces.push(piece)
  }
  const finishLine = (): Line => {
    const line = {
      number: number++,
      bytes: length > MAX_LINE_BYTES ? null : pieces.length === 1 ? pieces[0] ?? null : Buffer.concat(pieces),
    }
    pieces = []
    length = 0
    return line
  }
  for await (const chunk of input) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      addPiece(chunk.subarray(start, end))
      yield finishLine()
      start = end + 1
    }
    addPiece(chunk.subarray(start))
  }
  if (length > 0) yield finishLine()
}
