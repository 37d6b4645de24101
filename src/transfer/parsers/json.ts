// Parses JSON: an array of records, or a single record. Streams an array, so that memory holds one record.
import { StringDecoder } from 'node:string_decoder'
import { gen, none } from 'stream-chain/core'
import { parser } from 'stream-json/core/parser.js'
import { streamArray } from 'stream-json/core/streamers/stream-array.js'
import { MAX_LINE_BYTES } from './lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems } from './source-items.js'

const PACKED_VALUES = {
  packKeys: true,
  packStrings: true,
  packNumbers: true,
  streamKeys: false,
  streamStrings: false,
  streamNumbers: false,
} as const

/** Yields records whose `line` is their index in the array, from 1. @throws UnreadableSourceError for invalid JSON */
export async function* parseJson (input: AsyncIterable<Buffer>): SourceItems {
  const { firstCharacter, all } = await peekFirstCharacter(input)
  if (firstCharacter === null) return
  if (firstCharacter === '[') yield* parseArray(all)
  else yield await parseSingleRecord(all)
}

/** Finds the first character that is not whitespace and skips a byte order mark. */
async function peekFirstCharacter (
  input: AsyncIterable<Buffer>,
): Promise<{ firstCharacter: string | null, all: AsyncIterable<Buffer> }> {
  const iterator = input[Symbol.asyncIterator]()
  const buffered: Buffer[] = []
  let firstCharacter: string | null = null
  while (firstCharacter === null) {
    const { done, value } = await iterator.next()
    if (done === true) break
    const chunk = buffered.length === 0 && value.indexOf('\uFEFF') === 0 ? value.subarray(3) : value
    firstCharacter = /\S/.exec(chunk.toString('latin1'))?.[0] ?? null
    buffered.push(chunk)
  }
  async function* replay (): AsyncGenerator<Buffer> {
    yield* buffered
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { firstCharacter, all: replay() }
}

async function* parseArray (input: AsyncIterable<Buffer>): AsyncGenerator<SourceItem> {
  let line = 0
  let recordBytes = 0
  const decoder = new StringDecoder()
  // A call with `none` marks the end of the text; the type of `gen` omits it.
  const parse = gen(parser(PACKED_VALUES), streamArray()) as (
    text: string | typeof none,
  ) => AsyncGenerator<{ value: unknown }>
  async function* parseText (text: string | typeof none): AsyncGenerator<SourceItem> {
    try {
      for await (const { value } of parse(text)) {
        const bytes = recordBytes
        recordBytes = 0
        yield { line: ++line, body: value, bytes }
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UnreadableSourceError(line + 1, `The JSON cannot be read after ${line} records: ${reason}.`)
    }
  }
  for await (const chunk of input) {
    for (const piece of splitAfterBraces(chunk)) {
      recordBytes += piece.length
      // The parser keeps a record in memory until it is complete.
      if (recordBytes > MAX_LINE_BYTES) {
        throw new UnreadableSourceError(line + 1, `Record ${line + 1} is longer than ${MAX_LINE_BYTES} bytes.`)
      }
      yield* parseText(decoder.write(piece))
    }
  }
  yield* parseText(decoder.end())
  yield* parseText(none)
}

/**
 * Splits a chunk after each closing brace. The parser yields nothing from a text with a syntax error, so a text must
 * not contain complete records before the error.
 */
function* splitAfterBraces (chunk: Buffer): Generator<Buffer> {
  for (let start = 0; start < chunk.length;) {
    const brace = chunk.indexOf('}', start)
    const end = brace === -1 ? chunk.length : brace + 1
    yield chunk.subarray(start, end)
    start = end
  }
}

async function parseSingleRecord (input: AsyncIterable<Buffer>): Promise<SourceItem> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    bytes += chunk.length
    if (bytes > MAX_LINE_BYTES) {
      throw new UnreadableSourceError(
        1,
        `The record is longer than ${MAX_LINE_BYTES} bytes. Send several records as an array or as NDJSON.`,
      )
    }
    chunks.push(chunk)
  }
  try {
    return { line: 1, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnreadableSourceError(1, `The JSON cannot be read: ${reason}.`)
  }
}
