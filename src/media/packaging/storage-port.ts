// The two ends of the wire between the packaging thread and the storage: reads, writes that wait until they are taken, and
// progress.
import type { MessagePort } from 'node:worker_threads'
import type { RenditionName } from './package-index.js'

export type PortRequest =
  | { readonly kind: 'read', readonly id: number, readonly start: number, readonly end: number }
  | { readonly kind: 'write', readonly id: number, readonly name: RenditionName, readonly bytes: Uint8Array }
  /** 0 to 1. */
  | { readonly kind: 'progress', readonly progress: number }

/** Bytes answer a read, nothing a write; an error neither. */
export interface PortReply {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly failed?: boolean
}

/** The worker's end. */
export interface PackagePort {
  /** @param end exclusive */
  read(start: number, end: number): Promise<Uint8Array>
  write(name: RenditionName, bytes: Uint8Array): Promise<void>
  report(progress: number): void
}

/** Progress is told in steps of this. */
const STEP = 0.01

export function createStoragePort (port: MessagePort): PackagePort {
  const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void, reject: (error: Error) => void }>()
  let lastId = 0
  let reported = 0
  port.on('message', ({ id, bytes, failed }: PortReply) => {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (failed === true) asked?.reject(new Error('the storage failed'))
    else asked?.resolve(bytes ?? new Uint8Array())
  })
  async function ask (request: PortRequest & { id: number }): Promise<Uint8Array> {
    return await new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject })
      port.postMessage(request)
    })
  }
  return {
    read: async (start, end) => await ask({ kind: 'read', id: ++lastId, start, end }),
    async write (name, bytes) {
      await ask({ kind: 'write', id: ++lastId, name, bytes })
    },
    report (progress) {
      if (progress < reported + STEP) return
      reported = progress
      port.postMessage({ kind: 'progress', progress } satisfies PortRequest)
    },
  }
}
