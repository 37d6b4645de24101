// Worker thread that holds the search index and handles one task after the other.
import { parentPort } from 'node:worker_threads'
import type { SearchDocument } from './document-store.js'
import { decodeChunks, encodeChunk } from '../storage/snapshot-file.js'
import { createSearchIndex, type DocumentExplanation } from './search-index.js'
import type { FoundDocuments } from './search-results.js'

export type SearchTask =
  | { readonly kind: 'put', readonly documents: readonly SearchDocument[] }
  | { readonly kind: 'remove', readonly ids: readonly number[] }
  | { readonly kind: 'search', readonly query: string }
  | { readonly kind: 'explain', readonly query: string, readonly ids: readonly number[] }
  | { readonly kind: 'compact' }
  | { readonly kind: 'restore', readonly file: Uint8Array }
  | { readonly kind: 'startSnapshot', readonly titleIds: Uint8Array }
  | { readonly kind: 'nextChunk' }
  | { readonly kind: 'memory' }

type SearchResult = Uint8Array | FoundDocuments | DocumentExplanation[] | number | null

export interface SearchRequest {
  readonly id: number
  readonly task: SearchTask
}

export type SearchReply =
  | { readonly id: number, readonly result: SearchResult }
  | { readonly id: number, readonly error: string }

let index = createSearchIndex()
let snapshot: Generator<Uint8Array> | null = null

/** The titles of the documents come first: the main thread holds them. */
function* toSnapshot (titleIds: Uint8Array): Generator<Uint8Array> {
  yield encodeChunk(titleIds)
  for (const chunk of index.toChunks()) yield encodeChunk(chunk)
}

/** @returns the titles of the documents */
function restore (file: Uint8Array): Uint8Array {
  const restored = createSearchIndex()
  const chunks = decodeChunks(file)
  const first = chunks.next()
  if (first.done === true || !(first.value instanceof Uint8Array)) throw new Error('the snapshot has no titles')
  restored.restore(chunks)
  index = restored
  return first.value
}

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
    case 'restore':
      return restore(task.file)
    case 'startSnapshot':
      snapshot = toSnapshot(task.titleIds)
      return null
    case 'nextChunk': {
      const next = snapshot?.next()
      if (next?.done !== false) snapshot = null
      return next?.done === false ? next.value : null
    }
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
