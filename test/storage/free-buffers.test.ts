import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createFreeBuffers, FREE_AFTER_MS, POOLED_CHUNK_BYTES } from '../../src/storage/free-buffers.js'

t.test('buffers are used again, also by 100 responses at a time', async (t) => {
  const free = createFreeBuffers()
  const taken = Array.from({ length: 100 }, () => free.take())
  t.equal(new Set(taken).size, 100, 'none is in use twice')
  t.ok(taken.every(({ length }) => length === POOLED_CHUNK_BYTES))
  for (const buffer of taken) free.give(buffer)
  const again = new Set(Array.from({ length: 100 }, () => free.take()))
  t.ok(taken.every((buffer) => again.has(buffer)))
})

t.test('more than 128 free buffers are not kept', async (t) => {
  const free = createFreeBuffers()
  const taken = Array.from({ length: 140 }, () => free.take())
  for (const buffer of taken) free.give(buffer)
  const again = new Set(Array.from({ length: 140 }, () => free.take()))
  t.equal(taken.filter((buffer) => again.has(buffer)).length, 128)
})

t.test('buffers that were not needed for a while are freed', { timeout: 3 * FREE_AFTER_MS + 20_000 }, async (t) => {
  const free = createFreeBuffers()
  const taken = Array.from({ length: 5 }, () => free.take())
  for (const buffer of taken) free.give(buffer)
  await sleep(FREE_AFTER_MS + 500)
  const needed = free.take()
  t.ok(taken.includes(needed), 'the time since the last use counts')
  free.give(needed)
  await sleep(FREE_AFTER_MS + 500)
  const after = Array.from({ length: 5 }, () => free.take())
  t.strictSame(after.filter((buffer) => taken.includes(buffer)), [needed], 'the one that was in use is kept')
})
