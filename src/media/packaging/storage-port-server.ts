// The main thread's end of the storage port: reads the source and writes the objects of one package.
import { buffer } from 'node:stream/consumers'
import type { MessagePort } from 'node:worker_threads'
import type { MediaStorage, StorageWriter } from '../../storage/storage.js'
import { indexKey, renditionKey, type PackageIndex } from './package-index.js'
import type { PortReply, PortRequest } from './storage-port.js'

export interface StoragePortServer {
  /** Makes all objects visible, the index last. */
  commit(index: PackageIndex): Promise<void>
  isCommitting(): boolean
  abort(): Promise<void>
  /** Keys of all objects that were created. */
  keys(): string[]
  /** First error of the storage; null without one. */
  failure(): Error | null
}

export interface StoragePortServerOptions {
  readonly storage: MediaStorage
  /** Storage key of the media file. */
  readonly sourceKey: string
  /** Storage key prefix of the package. */
  readonly prefix: string
  onProgress(progress: number): void
  /** Called for each message in either direction. */
  onActivity(): void
}

/** Serves the requests of the packaging thread. */
export function serveStoragePort (
  port: MessagePort,
  { storage, sourceKey, prefix, onProgress, onActivity }: StoragePortServerOptions,
): StoragePortServer {
  const writers = new Map<string, Promise<StorageWriter>>()
  let failure: Error | null = null
  let isCommitting = false
  let isAborted = false

  async function openWriter (key: string): Promise<StorageWriter> {
    const writer = writers.get(key) ?? storage.create(key)
    writers.set(key, writer)
    return await writer
  }

  async function handle (request: Exclude<PortRequest, { kind: 'progress' }>): Promise<PortReply> {
    const { id } = request
    if (request.kind === 'read') {
      const bytes = await buffer(await storage.open(sourceKey, { start: request.start, end: request.end - 1 }))
      if (bytes.length !== request.end - request.start) throw new Error('a stored object ended early')
      return { id, bytes }
    }
    const { stream } = await openWriter(renditionKey(prefix, request.name))
    await new Promise<void>((resolve, reject) => {
      stream.write(request.bytes, (error) => {
        error == null ? resolve() : reject(error)
      })
    })
    return { id }
  }

  port.on('message', (request: PortRequest) => {
    // Requests of a terminating thread must not create objects, and their failures are not failures of the storage.
    if (isAborted) return
    onActivity()
    if (request.kind === 'progress') {
      onProgress(request.progress)
      return
    }
    handle(request).catch((error: unknown): PortReply => {
      if (!isAborted) failure ??= error instanceof Error ? error : new Error(String(error))
      return { id: request.id, failed: true }
    }).then((reply) => {
      onActivity()
      port.postMessage(reply)
    }, () => {})
  })

  return {
    async commit (index) {
      isCommitting = true
      for (const writer of writers.values()) await (await writer).commit()
      const writer = await openWriter(indexKey(prefix))
      writer.stream.write(JSON.stringify(index))
      await writer.commit()
    },
    isCommitting: () => isCommitting,
    async abort () {
      isAborted = true
      for (const opening of writers.values()) {
        await opening.then(async (writer) => {
          await writer.abort()
        }, () => {})
      }
    },
    keys: () => [...writers.keys()],
    failure: () => failure,
  }
}
