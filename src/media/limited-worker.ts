// Runs tasks on uploaded contents in a worker thread with limits on time and memory: malicious contents cost one thread
// at most, and never hold the event loop.
import { Piscina } from 'piscina'

export type WorkerFailure = 'error' | 'time-limit' | 'memory-limit' | 'closed'

export type WorkerResult<Value> =
  | { readonly ok: true, readonly value: Value }
  | { readonly ok: false, readonly code: WorkerFailure }

/** Messages in the API, by failure. */
export const FAILURE_REASONS: Readonly<Record<Exclude<WorkerFailure, 'closed'>, string>> = {
  error: 'The file could not be read.',
  'time-limit': 'Reading the file took too long.',
  'memory-limit': 'Reading the file took too much memory.',
}

export interface LimitedWorker<Task, Value> {
  /** Runs one task at a time. Never rejects. */
  run(task: Task): Promise<WorkerResult<Value>>
  close(): Promise<void>
}

export interface WorkerLimits {
  /** Per task, without the time in the queue. */
  readonly timeLimitMs: number
  readonly heapLimitMb: number
}

/**
 * Creates a worker with one thread, which starts with the first task.
 * @param file module whose default export runs a task
 */
export function createLimitedWorker<Task, Value> (
  file: URL,
  { timeLimitMs, heapLimitMb }: WorkerLimits,
): LimitedWorker<Task, Value> {
  const pool = new Piscina<Task, Value>({
    filename: file.href,
    // What --import preloads in the main thread, such as a tracer, would be loaded for each thread.
    execArgv: [],
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    // Its two histograms would take 700 kB, before the first task.
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  })
  // Contents may crash the thread after its result was returned; an unhandled error event would end the process.
  pool.on('error', () => {})
  let isClosed = false
  let lastTask: Promise<unknown> = Promise.resolve()

  async function runNow (task: Task): Promise<WorkerResult<Value>> {
    if (isClosed) return { ok: false, code: 'closed' }
    const signal = AbortSignal.timeout(timeLimitMs)
    try {
      return { ok: true, value: await pool.run(task, { signal }) }
    } catch (error) {
      return { ok: false, code: isClosed ? 'closed' : signal.aborted ? 'time-limit' : toFailure(error) }
    }
  }

  return {
    async run (task) {
      const result = lastTask.then(async () => await runNow(task))
      lastTask = result
      return await result
    },
    async close () {
      isClosed = true
      await pool.destroy()
    },
  }
}

function toFailure (error: unknown): WorkerFailure {
  const isOutOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isOutOfMemory ? 'memory-limit' : 'error'
}
