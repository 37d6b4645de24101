// Reading a whole collection.
import type { Model } from 'mongoose'

/**
 * All documents as they are stored, many at a time: handed on one by one they would take much longer.
 * @param projection leaves out what is not needed
 */
export async function* readAll<T> (
  model: Pick<Model<unknown>, 'collection'>,
  projection: Readonly<Record<string, 0 | 1>> = {},
  batchSize = 1_000,
): AsyncGenerator<T[]> {
  const cursor = model.collection.find({}, { projection, batchSize })
  try {
    while (await cursor.hasNext()) yield cursor.readBufferedDocuments() as T[]
  } finally {
    await cursor.close()
  }
}
