// Media storage in a local folder. Objects are written to a temporary file and renamed; symbolic links are never
// followed.
import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { FileStream } from './file-stream.js'
import { createFreeBuffers } from './free-buffers.js'
import { createOpenFiles, toFileUse, type OpenedFile } from './open-files.js'
import {
  assertStorageKey,
  ObjectNotFoundError,
  type MediaStorage,
  type StorageWriter,
  type StoredObject,
} from './storage.js'

/** Inside the root, so that renames stay on one file system. No storage key can name it. */
const INCOMING_FOLDER = '.incoming'
/** O_NONBLOCK: opening a planted pipe must not wait for a writer. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** A concurrent removal may delete the empty folder between `mkdir` and `rename`. */
const MAX_PUBLISH_ATTEMPTS = 5

/**
 * Opens media storage in a folder.
 * @param root absolute path; created if it does not exist
 */
export async function openLocalStorage (root: string): Promise<MediaStorage> {
  await mkdir(path.join(root, INCOMING_FOLDER), { recursive: true })
  const base = await realpath(root)
  const incomingFolder = path.join(base, INCOMING_FOLDER)
  const freeBuffers = createFreeBuffers()

  /** Path of an object. Each parent must be a folder or not exist yet: a symbolic link among them hides the object. */
  async function resolvePath (key: string): Promise<string> {
    assertStorageKey(key)
    const segments = key.split('/')
    const file = path.join(base, ...segments)
    if (!file.startsWith(base + path.sep)) throw new ObjectNotFoundError(key)
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = await findStats(path.join(base, ...segments.slice(0, depth)))
      if (folder === null) break
      if (!folder.isDirectory()) throw new ObjectNotFoundError(key)
    }
    return file
  }

  async function openFile (key: string): Promise<OpenedFile> {
    const handle = await open(await resolvePath(key), READ_FLAGS).catch((error: unknown) => {
      throw hasCode(error, ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EISDIR']) ? new ObjectNotFoundError(key) : error
    })
    const stats = await handle.stat()
    if (stats.isFile()) return { handle, sizeBytes: stats.size }
    await handle.close()
    throw new ObjectNotFoundError(key)
  }

  const openFiles = createOpenFiles(openFile)

  async function assertFileExists (key: string): Promise<void> {
    const { handle } = await openFile(key)
    await handle.close()
  }

  /** Renames a complete file to its final path and syncs the folder entry. */
  async function publish (incoming: string, key: string): Promise<void> {
    for (let attempt = 1;; attempt++) {
      const target = await resolvePath(key)
      try {
        await mkdir(path.dirname(target), { recursive: true })
        await rename(incoming, target)
        await syncFolder(path.dirname(target))
        openFiles.forget(key)
        return
      } catch (error) {
        if (attempt === MAX_PUBLISH_ATTEMPTS || !hasCode(error, ['ENOENT'])) throw error
      }
    }
  }

  async function removeEmptyFolders (from: string): Promise<void> {
    for (let folder = from; folder !== base; folder = path.dirname(folder)) {
      const isRemoved = await rmdir(folder).then(() => true, () => false)
      if (!isRemoved) return
    }
  }

  return {
    async create (key) {
      await resolvePath(key)
      const incoming = path.join(incomingFolder, randomUUID())
      return createFileWriter(incoming, await open(incoming, 'wx'), async () => {
        await publish(incoming, key)
      })
    },
    async open (key, range, { mayBeOpen = false } = {}) {
      const file = mayBeOpen ? await openFiles.use(key) : toFileUse(await openFile(key))
      const { sizeBytes } = file
      if (range !== undefined && (range.start > range.end || range.end >= sizeBytes)) {
        await file.release()
        throw new ObjectNotFoundError(key)
      }
      return new FileStream(file, range ?? { start: 0, end: sizeBytes - 1 }, freeBuffers)
    },
    async canOpen (key) {
      const file = await openFiles.use(key).catch(nullIfNotFound)
      await file?.release()
      return file !== null
    },
    async stat (key) {
      const stats = await resolvePath(key).then(findStats).catch(nullIfNotFound)
      return stats?.isFile() === true ? { sizeBytes: stats.size, modifiedAt: stats.mtime } : null
    },
    async remove (key) {
      const file = await resolvePath(key).catch(nullIfNotFound)
      if (file === null || (await findStats(file))?.isDirectory() !== false) return
      await rm(file, { force: true })
      openFiles.forget(key)
      await removeEmptyFolders(path.dirname(file))
    },
    async locate (key) {
      await assertFileExists(key)
      return await resolvePath(key)
    },
    async directUrl (key) {
      assertStorageKey(key)
      return null
    },
    async adopt (file, key) {
      await resolvePath(key)
      if ((await findStats(file))?.isFile() === true) {
        await syncFile(file)
        await publish(file, key)
      } else {
        await assertFileExists(key)
      }
    },
    list: () => listFolder(base, ''),
    async removeStale (olderThanMs) {
      let removed = 0
      for (const name of await readdir(incomingFolder)) {
        const file = path.join(incomingFolder, name)
        const stats = await findStats(file)
        // Round the fractional mtime down: a file of the current millisecond would otherwise have a negative age.
        if (stats === null || Date.now() - Math.floor(stats.mtimeMs) < olderThanMs) continue
        await rm(file, { force: true, recursive: true })
        removed++
      }
      return removed
    },
  }
}

