// Files that stay open for a moment, because clients read a media file range by range. Opening one takes several times
// as many operations as reading a range of it.
import type { FileHandle } from 'node:fs/promises'

/** After this time a file is opened again: what another process has removed or replaced is noticed then. */
export const KEEP_OPEN_MS = 1_000
const MAX_FILES = 256

export interface OpenedFile {
  readonly handle: Pick<FileHandle, 'read' | 'close'>
  readonly sizeBytes: number
}

/** One use of an open file. */
export interface FileUse extends OpenedFile {
  /** Ends this use. The file is closed after its last use, and after reads in progress. */
  release(): Promise<void>
}

/** A file that one reader opened for itself. */
export function toFileUse (file: OpenedFile): FileUse {
  return {
    ...file,
    async release () {
      await file.handle.close()
    },
  }
}

export interface OpenFiles {
  /** Opens a file, or uses one that was opened a moment ago. Rejects as opening it does. */
  use(key: string): Promise<FileUse>
  /** Opens the file again at the next use: it has changed. */
  forget(key: string): void
}

interface Entry {
  readonly opening: Promise<OpenedFile>
  /** Number of uses; the time in which the file stays open is one of them. */
  uses: number
}

export function createOpenFiles (open: (key: string) => Promise<OpenedFile>): OpenFiles {
  const entries = new Map<string, Entry>()

  async function release (entry: Entry): Promise<void> {
    entry.uses--
    if (entry.uses === 0) await (await entry.opening).handle.close()
  }

  function forget (key: string, entry = entries.get(key)): void {
    if (entry === undefined || entries.get(key) !== entry) return
    entries.delete(key)
    // A file that cannot be opened was reported to its users, and closing one that was read cannot lose data.
    release(entry).catch(() => undefined)
  }

  function openEntry (key: string): Entry {
    const entry: Entry = { opening: open(key), uses: 1 }
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > MAX_FILES && oldest !== undefined) forget(oldest)
    const end = (): void => {
      forget(key, entry)
    }
    entry.opening.then(() => setTimeout(end, KEEP_OPEN_MS).unref(), end)
    return entry
  }

  return {
    async use (key) {
      const entry = entries.get(key) ?? openEntry(key)
      entry.uses++
      try {
        const { handle, sizeBytes } = await entry.opening
        return {
          handle,
          sizeBytes,
          async release () {
            await release(entry)
          },
        }
      } catch (error) {
        entry.uses--
        throw error
      }
    },
    forget: (key) => {
      forget(key)
    },
  }
}
