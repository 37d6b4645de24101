// Runs in a worker thread: holds the index and answers one message after the other.
import { parentPort } from 'node:worker_threads'
import { createSearchIndex, type Explanation, type SearchDocument } from './search-index.js'

export type SearchTask =
  | { readonly kind: 'put', readonly documents: readonly SearchDocument[] }
  | { readonly kind: 'remove', readonly slots: readonly number[] }
  | { readonly kind: 'search', readonly query: string }
  | { readonly kind: 'explain', readonly query: string, readonly slots: readonly number[] }
  | { readonly kind: 'memory' }

export interface SearchRequest {
  readonly id: number
  readonly task: SearchTask
}

export type SearchReply =
  | { readonly id: number, readonly result: Uint32Array | Explanation[] | number | null }
  | { readonly id: number, readonly error: string }

const index = createSearchIndex()

function run (task: SearchTask): Uint32Array | Explanation[] | number | null {
  switch (task.kind) {
    case 'put':
      for (const document of task.documents) index.put(document)
      return null
    case 'remove':
      for (const slot of task.slots) index.remove(slot)
      return null
    case 'search':
      return index.search(task.query)
    case 'explain':
      return index.explain(task.query, task.slots)
    case 'memory':
      return process.memoryUsage().heapUsed
  }
}

parentPort?.on('message', ({ id, task }: SearchRequest) => {
  let reply: SearchReply
  try {
    reply = { id, result: run(task) }
  } catch (error) {
    reply = { id, error: String(error) }
  }
  parentPort?.postMessage(reply)
})
