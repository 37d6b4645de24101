// Media files in a local folder. Uploads are written beside it and renamed into place; links are never followed.
import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import {
  assertStorageKey,
  ObjectNotFoundError,
  type MediaStorage,
  type StorageWriter,
  type StoredObject,
} from './storage.js'

/** Inside the root, so that the rename stays on one file system; no key can name it. */
const INCOMING = '.incoming'
/** O_NONBLOCK: opening a planted pipe must not wait for its other end. Windows knows neither flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const READ_CHUNK_BYTES = 256 * 1024
/** A removal may take an emptied folder away between our mkdir and our rename. */
const PUBLISH_ATTEMPTS = 5

/** @param root absolute; made when it is missing */
export async function openLocalStorage (root: string): Promise<MediaStorage> {
  await mkdir(path.join(root, INCOMING), { recursive: true })
  const base = await realpath(root)
  const incomingFolder = path.join(base, INCOMING)

  /** The file of a key, when each folder on the way is a real one or still missing. A link among them hides the object. */
  async function locate (key: string): Promise<string> {
    assertStorageKey(key)
    const segments = key.split('/')
    const file = path.join(base, ...segments)
    if (!file.startsWith(base + path.sep)) throw new ObjectNotFoundError(key)
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = await lookAt(path.join(base, ...segments.slice(0, depth)))
      if (folder === null) break
      if (!folder.isDirectory()) throw new ObjectNotFoundError(key)
    }
    return file
  }

  async function openFile (key: string): Promise<{ handle: FileHandle, sizeBytes: number }> {
    const handle = await open(await locate(key), READ_FLAGS).catch((error: unknown) => {
      throw isOneOf(error, ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EISDIR']) ? new ObjectNotFoundError(key) : error
    })
    const found = await handle.stat()
    if (found.isFile()) return { handle, sizeBytes: found.size }
    await handle.close()
    throw new ObjectNotFoundError(key)
  }

  /** Moves a finished file to its key's place; the folder's entry is made durable as well. */
  async function publish (incoming: string, key: string): Promise<void> {
    for (let attempt = 1;; attempt++) {
      const target = await locate(key)
      try {
        await mkdir(path.dirname(target), { recursive: true })
        await rename(incoming, target)
        await syncFolder(path.dirname(target))
        return
      } catch (error) {
        if (attempt === PUBLISH_ATTEMPTS || !isOneOf(error, ['ENOENT'])) throw error
      }
    }
  }

  async function pruneFolders (from: string): Promise<void> {
    for (let folder = from; folder !== base; folder = path.dirname(folder)) {
      const isGone = await rmdir(folder).then(() => true, () => false)
      if (!isGone) return
    }
  }

  return {
    async create (key) {
      await locate(key)
      const incoming = path.join(incomingFolder, randomUUID())
      return writeIncoming(incoming, await open(incoming, 'wx'), async () => {
        await publish(incoming, key)
      })
    },
    async open (key, span) {
      const { handle, sizeBytes } = await openFile(key)
      if (span !== undefined && (span.start > span.end || span.end >= sizeBytes)) {
        await handle.close()
        throw new ObjectNotFoundError(key)
      }
      return handle.createReadStream({ ...span, highWaterMark: READ_CHUNK_BYTES })
    },
    async stat (key) {
      const found = await locate(key).then(lookAt).catch(nullWhenMissing)
      return found?.isFile() === true ? { sizeBytes: found.size, modifiedAt: found.mtime } : null
    },
    async remove (key) {
      const file = await locate(key).catch(nullWhenMissing)
      if (file === null || (await lookAt(file))?.isDirectory() !== false) return
      await rm(file, { force: true })
      await pruneFolders(path.dirname(file))
    },
    async locate (key) {
      const { handle } = await openFile(key)
      await handle.close()
      return await locate(key)
    },
    async directUrl (key) {
      assertStorageKey(key)
      return null
    },
    async adopt (file, key) {
      await locate(key)
      if ((await lookAt(file))?.isFile() === true) {
        await syncFile(file)
        await publish(file, key)
      } else {
        await openFile(key).then(async ({ handle }) => {
          await handle.close()
        })
      }
    },
    list: () => listFolder(base, ''),
    async sweep (olderThanMs) {
      let removed = 0
      for (const name of await readdir(incomingFolder)) {
        const file = path.join(incomingFolder, name)
        const found = await lookAt(file)
        // Whole milliseconds on both sides, or a file of this very one would seem to come from the future.
        if (found === null || Date.now() - Math.floor(found.mtimeMs) < olderThanMs) continue
        await rm(file, { force: true, recursive: true })
        removed++
      }
      return removed
    },
  }
}

/** The files below a folder, by key; names that no key can have are not ours, and links are not followed. */
async function* listFolder (folder: string, prefix: string): AsyncGenerator<StoredObject> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(emptyWhenMissing)) {
    if (entry.name.startsWith('.')) continue
    const place = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* listFolder(place, `${prefix}${entry.name}/`)
    const found = entry.isFile() ? await lookAt(place) : null
    if (found !== null) yield { key: prefix + entry.name, modifiedAt: found.mtime }
  }
}

function emptyWhenMissing (error: unknown): [] {
  if (isOneOf(error, ['ENOENT'])) return []
  throw error
}

function writeIncoming (incoming: string, handle: FileHandle, publish: () => Promise<void>): StorageWriter {
  // The handle outlives the stream, so that commit can flush it to the disk.
  const stream = handle.createWriteStream({ autoClose: false })
  // Failures reach the writer through its callbacks and through commit; an event without a listener would end the process.
  stream.on('error', () => {})
  let state: 'open' | 'committed' | 'aborted' = 'open'

  /** The handle closes once its stream has let go of it and no write is under way. */
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
    if (state !== 'open') throw new Error(`the upload was ${state} before`)
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

async function lookAt (file: string): Promise<Stats | null> {
  return await lstat(file).catch((error: unknown) => {
    if (isOneOf(error, ['ENOENT', 'ENOTDIR'])) return null
    throw error
  })
}

async function syncFolder (folder: string): Promise<void> {
  // Windows cannot open folders, and journals its entries itself.
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

function nullWhenMissing (error: unknown): null {
  if (error instanceof ObjectNotFoundError) return null
  throw error
}

function isOneOf (error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
