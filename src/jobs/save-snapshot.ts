// Saves a snapshot of the catalogue and of the search index, so that the next process starts fast. The work is cut into
// small pieces between requests; a title that changes in between ends it, and the next run of the job tries again.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SavedSnapshots } from '../catalogue/store/saved-snapshots.js'
import type { OpenableCatalogue } from '../catalogue/store/snapshot.js'
import type { OpenableChangeWatch } from '../database/change-watch.js'
import type { TitleSearch } from '../search/title-search.js'
import { encodeChunk } from '../storage/snapshot-file.js'

/** A smaller catalogue is read within a second. */
const MIN_TITLES = 1_000
const MIN_AGE_MS = 15 * 60_000
/** The server no longer has the changes since an older position if its log of changes is small. */
const MAX_AGE_MS = 6 * 3_600_000

export interface SnapshotSaverDeps {
  readonly catalogue: OpenableCatalogue
  readonly search: TitleSearch
  readonly watch: Pick<OpenableChangeWatch, 'position'>
  readonly snapshots: SavedSnapshots
  now(): Date
}

export interface SnapshotSaver {
  /** Saves a snapshot if titles changed since the last one, or if it is old. @returns whether it was saved */
  saveIfNeeded(): Promise<boolean>
  /** @returns whether it was saved: no title changed in between */
  save(): Promise<boolean>
}

/** A title changed while the snapshot was written. */
class TitlesChangedError extends Error {}

export function createSnapshotSaver ({ catalogue, search, watch, snapshots, now }: SnapshotSaverDeps): SnapshotSaver {
  let changeCount = 0
  /** The last snapshot that this process found, and the number of changes at that time. */
  let [knownSavedAt, changesAtSave] = [0, -1]
  catalogue.onChange(() => {
    changeCount++
  })

  async function isNeeded (): Promise<boolean> {
    const saved = await snapshots.find()
    if (saved === null) return true
    const savedAt = saved.savedAt.getTime()
    if (savedAt !== knownSavedAt) {
      // Another process saved it, or one before this one, which may have loaded changes since then.
      const isCurrent = knownSavedAt !== 0 || catalogue.restoration()?.changedTitleIds.length === 0
      ;[knownSavedAt, changesAtSave] = [savedAt, isCurrent ? changeCount : -1]
    }
    const age = now().getTime() - savedAt
    return age > MAX_AGE_MS || (age > MIN_AGE_MS && changeCount !== changesAtSave)
  }

  async function* titleChunks (): AsyncGenerator<Uint8Array> {
    const changesBefore = changeCount
    for (const chunk of catalogue.toChunks()) {
      yield encodeChunk(chunk)
      await nextTurn()
      if (changeCount !== changesBefore) throw new TitlesChangedError()
    }
  }

  async function* searchChunks (): AsyncGenerator<Uint8Array> {
    for await (const chunk of search.toChunks()) {
      if (chunk === null) throw new TitlesChangedError()
      yield chunk
    }
  }

  async function write (): Promise<boolean> {
    const position = watch.position()
    if (position === null || !await catalogue.onIdle()) return false
    const changesBefore = changeCount
    try {
      const savedAt = now()
      await snapshots.save(position, { titles: titleChunks(), search: searchChunks() }, savedAt)
      ;[knownSavedAt, changesAtSave] = [savedAt.getTime(), changesBefore]
      return true
    } catch (error) {
      if (error instanceof TitlesChangedError) return false
      throw error
    }
  }

  async function save (): Promise<boolean> {
    if (!await snapshots.claim(now())) return false
    try {
      return await write()
    } finally {
      await snapshots.release()
    }
  }

  return {
    save,
    async saveIfNeeded () {
      return catalogue.isReady() && hasAtLeast(catalogue.titles(), MIN_TITLES) && await isNeeded() && await save()
    },
  }
}

function hasAtLeast (values: Iterable<unknown>, count: number): boolean {
  const iterator = values[Symbol.iterator]()
  for (let found = 0; found < count; found++) if (iterator.next().done === true) return false
  return true
}
