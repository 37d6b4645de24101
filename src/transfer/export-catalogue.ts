// Taking the catalogue out, in the format that an import reads: every title in the order of the ids, then the collections.
// The same catalogue gives the same text.
import { Types } from 'mongoose'
import { Collection, type StoredCollection } from '../../models/collection.js'
import { Title } from '../../models/title.js'
import { toCollectionLine, toTitleLine } from './to-line.js'
import { readTitles } from './write-titles.js'

/** Whole shows are large. */
const READ_AT_ONCE = 100

export interface ExportProgress {
  readonly done: number
  readonly all: number
}

/**
 * NDJSON in chunks of many lines. Holds the ids of all titles, and few of the titles themselves.
 * What is removed meanwhile is not in it; what comes meanwhile may not be.
 */
export async function* exportCatalogue (
  onProgress: (progress: ExportProgress) => void = () => undefined,
): AsyncGenerator<string> {
  const ids = await readIds()
  for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
    const some = ids.slice(at, at + READ_AT_ONCE).map((id) => new Types.ObjectId(id))
    const titles = await readTitles(some)
    yield toLines(some.flatMap((id) => titles.get(id.toString()) ?? []).map(toTitleLine))
    onProgress({ done: Math.min(at + READ_AT_ONCE, ids.length), all: ids.length })
  }
  const collections = await Collection.find().lean<StoredCollection[]>()
  yield toLines(collections.sort((a, b) => a._id.toString() < b._id.toString() ? -1 : 1).map(toCollectionLine))
}

/** As text: an object for each of hundreds of thousands would weigh several times as much. */
async function readIds (): Promise<string[]> {
  const ids: string[] = []
  for await (const { _id } of Title.collection.find({}, { projection: { _id: 1 } })) ids.push(_id.toString())
  return ids.sort()
}

function toLines (lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
