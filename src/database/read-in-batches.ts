// Reads whole collections without Mongoose documents.
import type { Model } from 'mongoose'

/**
 * Yields all stored documents in batches: one at a time takes much longer.
 * @param projection fields to leave out (0) or to read (1)
 */
export async function* readInBatches<T> (
  model: Pick<Model<unknown>, 'collection'>,
  projection: Readonly<Record<string, 0 | 1>> = {},
  batchSize = 1_000,
): AsyncGenerator<T[]> {
  const cursor = model.collection.find({}, { projection, batchSize })
  try {
    let hasNext = cursor.hasNext()
    while (await hasNext) {
      const batch = cursor.readBufferedDocuments() as T[]
      // The server reads the next batch while the caller processes this one.
      hasNext = cursor.hasNext()
      hasNext.catch(() => undefined)
      yield batch
    }
  } finally {
    await cursor.close()
  }
}
