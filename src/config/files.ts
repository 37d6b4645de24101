// Checks the files and folders that variables name, so that an error names the variable and the reason.
import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'

/** Entries of a data folder that belong to another user if the service ran as that user before. */
const ENTRIES = ['media', 'media/.incoming', 'db', 'secrets.json', 'database.json']

const REASONS: Readonly<Record<string, string>> = {
  EROFS: 'is on a read-only file system',
  ENOTDIR: 'is below a file',
  ENOSPC: 'is on a full disk',
  EDQUOT: 'exceeds a disk quota',
  ELOOP: 'is a loop of symbolic links',
  ENAMETOOLONG: 'has too long a path',
}

/**
 * Creates nothing: `mkdir` with `recursive` never returns for some paths, such as those below /proc.
 * @returns the rule that a data folder breaks, as the end of the sentence "DATA_DIR …"; null for a usable folder
 */
export function findDataFolderProblem (folder: string): string | null {
  for (const entry of ['', ...ENTRIES]) {
    const reason = findReason(path.join(folder, entry), entry === '')
    if (reason === null) continue
    return `must name a folder that this process can write: ${entry === '' ? 'it' : `its ${entry}`} ${reason}`
  }
  return null
}

function findReason (file: string, isDataFolder: boolean): string | null {
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined) {
      if (isDataFolder) tryToCreateIn(findExistingParent(file))
      return null
    }
    if (isDataFolder && !stats.isDirectory()) return 'is not a folder'
    const { R_OK, W_OK, X_OK } = constants
    accessSync(file, stats.isDirectory() ? R_OK | W_OK | X_OK : R_OK)
    if (isDataFolder) tryToCreateIn(file)
    return null
  } catch (error) {
    return describeReason((error as NodeJS.ErrnoException).code ?? 'unknown error')
  }
}

/** Permissions alone do not show what a network or kernel file system rejects. */
function tryToCreateIn (folder: string): void {
  rmdirSync(mkdtempSync(path.join(folder, '.normflix-')))
}

function findExistingParent (missing: string): string {
  let parent = path.dirname(missing)
  while (statSync(parent, { throwIfNoEntry: false }) === undefined && parent !== path.dirname(parent)) {
    parent = path.dirname(parent)
  }
  return parent
}

export function isExecutableFile (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function describeReason (code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return `cannot be written by the user ${userName()}`
  return REASONS[code] ?? `cannot be created (${code})`
}

function userName (): string {
  try {
    return userInfo().username
  } catch {
    // The user has no entry in the password file, as in some containers.
    return String(process.getuid?.() ?? 'of the service')
  }
}
