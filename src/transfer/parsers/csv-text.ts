// Decodes a CSV file in blocks of lines: UTF-8, UTF-16, or windows-1252 as spreadsheets in Western Europe write it.
import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { MAX_LINE_BYTES, NEWLINE } from './lines.js'
import { UnreadableSourceError } from './source-items.js'

export interface CsvText {
  /** @throws UnreadableSourceError for a line that is too long */
  readonly blocks: AsyncIterable<string>
  /** The encoding of the lines so far: `UTF-8`, `UTF-16`, `windows-1252`, or the stated one. */
  encoding(): string
  /** True if one of these lines, from 1, has another encoding than the file. */
  hasUnreadableLine(first: number, last: number): boolean
}

const SIGNATURE_BYTES = 4
/** Controls that no text contains, and bytes that windows-1252 does not define. */
const IMPLAUSIBLE_BYTES = /[\x81\x8d\x8f\x90\x9d]|(?![\t\r\n])\p{Cc}(?<![\x80-\x9f])/u
/** No Western word has three accented letters in a row: the line has the encoding of another script. */
const ACCENTED_RUN = /[\xc0-\xff]{3}/

/** @param charset the encoding that a request states; null or unknown: it is detected */
export function decodeCsv (input: AsyncIterable<Buffer>, charset: string | null = null): CsvText {
  const stated = charset !== null && !/^utf-?8$/i.test(charset) && iconv.encodingExists(charset) ? charset : null
  /** Null while all lines are ASCII. */
  let encoding: string | null = stated
  const unreadableLines = new Set<number>()
  let lineCount = 0

  async function* decodeBlocks (): AsyncGenerator<string> {
    if (stated !== null) {
      yield* decodeWith(stated, input)
      return
    }
    const { signature, all } = await peek(input)
    const unicode = detectUtf16(signature)
    if (unicode !== null) {
      encoding = 'UTF-16'
      yield* decodeWith(unicode, all)
      return
    }
    for await (const block of readBlocks(all, signature.indexOf('\ufeff') === 0 ? 3 : 0)) yield decodeBlock(block)
  }

  function decodeBlock (block: Buffer): string {
    if (encoding !== 'windows-1252' && isUtf8(block)) {
      if (!isAscii(block)) encoding = 'UTF-8'
      lineCount += countLines(block)
      return block.toString('utf8')
    }
    return splitLines(block).map(decodeLine).join('')
  }

  function decodeLine (line: Buffer): string {
    lineCount++
    if (encoding !== 'windows-1252' && isUtf8(line)) {
      if (!isAscii(line)) encoding = 'UTF-8'
      return line.toString('utf8')
    }
    const bytes = line.toString('latin1')
    const isPlausible = !IMPLAUSIBLE_BYTES.test(bytes) && !ACCENTED_RUN.test(bytes)
    encoding ??= isPlausible ? 'windows-1252' : 'UTF-8'
    if (encoding === 'windows-1252' && isPlausible) return iconv.decode(line, encoding)
    unreadableLines.add(lineCount)
    return line.toString('utf8')
  }

  return {
    blocks: decodeBlocks(),
    encoding: () => encoding ?? 'UTF-8',
    hasUnreadableLine (first, last) {
      for (let line = first; unreadableLines.size > 0 && line <= last; line++) {
        if (unreadableLines.delete(line)) return true
      }
      return false
    },
  }
}

/** Reads the first bytes without consuming them. */
async function peek (input: AsyncIterable<Buffer>): Promise<{ signature: Buffer, all: AsyncIterable<Buffer> }> {
  const iterator = input[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < SIGNATURE_BYTES) {
    const { done, value } = await iterator.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  async function* replay (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { signature: head.subarray(0, SIGNATURE_BYTES), all: replay() }
}

/** By the byte order mark, else by the zeros in the names of the columns. */
function detectUtf16 (head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head.length < SIGNATURE_BYTES) return null
  if (head[1] === 0 && head[3] === 0) return 'utf-16le'
  return head[0] === 0 && head[2] === 0 ? 'utf-16be' : null
}

async function* decodeWith (encoding: string, input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding)
  for await (const chunk of input) yield decoder.write(chunk)
  const rest = decoder.end()
  if (rest !== undefined) yield rest
}

/** Yields blocks of complete lines. @param skip bytes at the start that are left out */
async function* readBlocks (input: AsyncIterable<Buffer>, skip: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let length = 0
  let toSkip = skip
  let line = 1
  for await (const chunk of input) {
    const bytes = chunk.subarray(toSkip)
    toSkip = 0
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      const block = Buffer.concat([...pieces, bytes.subarray(0, end)])
      line += countLines(block)
      yield block
      pieces = []
      length = 0
    }
    if (end < bytes.length) pieces.push(bytes.subarray(end))
    length += bytes.length - end
    if (length > MAX_LINE_BYTES) {
      throw new UnreadableSourceError(line, `Line ${line} is longer than ${MAX_LINE_BYTES} bytes.`)
    }
  }
  if (length > 0) yield Buffer.concat(pieces)
}

function countLines (block: Buffer): number {
  let count = 0
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) count++
  return count
}

function splitLines (block: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < block.length;) {
    const newline = block.indexOf(NEWLINE, start)
    const end = newline === -1 ? block.length : newline + 1
    lines.push(block.subarray(start, end))
    start = end
  }
  return lines
}
