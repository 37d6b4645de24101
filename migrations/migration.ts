// What a migration is, and the steps that several migrations have in common. Every step can run again without effect.
// Migrations use the driver: the models describe the newest form of the documents only.
import type { mongo } from 'mongoose'

export interface Migration {
  /** Number and subject; stored once the migration is applied, so it never changes. */
  readonly name: string
  /** Changes the stored documents. A migration that was interrupted runs again from its beginning. */
  up(db: mongo.Db): Promise<void>
}

type Documents = mongo.Collection<mongo.Document>

const DUPLICATE_KEY = 11_000
const COPY_BATCH_SIZE = 500

/** Renames a collection. If the new one exists, because its indexes were created first, the documents move into it. */
export async function renameCollection (db: mongo.Db, from: string, to: string): Promise<void> {
  if (!await hasCollection(db, from)) return
  if (!await hasCollection(db, to)) {
    await db.collection(from).rename(to)
    return
  }
  await copyDocuments(db.collection(from), db.collection(to), (document) => document)
  await db.collection(from).drop()
}

/** Copies documents that the target lacks, by `_id`. */
export async function copyDocuments (
  source: Documents,
  target: Documents,
  convert: (document: mongo.Document) => mongo.Document,
): Promise<void> {
  let batch: mongo.Document[] = []
  for await (const document of source.find()) {
    batch.push(convert(document))
    if (batch.length < COPY_BATCH_SIZE) continue
    await insertMissing(target, batch)
    batch = []
  }
  await insertMissing(target, batch)
}

async function insertMissing (target: Documents, documents: mongo.Document[]): Promise<void> {
  if (documents.length === 0) return
  await target.insertMany(documents, { ordered: false }).catch((error: unknown) => {
    const { writeErrors = null } = error as { writeErrors?: unknown }
    const isDuplicate = (one: unknown): boolean => (one as { code?: unknown } | null)?.code === DUPLICATE_KEY
    if (![writeErrors].flat().every(isDuplicate)) throw error
  })
}

/** Renames top-level fields wherever they exist. */
export async function renameFields (collection: Documents, names: Readonly<Record<string, string>>): Promise<void> {
  for (const [from, to] of Object.entries(names)) {
    await collection.updateMany({ [from]: { $exists: true } }, { $rename: { [from]: to } })
  }
}

/** Sets top-level fields wherever they are missing. */
export async function fillFields (collection: Documents, values: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await collection.updateMany({ [name]: { $exists: false } }, { $set: { [name]: value } })
  }
}

export async function dropIndex (db: mongo.Db, collection: string, index: string): Promise<void> {
  if (!await hasCollection(db, collection)) return
  const indexes = await db.collection(collection).indexes()
  if (indexes.some(({ name }) => name === index)) await db.collection(collection).dropIndex(index)
}

/**
 * Expression for an array whose elements get `values` for the fields that they lack, and then `changes`.
 * @param element name of the variable for an element, for use in `changes`
 */
export function fillElements (
  array: string,
  element: string,
  values: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
): mongo.Document {
  const merged = { $mergeObjects: [values, `$$${element}`, changes] }
  return { $map: { input: { $ifNull: [array, []] }, as: element, in: merged } }
}

export async function hasCollection (db: mongo.Db, name: string): Promise<boolean> {
  return (await db.listCollections({ name }, { nameOnly: true }).toArray()).length > 0
}
