// Exports the catalogue in the import format: all titles sorted by ID, then all collections.
// The same catalogue gives the same text.
import { Types } from 'mongoose'
import { Collection, type StoredCollection } from '../../models/collection.js'
import { Title } from '../../models/title.js'
import { toCollectionLine, toTitleLine } from './export-lines.js'
import { findTitlesById } from './stored-titles.js'

/** A show with all its episodes can have 1 MB, so few titles are in memory at the same time. */
const EXPORT_BATCH_SIZE = 100

export interface ExportProgress {
  readonly done: number
  readonly all: number
}

/**
 * Yields NDJSON, many lines per chunk. Memory holds the IDs of all titles and one batch of titles.
 * Titles that are removed during the export are missing; titles that are added may be missing.
 */
export async function* exportCatalogue (
  onProgress: (progress: ExportProgress) => void = () => undefined,
): AsyncGenerator<string> {
  const ids = await findTitleIds()
  for (let start = 0; start < ids.length; start += EXPORT_BATCH_SIZE) {
    const batch = ids.slice(start, start + EXPORT_BATCH_SIZE)
    const titles = await findTitlesById(batch.map((id) => new Types.ObjectId(id)))
    yield toNdjson(batch.flatMap((id) => titles.get(id) ?? []).map(toTitleLine))
    onProgress({ done: start + batch.length, all: ids.length })
  }
  const collections = await Collection.find().lean<StoredCollection[]>()
  yield toNdjson(collections.sort((a, b) => a._id.toString() < b._id.toString() ? -1 : 1).map(toCollectionLine))
}

/** IDs as strings: for hundreds of thousands of titles they take a fraction of the memory of ObjectIds. */
async function findTitleIds (): Promise<string[]> {
  const ids: string[] = []
  for await (const { _id } of Title.collection.find({}, { projection: { _id: 1 } })) ids.push(_id.toString())
  return ids.sort()
}

function toNdjson (lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
