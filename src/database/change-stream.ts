// Change streams of MongoDB, on the collections of the driver.
import type { Model, Types } from 'mongoose'

/** How long the server waits for a change before it returns an empty batch. */
const MAX_AWAIT_MS = 200

export interface DocumentChange {
  readonly documentKey?: { readonly _id: Types.ObjectId }
}

export interface ChangeStream extends AsyncIterable<DocumentChange> {
  /** Resolves when the server records changes. @returns the first change, if there is one already */
  tryNext(): Promise<DocumentChange | null>
  close(): Promise<void>
}

/** Creates a change stream over a collection. The server records changes after the first `tryNext`. */
export function watchCollection (model: Pick<Model<unknown>, 'collection'>): ChangeStream {
  return model.collection.watch([], { maxAwaitTimeMS: MAX_AWAIT_MS }) as unknown as ChangeStream
}

/** ID of the changed document; null for a change of the collection itself, such as a drop. */
export function changedDocumentId ({ documentKey }: DocumentChange): string | null {
  return documentKey?._id.toString() ?? null
}
