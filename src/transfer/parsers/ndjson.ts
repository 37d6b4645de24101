// Parses NDJSON: one JSON value per line. An invalid or overlong line is reported; the parser continues after it.
import { isUtf8 } from 'node:buffer'
import { MAX_LINE_BYTES, readLines } from './lines.js'
import type { SourceItem, SourceItems } from './source-items.js'

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export async function* parseNdjson (input: AsyncIterable<Buffer>): SourceItems {
  for await (const { number, bytes } of readLines(input)) {
    const item = bytes === null ? toError(number, `is longer than ${MAX_LINE_BYTES} bytes`) : parseLine(number, bytes)
    if (item !== null) yield item
  }
}

/** @returns null for an empty line */
function parseLine (line: number, bytes: Buffer): SourceItem | null {
  const hasByteOrderMark = line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)
  const content = hasByteOrderMark ? bytes.subarray(3) : bytes
  if (!isUtf8(content)) return toError(line, 'is not UTF-8')
  const text = content.toString('utf8')
  if (text.trim() === '') return null
  try {
    return { line, body: JSON.parse(text) as unknown, bytes: content.length }
  } catch (error) {
    return toError(line, `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const toError = (line: number, message: string): SourceItem => ({ line, errors: [{ pointer: '', message }] })
