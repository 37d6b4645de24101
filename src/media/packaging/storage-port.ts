// Storage access from the packaging thread. The worker sends requests over a message port; writes wait for their reply,
// which limits the bytes in flight.
import type { MessagePort } from 'node:worker_threads'
import type { RenditionName } from './package-index.js'

export type PortRequest =
  /** `end` is exclusive. */
  | { readonly kind: 'read', readonly id: number, readonly start: number, readonly end: number }
  | { readonly kind: 'write', readonly id: number, readonly name: RenditionName, readonly bytes: Uint8Array }
  /** From 0 to 1; has no reply. */
  | { readonly kind: 'progress', readonly progress: number }

/** Reply to a read, with bytes, or to a write. */
export interface PortReply {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly failed?: boolean
}

/** The worker's end of the port. */
export interface StoragePort {
  /** @param end exclusive */
  read(start: number, end: number): Promise<Uint8Array>
  write(name: RenditionName, bytes: Uint8Array): Promise<void>
  /** @param progress from 0 to 1 */
  reportProgress(progress: number): void
}

/** Smallest increase of the progress that is sent. */
const PROGRESS_STEP = 0.01

/** Creates the worker's end of the port. */
export function createStoragePort (port: MessagePort): StoragePort {
  const pending = new Map<number, { resolve: (bytes: Uint8Array) => void, reject: (error: Error) => void }>()
  let lastId = 0
  let reportedProgress = 0
  port.on('message', ({ id, bytes, failed }: PortReply) => {
    const request = pending.get(id)
    pending.delete(id)
    if (failed === true) request?.reject(new Error('the storage failed'))
    else request?.resolve(bytes ?? new Uint8Array())
  })
  async function send (request: PortRequest & { id: number }): Promise<Uint8Array> {
    return await new Promise((resolve, reject) => {
      pending.set(request.id, { resolve, reject })
      port.postMessage(request)
    })
  }
  return {
    read: async (start, end) => await send({ kind: 'read', id: ++lastId, start, end }),
    async write (name, bytes) {
      await send({ kind: 'write', id: ++lastId, name, bytes })
    },
    reportProgress (progress) {
      if (progress < reportedProgress + PROGRESS_STEP) return
      reportedProgress = progress
      port.postMessage({ kind: 'progress', progress } satisfies PortRequest)
    },
  }
}
