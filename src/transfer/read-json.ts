// JSON: an array of records, or one record. Read as a stream, so that a file of any size takes the memory of one record.
import { StringDecoder } from 'node:string_decoder'
import { gen, none } from 'stream-chain/core'
import { parser } from 'stream-json/core/parser.js'
import { streamArray } from 'stream-json/core/streamers/stream-array.js'
import { MAX_LINE_BYTES } from './read-lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems } from './source.js'

const WHOLE_VALUES = {
  packKeys: true,
  packStrings: true,
  packNumbers: true,
  streamKeys: false,
  streamStrings: false,
  streamNumbers: false,
} as const

/** A record's `line` is its place in the array, from 1. */
export async function* readJson (input: AsyncIterable<Buffer>): SourceItems {
  const { first, all } = await peek(input)
  if (first === null) return
  if (first === '[') yield* readArray(all)
  else yield await readOne(all)
}

/** The first character that is not blank; a byte order mark counts as blank. */
async function peek (input: AsyncIterable<Buffer>): Promise<{ first: string | null, all: AsyncIterable<Buffer> }> {
  const iterator = input[Symbol.asyncIterator]()
  const held: Buffer[] = []
  let first: string | null = null
  while (first === null) {
    const { done, value } = await iterator.next()
    if (done === true) break
    const told = held.length === 0 && value.indexOf('\uFEFF') === 0 ? value.subarray(3) : value
    first = /\S/.exec(told.toString('latin1'))?.[0] ?? null
    held.push(told)
  }
  async function* again (): AsyncGenerator<Buffer> {
    yield* held
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { first, all: again() }
}

async function* readArray (input: AsyncIterable<Buffer>): AsyncGenerator<SourceItem> {
  let line = 0
  let bytes = 0
  const decoder = new StringDecoder()
  // Called with `none` it tells that the text has ended, which its type leaves out.
  const parse = gen(parser(WHOLE_VALUES), streamArray()) as (
    text: string | typeof none,
  ) => AsyncGenerator<{ value: unknown }>
  async function* recordsIn (text: string | typeof none): AsyncGenerator<SourceItem> {
    try {
      for await (const { value } of parse(text)) {
        bytes = 0
        yield { line: ++line, body: value }
      }
    } catch (error) {
      throw new UnreadableSourceError(
        line + 1,
        `The JSON cannot be read after ${line} records: ${error instanceof Error ? error.message : String(error)}.`,
      )
    }
  }
  for await (const chunk of input) {
    for (const piece of piecesOf(chunk)) {
      bytes += piece.length
      // A record is held whole until it ends: one that does not end is no record.
      if (bytes > MAX_LINE_BYTES) {
        throw new UnreadableSourceError(line + 1, `Record ${line + 1} is longer than ${MAX_LINE_BYTES} bytes.`)
      }
      yield* recordsIn(decoder.write(piece))
    }
  }
  yield* recordsIn(decoder.end())
  yield* recordsIn(none)
}

/** Each up to a closing brace: a piece that cannot be parsed gives no record at all, so it must not begin with whole ones. */
function* piecesOf (chunk: Buffer): Generator<Buffer> {
  for (let start = 0; start < chunk.length;) {
    const brace = chunk.indexOf('}', start)
    const end = brace === -1 ? chunk.length : brace + 1
    yield chunk.subarray(start, end)
    start = end
  }
}

async function readOne (input: AsyncIterable<Buffer>): Promise<SourceItem> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    bytes += chunk.length
    if (bytes > MAX_LINE_BYTES) {
      throw new UnreadableSourceError(
        1,
        `The record is longer than ${MAX_LINE_BYTES} bytes; many are an array, or a line each (NDJSON).`,
      )
    }
    chunks.push(chunk)
  }
  try {
    return { line: 1, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown }
  } catch (error) {
    throw new UnreadableSourceError(
      1,
      `The JSON cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}
