import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readInBatches } from '../../src/database/read-in-batches.js'

interface Cursor {
  hasNext(): Promise<boolean>
  readBufferedDocuments(): number[]
  close(): Promise<void>
}

/** A model whose cursor returns batches; records what is called. */
function createModel (batches: readonly number[][], failAt = Infinity): { model: never, calls: string[] } {
  const calls: string[] = []
  let next = 0
  const cursor: Cursor = {
    async hasNext () {
      calls.push(`ask ${next}`)
      if (next === failAt) throw new Error('connection lost')
      return next < batches.length
    },
    readBufferedDocuments: () => batches[next++] ?? [],
    async close () {
      calls.push('close')
    },
  }
  return { model: { collection: { find: () => cursor } } as never, calls }
}

t.test('all batches are read in order, each while the previous one is processed', async (t) => {
  const { model, calls } = createModel([[1, 2], [3], [4]])
  const read: number[] = []
  for await (const batch of readInBatches<number>(model)) {
    calls.push(`process ${batch.join()}`)
    read.push(...batch)
  }
  t.strictSame(read, [1, 2, 3, 4])
  t.strictSame(calls, ['ask 0', 'ask 1', 'process 1,2', 'ask 2', 'process 3', 'ask 3', 'process 4', 'close'])
})

t.test('a failure of the next batch is reported after the current one, also when processing takes time', async (t) => {
  const { model, calls } = createModel([[1], [2]], 1)
  const read: number[] = []
  await t.rejects(async () => {
    for await (const batch of readInBatches<number>(model)) {
      read.push(...batch)
      await sleep(20)
    }
  }, { message: 'connection lost' })
  t.strictSame(read, [1])
  t.equal(calls.at(-1), 'close')
})

t.test('a reader that stops closes the cursor', async (t) => {
  const { model, calls } = createModel([[1], [2]])
  const batches = readInBatches<number>(model)
  t.strictSame((await batches.next()).value, [1])
  await batches.return(undefined)
  t.equal(calls.at(-1), 'close')
})
