// Packaging media files for HLS in a worker thread with limits on time and memory, from and to any storage.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { buffer } from 'node:stream/consumers'
import { Piscina } from 'piscina'
import type { MediaStorage, StorageWriter } from '../../storage/storage.js'
import { indexKey, objectKey, type PackageIndex } from './package-index.js'
import type { PortReply, PortRequest } from './storage-port.js'
import type { PackageOutcome, PackageRejection, PackageTask } from './package-worker.js'

export type PackageFailure = PackageRejection | 'time-limit' | 'memory-limit'

export type PackageResult =
  | { readonly ok: true, readonly index: PackageIndex }
  /** `text` is a sentence for people. */
  | { readonly ok: false, readonly code: PackageFailure, readonly text: string }

export interface PackageSource {
  readonly key: string
  readonly sizeBytes: number
  readonly frameRate: number | null
}

export interface MediaPackager {
  /**
   * Writes a package; whatever ends early leaves nothing of it.
   * @throws whatever the storage threw, PackagingStoppedError
   */
  pack(
    storage: MediaStorage,
    source: PackageSource,
    prefix: string,
    hooks?: { onProgress?: (progress: number) => void, signal?: AbortSignal },
  ): Promise<PackageResult>
  close(): Promise<void>
}

/** Somebody ended it: the file is as good as it was before. */
export class PackagingStoppedError extends Error {
  constructor () {
    super('packaging was stopped')
    this.name = 'PackagingStoppedError'
  }
}

/** A thread that neither reads nor writes for so long is lost in the file. Large files take long: the whole has no limit. */
const STALL_LIMIT_MS = 30_000
const HEAP_LIMIT_MB = 512

const TEXTS: Readonly<Record<PackageFailure, string>> = {
  damaged: 'The file is damaged or incomplete.',
  'picture-codec': 'HLS players do not take its video codec.',
  'sound-codec': 'HLS players do not take the codec of one of its sounds.',
  'no-key-frames': 'It has too few key frames to be cut into segments.',
  'too-many-sounds': 'It has more audio tracks than can be packaged.',
  'not-regular': 'Its packets cannot be written as fragments.',
  'time-limit': 'Packaging it stood still for too long.',
  'memory-limit': 'Packaging it took too much memory.',
}

/** @param stallLimitMs how long a file may keep the thread busy without a byte being read or written */
export function createMediaPackager (stallLimitMs = STALL_LIMIT_MS, heapLimitMb = HEAP_LIMIT_MB): MediaPackager {
  const pool = new Piscina<PackageTask, PackageOutcome>({
    filename: new URL('./package-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    // Viewers go before packaging; without the optional native addon this does nothing.
    niceIncrement: 10,
  })
  // What a file breaks after its answer concerns nobody; without a listener it would end the process.
  pool.on('error', () => {})
  let isClosed = false
  let turn: Promise<unknown> = Promise.resolve()

  const pack: MediaPackager['pack'] = async (
    storage,
    { key, ...facts },
    prefix,
    { onProgress = () => {}, signal } = {},
  ) => {
    const isStopped = (): boolean => isClosed || signal?.aborted === true
    if (isStopped()) throw new PackagingStoppedError()
    const stop = new AbortController()
    const stall = createStallTimer(stallLimitMs, () => {
      stop.abort()
    })
    const abort = (): void => {
      stop.abort()
    }
    signal?.addEventListener('abort', abort)
    const { port1, port2 } = new MessageChannel()
    const desk = openDesk(port1, storage, key, prefix, onProgress, stall.touch)
    const keep = async (outcome: PackageOutcome): Promise<PackageResult> => {
      if (!('index' in outcome)) return failed(outcome.refusal)
      await desk.commit(outcome.index)
      return { ok: true, index: outcome.index }
    }
    try {
      const result = await pool.run({ ...facts, port: port2 }, { signal: stop.signal, transferList: [port2] }).then(
        keep,
      )
      if (desk.failure() !== null) throw desk.failure()
      if (!result.ok) await desk.abort()
      return result
    } catch (error) {
      await desk.abort()
      for (const object of desk.keys()) await storage.remove(object)
      if (isStopped()) throw new PackagingStoppedError()
      if (desk.failure() !== null) throw desk.failure()
      if (stall.isOver()) return failed('time-limit')
      if (desk.isCommitting()) throw error
      return failed(
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'memory-limit'
          : 'not-regular',
      )
    } finally {
      stall.clear()
      signal?.removeEventListener('abort', abort)
      port1.close()
    }
  }

  return {
    async pack (...task) {
      // The time of a file begins when its turn comes.
      const mine = turn.then(async () => await pack(...task))
      turn = mine.catch(() => undefined)
      return await mine
    },
    async close () {
      isClosed = true
      await pool.destroy()
    },
  }
}

function failed (code: PackageFailure): PackageResult {
  return { ok: false, code, text: TEXTS[code] }
}

interface StallTimer {
  touch(): void
  isOver(): boolean
  clear(): void
}

function createStallTimer (limitMs: number, onOver: () => void): StallTimer {
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    onOver()
  }, limitMs)
  return {
    touch: () => {
      if (!isOver) timer.refresh()
    },
    isOver: () => isOver,
    clear: () => {
      clearTimeout(timer)
    },
  }
}

