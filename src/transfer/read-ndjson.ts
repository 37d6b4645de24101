// NDJSON: one JSON value a line. A line that is broken, or longer than any title, is told and passed over.
import { isUtf8 } from 'node:buffer'
import { MAX_LINE_BYTES, readLines } from './read-lines.js'
import type { SourceItem, SourceItems } from './source.js'

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export async function* readNdjson (input: AsyncIterable<Buffer>): SourceItems {
  for await (const { number, bytes } of readLines(input)) {
    const item = bytes === null ? tooLong(number) : readLine(number, bytes)
    if (item !== null) yield item
  }
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
    return {
      line,
      errors: [{ pointer: '', message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }],
    }
  }
}

const tooLong = (line: number): SourceItem => ({
  line,
  errors: [{ pointer: '', message: `is longer than ${MAX_LINE_BYTES} bytes` }],
})
