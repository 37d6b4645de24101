// Bytes as lines, counted, of which none takes more memory than the longest allowed.

/** A show may have a million bytes when it is stored; its JSON with all ids and names is larger. */
export const MAX_LINE_BYTES = 4 * 1024 ** 2
const NEWLINE = 0x0a

export interface Line {
  readonly number: number
  /** Null when it is too long. */
  readonly bytes: Buffer | null
}

/** Lines without their ends, of which no more than the longest allowed is held. */
export async function* readLines (input: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let pieces: Buffer[] = []
  let length = 0
  const take = (piece: Buffer): void => {
    length += piece.length
    if (length > MAX_LINE_BYTES) pieces = []
    else pieces.push(piece)
  }
  const finish = (): Line => {
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
      take(chunk.subarray(start, end))
      yield finish()
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (length > 0) yield finish()
}
