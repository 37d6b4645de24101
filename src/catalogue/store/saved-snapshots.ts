// Snapshots of the catalogue and of the search index: files in the storage, which a process that starts loads instead
// of all titles. A document in the database names the valid files, with their checksums and the position of the change
// stream from which the process catches up.
import { randomUUID } from 'node:crypto'
import mongoose from 'mongoose'
import {
  CatalogueSnapshot,
  type StoredCatalogueSnapshot,
  type StoredSnapshotFile,
} from '../../../models/catalogue-snapshot.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import { VERSION } from '../../config.js'
import { readVerified, writeChunks } from '../../storage/snapshot-file.js'
import type { MediaStorage } from '../../storage/storage.js'

/** Grows with each change of the chunks. */
const FORMAT = 5
/** Another version of the service, or of Node, does not read the files. */
export const SNAPSHOT_VERSION = `${VERSION} ${FORMAT} ${process.versions.v8}`
/** First segment of the keys. */
const SNAPSHOT_FOLDER = 'snapshots'
/** Snapshots of other versions, which may run at the same time during an update, are removed after this time. */
const OTHER_VERSION_MAX_AGE_MS = 7 * 86_400_000
/** No snapshot takes longer to write. */
const CLAIM_TTL_MS = 10 * 60_000

export interface SavedSnapshot {
  readonly version: string
  readonly position: unknown
  readonly titles: StoredSnapshotFile
  readonly search: StoredSnapshotFile
  readonly savedAt: Date
}

export type SnapshotPart = 'titles' | 'search'

export interface SavedSnapshots {
  /** The newest snapshot of this version; null if there is none. */
  find(): Promise<SavedSnapshot | null>
  /** @throws DamagedFileError, ObjectNotFoundError */
  read(snapshot: SavedSnapshot, part: SnapshotPart): Promise<Uint8Array<ArrayBuffer>>
  /** Takes the right to write the next snapshot. @returns false if another process has it */
  claim(now: Date): Promise<boolean>
  release(): Promise<void>
  /**
   * Replaces the snapshot of this version. An error leaves the previous one.
   * @param position of the change stream: the chunks contain all changes before it
   * @param chunks encoded
   */
  save(position: unknown, chunks: Readonly<Record<SnapshotPart, AsyncIterable<Uint8Array>>>, now: Date): Promise<void>
}

export function createSavedSnapshots (storage: MediaStorage): SavedSnapshots {
  async function removeFiles (keys: readonly string[]): Promise<void> {
    for (const key of keys) await storage.remove(key)
  }

  async function removeOtherVersions (now: Date): Promise<void> {
    const savedBefore = new Date(now.getTime() - OTHER_VERSION_MAX_AGE_MS)
    const others = await CatalogueSnapshot.find({ _id: mongoose.trusted({ $ne: SNAPSHOT_VERSION }) }).lean()
    for (const other of others) {
      if (other.savedAt !== null && other.savedAt > savedBefore) continue
      await CatalogueSnapshot.deleteOne({ _id: other._id })
      await removeFiles([...listKeys(other), ...other.replacedKeys])
    }
  }

  return {
    async find () {
      const stored = await CatalogueSnapshot.findById(SNAPSHOT_VERSION).lean()
      if (stored === null || stored.titles === null || stored.search === null || stored.savedAt === null) return null
      const { _id: version, position, titles, search, savedAt } = stored
      return { version, position, titles, search, savedAt }
    },
    read: async (snapshot, part) => await readVerified(storage, snapshot[part]),
    async claim (now) {
      const claimedUntil = new Date(now.getTime() + CLAIM_TTL_MS)
      const isFree = { _id: SNAPSHOT_VERSION, claimedUntil: mongoose.trusted({ $lte: now }) }
      try {
        await CatalogueSnapshot.updateOne(isFree, { $set: { claimedUntil } }, { upsert: true })
        return true
      } catch (error) {
        // The document exists, and is claimed.
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    async release () {
      await CatalogueSnapshot.updateOne({ _id: SNAPSHOT_VERSION }, { $set: { claimedUntil: new Date(0) } })
    },
    async save (position, chunks, now) {
      const id = randomUUID()
      const keys = { titles: `${SNAPSHOT_FOLDER}/${id}-titles`, search: `${SNAPSHOT_FOLDER}/${id}-search` }
      try {
        // The index is behind the catalogue, and may not be ready.
        const search = { key: keys.search, ...await writeChunks(storage, keys.search, chunks.search) }
        const titles = { key: keys.titles, ...await writeChunks(storage, keys.titles, chunks.titles) }
        const previous = await CatalogueSnapshot.findById(SNAPSHOT_VERSION).lean()
        const replacedKeys = previous === null ? [] : listKeys(previous)
        const fields = { position, titles, search, savedAt: now, replacedKeys }
        await CatalogueSnapshot.updateOne({ _id: SNAPSHOT_VERSION }, { $set: fields })
        await removeFiles(previous?.replacedKeys ?? [])
      } catch (error) {
        await removeFiles([keys.titles, keys.search])
        throw error
      }
      await removeOtherVersions(now)
    },
  }
}

/** The keys that documents refer to. */
export async function listSnapshotKeys (): Promise<string[]> {
  const stored = await CatalogueSnapshot.find().lean()
  return stored.flatMap((one) => [...listKeys(one), ...one.replacedKeys])
}

function listKeys ({ titles, search }: Pick<StoredCatalogueSnapshot, SnapshotPart>): string[] {
  return [titles, search].flatMap((file) => file === null ? [] : [file.key])
}
