// Lists the files of an ingest: the named files, and those in the named folders.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** What a file became: an encoding job, a media file or a subtitle. */
export interface StoredAs {
  readonly role: 'master' | 'media' | 'subtitle'
  readonly id: string
}

export interface FoundFile {
  /** As the operator named it, with the path inside a named folder. */
  readonly path: string
  /** What names are recognised in: for a file in a named folder, from the name of this folder on. */
  readonly relativePath: string
  readonly sizeBytes: number
  /** Time of the last change of its content, ms since the epoch. */
  readonly modifiedAt: number
  /** The operator named the file, not a folder that contains it. */
  readonly isNamed: boolean
  /** What an earlier version of the file became, which this version replaces; null: none is known. */
  readonly storedAs: StoredAs | null
}

/**
 * Lists the files, by path. Hidden files and links are left out of folders.
 * @throws Error of the file system when a path does not exist
 */
export async function findFiles (paths: readonly string[]): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>()
  for (const named of paths) {
    const absolute = path.resolve(named)
    const info = await stat(named)
    if (!info.isDirectory()) {
      // The folders around a file name the show and the season.
      const relativePath = path.join(...absolute.split(path.sep).slice(-3))
      found.set(absolute, {
        path: named,
        relativePath,
        sizeBytes: info.size,
        modifiedAt: info.mtimeMs,
        isNamed: true,
        storedAs: null,
      })
      continue
    }
    const parent = path.resolve(absolute, '..')
    for (const entry of await readdir(named, { recursive: true, withFileTypes: true })) {
      const file = path.resolve(entry.parentPath, entry.name)
      const isHidden = path.relative(absolute, file).split(path.sep).some((part) => part.startsWith('.'))
      if (!entry.isFile() || isHidden || found.has(file)) continue
      const fileInfo = await stat(file).catch(nullIfMissing)
      if (fileInfo === null) continue
      // A season's folder has the name of the show in the folder above.
      const relativePath = path.relative(path.resolve(parent, '..'), file)
      found.set(file, {
        path: path.join(named, path.relative(absolute, file)),
        relativePath,
        sizeBytes: fileInfo.size,
        modifiedAt: fileInfo.mtimeMs,
        isNamed: false,
        storedAs: null,
      })
    }
  }
  return [...found.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, file]) => file)
}

/** A file may be moved while its folder is read. */
function nullIfMissing (error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
