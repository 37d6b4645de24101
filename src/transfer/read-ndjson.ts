// NDJSON: one JSON value a line. A line that is broken, or longer than any title, is told and passed over.
import { isUtf8 } from 'node:buffer'
import type { SourceItem, SourceItems } from './source.js'

/** A show may have a million bytes when it is stored; its JSON with all ids and names is larger. */
export const MAX_LINE_BYTES = 4 * 1024 ** 2
const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

interface Line {
  readonly number: number
  /** Null when it is too long. */
  readonly bytes: Buffer | null
}

export async function * readNdjson (input: AsyncIterable<Buffer>): SourceItems {
  for await (const { number, bytes } of readLines(input)) {
    const item = bytes === null ? tooLong(number) : readLine(number, bytes)
    if (item !== null) yield item
  }
}

/** Lines without their ends, of which no more than the longest allowed is held. */
async function * readLines (input: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let pieces: Buffer[] = []
  let length = 0
  const take = (piece: Buffer): void => {
    length += piece.length
    if (length > MAX_LINE_BYTES) pieces = []
    else pieces.push(piece)
  }
  const finish = (): Line => {
    const line = { number: number++, bytes: length > MAX_LINE_BYTES ? null : pieces.length === 1 ? pieces[0] ?? null : Buffer.concat(pieces) }
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

/** @returns null for an empty line */
function readLine (line: number, bytes: Buffer): SourceItem | null {
  const isMarked = line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)
  const told = isMarked ? bytes.subarray(3) : bytes
  if (!isUtf8(told)) return { line, errors: [{ pointer: '', message: 'is not UTF-8' }] }
  const text = told.toString('utf8')
  if (text.trim() === '') return null
  try {
    return { line, body: JSON.parse(text) as unknown, bytes: told.length }
  } catch (error) {
    return { line, errors: [{ pointer: '', message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }] }
  }
}

const tooLong = (line: number): SourceItem => ({ line, errors: [{ pointer: '', message: `is longer than ${MAX_LINE_BYTES} bytes` }] })
