// JSON: an array of records, or one record. Read as a stream, so that a file of any size takes the memory of one record.
import { pipeline, Readable } from 'node:stream'
import { streamArray } from 'stream-json/streamers/stream-array.js'
import { MAX_LINE_BYTES } from './read-lines.js'
import { UnreadableSourceError, type SourceItem, type SourceItems } from './source.js'
import { watchInput } from './watch-input.js'

const WHOLE_VALUES = { packKeys: true, packStrings: true, packNumbers: true, streamKeys: false, streamStrings: false, streamNumbers: false } as const

/** A record's `line` is its place in the array, from 1. */
export async function * readJson (input: AsyncIterable<Buffer>): SourceItems {
  const { first, all } = await peek(input)
  if (first === null) return
  if (first === '[') yield * readArray(all)
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
  async function * again (): AsyncGenerator<Buffer> {
    yield * held
    yield * { [Symbol.asyncIterator]: () => iterator }
  }
  return { first, all: again() }
}

async function * readArray (input: AsyncIterable<Buffer>): AsyncGenerator<SourceItem> {
  let line = 0
  let bytes = 0
  // A record is held whole until it ends: one that does not end is no record.
  const watched = watchInput(input, ({ length }) => {
    bytes += length
    if (bytes > MAX_LINE_BYTES + 2 * length) throw new UnreadableSourceError(line + 1, `Record ${line + 1} is longer than ${MAX_LINE_BYTES} bytes.`)
  })
  const records = pipeline(Readable.from(watched.chunks), streamArray.withParserAsStream(WHOLE_VALUES), () => undefined)
  try {
    for await (const { value } of records as AsyncIterable<{ value: unknown }>) {
      bytes = 0
      yield { line: ++line, body: value }
    }
  } catch (error) {
    if (watched.error() !== null) throw watched.error()
    throw new UnreadableSourceError(line + 1, `The JSON cannot be read after ${line} records: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

async function readOne (input: AsyncIterable<Buffer>): Promise<SourceItem> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    bytes += chunk.length
    if (bytes > MAX_LINE_BYTES) throw new UnreadableSourceError(1, `The record is longer than ${MAX_LINE_BYTES} bytes; many are an array, or a line each (NDJSON).`)
    chunks.push(chunk)
  }
  try {
    return { line: 1, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown }
  } catch (error) {
    throw new UnreadableSourceError(1, `The JSON cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
