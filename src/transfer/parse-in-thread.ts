// Parses and validates an import in a worker thread: no input blocks the event loop. An import ends if the thread needs
// too much time or memory.
import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ParseReply, ParseRequest, ParseWorkerData } from './parse-worker.js'
import { ColumnMappingError } from './parsers/column-mapping.js'
import { UnreadableSourceError } from './parsers/source-items.js'
import type { ValidatedLine } from './validate-line.js'

export interface ThreadLimits {
  /** Longest time without a reply of the thread. */
  readonly timeoutMs: number
  readonly heapLimitMb: number
}

const DEFAULT_LIMITS: ThreadLimits = { timeoutMs: 30_000, heapLimitMb: 512 }
const MAX_CHUNK_BYTES = 64 * 1024

/**
 * Yields the validated lines of an import.
 * @throws UnreadableSourceError when the source becomes unreadable; the lines before that point were yielded
 */
export async function* parseInThread (
  source: ParseWorkerData,
  input: AsyncIterable<Buffer>,
  { timeoutMs, heapLimitMb }: ThreadLimits = DEFAULT_LIMITS,
): AsyncGenerator<ValidatedLine> {
  const worker = new Worker(new URL('./parse-worker.js', import.meta.url), {
    // What --import preloads in the main thread, such as a tracer, would be loaded for each thread.
    execArgv: [],
    workerData: source,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  })
  const chunks = splitChunks(input)
  let timer: NodeJS.Timeout | null = null
  let lastLine = 0
  /** What the source failed with. */
  let failure: unknown = null

  function startTimer (): void {
    timer = setTimeout(() => {
      void worker.terminate()
    }, timeoutMs)
  }

  function stopTimer (): void {
    if (timer !== null) clearTimeout(timer)
  }

  function post (request: ParseRequest): void {
    startTimer()
    worker.postMessage(request)
  }

  async function pull (): Promise<ParseRequest> {
    try {
      const { done, value } = await chunks.next()
      return done === true ? { kind: 'end' } : { kind: 'chunk', bytes: value }
    } catch (error) {
      failure = error
      return { kind: 'failed' }
    }
  }

  startTimer()
  try {
    for await (const [reply] of on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[ParseReply]>) {
      stopTimer()
      if (reply.kind === 'end') return
      if (reply.kind === 'interrupted') throw failure
      if (reply.kind === 'unreadable') throw new UnreadableSourceError(reply.line, reply.message)
      if (reply.kind === 'unmappable') throw new ColumnMappingError(reply.code, reply.message)
      if (reply.kind === 'pull') post(await pull())
      else {
        yield* reply.lines
        lastLine = reply.lines.at(-1)?.line ?? lastLine
        post({ kind: 'more' })
      }
    }
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
  } finally {
    stopTimer()
    await worker.terminate()
  }
  throw new UnreadableSourceError(lastLine + 1, `What follows line ${lastLine} takes too much time or memory to parse.`)
}

/** Copies chunks of limited size: the copies can be sent to the thread, and none of them holds the event loop. */
async function* splitChunks (input: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES) {
      yield Uint8Array.from(chunk.subarray(start, start + MAX_CHUNK_BYTES))
    }
  }
}

function isOutOfMemory (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