interface Desk {
  /** Makes everything written visible, the index last. */
  commit(index: PackageIndex): Promise<void>
  isCommitting(): boolean
  abort(): Promise<void>
  /** Of everything that was begun. */
  keys(): string[]
  /** What the storage threw first. */
  failure(): Error | null
}

/** The storage's end of the wire. */
function openDesk (
  port: MessagePort,
  storage: MediaStorage,
  sourceKey: string,
  prefix: string,
  onProgress: (progress: number) => void,
  touch: () => void,
): Desk {
  const writers = new Map<string, Promise<StorageWriter>>()
  let failure: Error | null = null
  let isCommitting = false
  let isClosed = false

  async function writerOf (key: string): Promise<StorageWriter> {
    const writer = writers.get(key) ?? storage.create(key)
    writers.set(key, writer)
    return await writer
  }

  async function answer (request: Exclude<PortRequest, { kind: 'progress' }>): Promise<PortReply> {
    const { id } = request
    if (request.kind === 'read') {
      const bytes = await buffer(await storage.open(sourceKey, { start: request.start, end: request.end - 1 }))
      if (bytes.length !== request.end - request.start) throw new Error('a stored object ended early')
      return { id, bytes }
    }
    const { stream } = await writerOf(objectKey(prefix, request.name))
    await new Promise<void>((resolve, reject) => {
      stream.write(request.bytes, (error) => {
        error == null ? resolve() : reject(error)
      })
    })
    return { id }
  }

  port.on('message', (request: PortRequest) => {
    // What a thread still asks for as it ends is no failure of the storage, and must leave nothing.
    if (isClosed) return
    touch()
    if (request.kind === 'progress') {
      onProgress(request.progress)
      return
    }
    answer(request).catch((error: unknown): PortReply => {
      if (!isClosed) failure ??= error instanceof Error ? error : new Error(String(error))
      return { id: request.id, failed: true }
    }).then((reply) => {
      touch()
      port.postMessage(reply)
    }, () => {})
  })

  return {
    async commit (index) {
      isCommitting = true
      for (const writer of writers.values()) await (await writer).commit()
      const writer = await writerOf(indexKey(prefix))
      writer.stream.write(JSON.stringify(index))
      await writer.commit()
    },
    isCommitting: () => isCommitting,
    async abort () {
      isClosed = true
      for (const writer of writers.values()) {
        await writer.then(async (one) => {
          await one.abort()
        }, () => {})
      }
    },
    keys: () => [...writers.keys()],
    failure: () => failure,
  }
}
