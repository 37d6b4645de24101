// Runs parsers in tests: feeds text in chunks of any size and collects the items.
import fc from 'fast-check'
import type { SourceItem, SourceItems } from '../../../src/transfer/parsers/source-items.js'

/** Sizes of the chunks of a stream, in bytes; the stream repeats them. */
export const chunkSizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 })

export async function collectItems (items: SourceItems): Promise<any[]> {
  const all: SourceItem[] = []
  for await (const item of items) all.push(item)
  return all
}

export async function* inChunks (text: string | Buffer, sizes: readonly number[] = [1 << 20]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const end = start + sizes[i % sizes.length]!
    yield bytes.subarray(start, end)
    start = end
  }
}
