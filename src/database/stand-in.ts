// The stand-in for mongod where nothing can be downloaded but packages: SecantusDB, a MongoDB-wire server whose PyPI wheel
// holds a prebuilt binary. It is installed into a cache folder and run as a separate program.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Pinned: a pre-release that is tested with exactly this version. */
const PACKAGE = 'SecantusDB'
const VERSION = '0.6.0b17'
const INSTALL_TIMEOUT_MS = 180_000

const BINARY = process.platform === 'win32' ? 'secantusd-rs.exe' : 'secantusd-rs'
const PYTHONS = process.platform === 'win32' ? [['py', '-3'], ['python']] : [['python3'], ['python']]

/**
 * Finds the stand-in's binary, installing it with pip the first time (22 MB).
 * @param cacheDir where installed versions are kept
 * @throws Error telling what each Python said
 */
export async function installStandIn (cacheDir: string, report: (line: string) => void): Promise<string> {
  const folder = path.join(cacheDir, `${PACKAGE}-${VERSION}`)
  const binary = path.join(folder, 'secantusdb.scripts', BINARY)
  if (existsSync(binary)) return binary
  report(`installing the stand-in database ${PACKAGE} ${VERSION} from PyPI (22 MB, once)`)
  await mkdir(cacheDir, { recursive: true })
  // Installed beside and renamed, so that two processes at once both end with a whole folder.
  const incoming = await mkdtemp(path.join(cacheDir, 'incoming-'))
  try {
    await pipInstall(incoming)
    await chmod(path.join(incoming, 'secantusdb.scripts', BINARY), 0o755)
    await rename(incoming, folder).catch((error: unknown) => { if (!existsSync(binary)) throw error })
    return binary
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

async function pipInstall (target: string): Promise<void> {
  const failures: string[] = []
  for (const [python = '', ...args] of PYTHONS) {
    try {
      await run(python, [...args, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--pre', '--no-deps', '--no-compile',
        '--only-binary', ':all:', '--target', target, `${PACKAGE}==${VERSION}`], { timeout: INSTALL_TIMEOUT_MS })
      return
    } catch (error) {
      failures.push(`${python}: ${lastLineOf(error)}`)
    }
  }
  throw new Error(failures.join('; '))
}

function lastLineOf (error: unknown): string {
  const { stderr, message } = error as { stderr?: string, message: string }
  const lines = (stderr !== undefined && stderr.trim() !== '' ? stderr : message).trim().split('\n')
  return lines.filter((line) => !line.startsWith('WARNING')).at(-1) ?? message
}
