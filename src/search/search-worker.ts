// Worker thread that holds the search index and handles one task after the other.
import { parentPort } from 'node:worker_threads'
import type { SearchDocument } from './document-store.js'
import { createSearchIndex, type DocumentExplanation } from './search-index.js'

export type SearchTask =
  | { readonly kind: 'put', readonly documents: readonly SearchDocument[] }
  | { readonly kind: 'remove', readonly ids: readonly number[] }
  | { readonly kind: 'search', readonly query: string }
  | { readonly kind: 'explain', readonly query: string, readonly ids: readonly number[] }
  | { readonly kind: 'compact' }
  | { readonly kind: 'memory' }

type SearchResult = Uint32Array | DocumentExplanation[] | number | null

export interface SearchRequest {
  readonly id: number
  readonly task: SearchTask
}

export type SearchReply =
  | { readonly id: number, readonly result: SearchResult }
  | { readonly id: number, readonly error: string }

const index = createSearchIndex()

function runTask (task: SearchTask): SearchResult {
  switch (task.kind) {
    case 'put':
      for (const document of task.documents) index.put(document)
      return null
    case 'remove':
      for (const id of task.ids) index.remove(id)
      return null
    case 'search':
      return index.search(task.query)
    case 'explain':
      return index.explain(task.query, task.ids)
    case 'compact':
      index.compact()
      return null
    case 'memory': {
      // Postings are in buffers outside of the heap.
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
  }
}

parentPort?.on('message', ({ id, task }: SearchRequest) => {
  let reply: SearchReply
  try {
    reply = { id, result: runTask(task) }
  } catch (error) {
    reply = { id, error: String(error) }
  }
  parentPort?.postMessage(reply)
})