/** Lists the files below a folder by key. Skips hidden names, which no key can have, and symbolic links. */
async function* listFolder (folder: string, prefix: string): AsyncGenerator<StoredObject> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(emptyIfMissing)) {
    if (entry.name.startsWith('.')) continue
    const entryPath = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* listFolder(entryPath, `${prefix}${entry.name}/`)
    const stats = entry.isFile() ? await findStats(entryPath) : null
    if (stats !== null) yield { key: prefix + entry.name, modifiedAt: stats.mtime }
  }
}

function emptyIfMissing (error: unknown): [] {
  if (hasCode(error, ['ENOENT'])) return []
  throw error
}

function createFileWriter (incoming: string, handle: FileHandle, publish: () => Promise<void>): StorageWriter {
  // The handle outlives the stream, so that commit can sync it.
  const stream = handle.createWriteStream({ autoClose: false })
  // Write callbacks and commit report failures; an unhandled error event would end the process.
  stream.on('error', () => {})
  let state: 'open' | 'committed' | 'aborted' = 'open'

  /** `handle.close` waits for the destroyed stream and for writes in progress. */
  async function close (): Promise<void> {
    stream.destroy()
    await handle.close()
  }

  async function abort (): Promise<void> {
    if (state !== 'open') return
    state = 'aborted'
    await close().catch(() => {})
    await rm(incoming, { force: true })
  }

  async function commit (): Promise<void> {
    if (state !== 'open') throw new Error(`the upload is already ${state}`)
    try {
      if (!stream.writableEnded) stream.end()
      if (stream.errored !== null) throw stream.errored
      if (!stream.writableFinished) await finished(stream)
      await handle.sync()
      await close()
      await publish()
      state = 'committed'
    } catch (error) {
      await abort()
      throw error
    }
  }
  return { stream, commit, abort }
}

async function findStats (file: string): Promise<Stats | null> {
  return await lstat(file).catch((error: unknown) => {
    if (hasCode(error, ['ENOENT', 'ENOTDIR'])) return null
    throw error
  })
}

async function syncFolder (folder: string): Promise<void> {
  // Windows cannot open folders; NTFS journals folder entries.
  if (process.platform !== 'win32') await syncFile(folder)
}

async function syncFile (file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function nullIfNotFound (error: unknown): null {
  if (error instanceof ObjectNotFoundError) return null
  throw error
}

function hasCode (error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
