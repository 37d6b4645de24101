// Installs programs with pip into the cache folder, such as Schemathesis, which tests a service against its OpenAPI
// document.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Pinned: the checks differ between versions. */
const VERSION = '4.32.5'
const INSTALL_TIMEOUT_MS = 300_000
const CACHE = path.resolve('.cache')

/** Returns the path of the program; null without Python and pip. @throws Error if pip fails */
export async function installSchemathesis (report: (line: string) => void): Promise<string | null> {
  const bin = await installWithPip('schemathesis', VERSION, () => {
    report(`Installing Schemathesis ${VERSION} with pip (once) …`)
  })
  return bin === null ? null : path.join(bin, 'schemathesis')
}

/** Returns the folder of the programs of a package; null without Python and pip. @throws Error if pip fails */
export async function installWithPip (
  name: string,
  version: string,
  onInstall = (): void => undefined,
): Promise<string | null> {
  const folder = path.join(CACHE, `${name}-${version}`)
  const bin = path.join(folder, 'bin')
  if (existsSync(path.join(folder, 'installed'))) return bin
  const python = await findPython()
  if (python === null) return null
  onInstall()
  // A virtual environment cannot be moved: it is created in place, and the folder `installed` marks it as complete.
  await rm(folder, { recursive: true, force: true })
  await mkdir(CACHE, { recursive: true })
  await run(python, ['-m', 'venv', folder], { timeout: INSTALL_TIMEOUT_MS })
  await run(path.join(bin, 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `${name}==${version}`,
  ], { timeout: INSTALL_TIMEOUT_MS })
  await mkdir(path.join(folder, 'installed'))
  return bin
}

async function findPython (): Promise<string | null> {
  for (const python of ['python3', 'python']) {
    const works = await run(python, ['-c', 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))']).then(
      () => true,
      () => false,
    )
    if (works) return python
  }
  return null
}
