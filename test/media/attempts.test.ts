// The queue of background work of a process.
import t from 'tap'
import { createAttemptQueue, retryDelayMs } from '../../src/media/attempts.js'

t.test('the pauses between attempts grow', (t) => {
  t.strictSame([0, 1, 2, 3].map(retryDelayMs), [60_000, 60_000, 240_000, 960_000])
  t.end()
})

t.test('a queue of work', async (t) => {
  function createQueue (run: (job: number) => Promise<void> = async () => undefined) {
    const state = { due: [] as number[], ran: [] as number[], errors: [] as unknown[], lists: 0 }
    const shutdown = new AbortController()
    const queue = createAttemptQueue<number>({
      async listDue () {
        state.lists++
        return state.due.splice(0)
      },
      async run (job) {
        state.ran.push(job)
        await run(job)
      },
      onError (error) {
        state.errors.push(error)
      },
      shutdown: shutdown.signal,
    })
    return { ...state, state, queue, shutdown }
  }

  t.test('runs what is due, and what is added while it runs', async (t) => {
    const { state, queue } = createQueue(async (job) => {
      if (job !== 2) return
      state.due.push(3)
      queue.start()
    })
    state.due.push(1, 2)
    queue.start()
    queue.start()
    await queue.onIdle()
    t.strictSame(state.ran, [1, 2, 3])
    await queue.onIdle()
    t.equal(state.lists, 2)
  })

  t.test('continues after an error', async (t) => {
    const error = new Error('the database does not respond')
    const { state, queue } = createQueue(async (job) => {
      if (job === 1) throw error
    })
    state.due.push(1, 2)
    queue.start()
    await queue.onIdle()
    t.strictSame([state.ran, state.errors], [[1, 2], [error]])
  })

  t.test('ends with the process', async (t) => {
    const { state, queue, shutdown } = createQueue(async () => {
      shutdown.abort()
      queue.start()
    })
    state.due.push(1, 2)
    queue.start()
    await queue.onIdle()
    t.strictSame(state.ran, [1])
  })
})
