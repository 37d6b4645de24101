// The start of a body is read ahead; its reader gets the same chunks, and the same error.
import t from 'tap'
import { readAhead } from '../../src/http/request-body.js'

async function* body (sizes: readonly number[], error?: Error): AsyncGenerator<Buffer> {
  for (const size of sizes) yield Buffer.alloc(size, size)
  if (error !== undefined) throw error
}

/** Reads the rest. Returns the sizes of the chunks, and the error at their end, if any. */
async function drain (chunks: AsyncIterable<Buffer>): Promise<{ sizes: number[], error: unknown }> {
  const sizes: number[] = []
  try {
    for await (const chunk of chunks) sizes.push(chunk.length)
    return { sizes, error: null }
  } catch (error) {
    return { sizes, error }
  }
}

t.test('readAhead', async (t) => {
  for (const [sizes, isWhole] of [[[], true], [[3, 7], true], [[3, 8], false], [[11, 1, 1], false]] as const) {
    const ahead = await readAhead(body(sizes), 10)
    t.equal(ahead.isWhole, isWhole, `${sizes.join(' + ')} bytes, at most 10`)
    t.strictSame(await drain(ahead.chunks), { sizes: [...sizes], error: null })
  }
  const broken = new Error('broken')
  const early = await readAhead(body([3], broken), 10)
  t.equal(early.isWhole, true, 'nothing follows an error')
  t.strictSame(await drain(early.chunks), { sizes: [3], error: broken })
  const late = await readAhead(body([11, 4], broken), 10)
  t.equal(late.isWhole, false)
  t.strictSame(await drain(late.chunks), { sizes: [11, 4], error: broken })
})
