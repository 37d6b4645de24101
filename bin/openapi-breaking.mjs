// "npm run openapi:breaking": compares openapi/openapi.json with the last released document by oasdiff, and fails on a
// change that breaks clients, unless openapi/breaking-changes.json acknowledges it with a reason.
// Arguments replace the files: base, revision, acknowledged changes. Go installs oasdiff once, into .cache.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const VERSION = 'v1.37.0'
const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const inOpenapi = (name) => path.join(ROOT, 'openapi', name)
const [
  base = inOpenapi('released.json'),
  revision = inOpenapi('openapi.json'),
  list = inOpenapi('breaking-changes.json'),
] = process.argv.slice(2)

const runs = (command, words) => spawnSync(command, words, { stdio: 'ignore' }).status === 0

/** Path of oasdiff: on the PATH, or built by Go into the cache. Null without both. */
function findOasdiff () {
  if (runs('oasdiff', ['--version'])) return 'oasdiff'
  const folder = path.join(ROOT, '.cache', `oasdiff-${VERSION}`)
  const program = path.join(folder, process.platform === 'win32' ? 'oasdiff.exe' : 'oasdiff')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  const { status } = spawnSync('go', ['install', `github.com/oasdiff/oasdiff@${VERSION}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, GOBIN: folder },
  })
  return status === 0 ? program : null
}

/** Changes that docs/versioning.md allows at any time: new values and variants of responses. */
const ALLOWED = /^response-.*(?:enum-value|one-of|any-of)-added$/

/** A change as the list names it: "GET /v1/plans response-property-removed: …". */
const nameOf = ({ operation, path: place, id, text }) => [operation, place, `${id}:`, text].filter(Boolean).join(' ')

function compare (program) {
  const { status, stdout, stderr } = spawnSync(program, ['breaking', base, revision, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1_024 * 1_024,
  })
  if (status !== 0) throw new Error(`oasdiff failed: ${stderr}`)
  const changes = stdout.trim() === '' ? [] : JSON.parse(stdout) ?? []
  return changes.filter(({ id }) => !ALLOWED.test(id)).map(nameOf)
}

const program = findOasdiff()
if (program === null) {
  console.error('Comparing API documents needs Go 1.24 or oasdiff: https://github.com/oasdiff/oasdiff')
  process.exit(1)
}
const changes = compare(program)
const acknowledged = JSON.parse(readFileSync(list, 'utf8'))
const isAcknowledged = (change) => acknowledged.some((one) => one.change === change && one.reason?.length > 0)
const breaking = changes.filter((change) => !isAcknowledged(change))
const unused = acknowledged.filter(({ change, reason }) => !changes.includes(change) || !reason)
for (const change of breaking) console.error(`breaks clients: ${change}`)
for (const { change } of unused) console.error(`acknowledged without a reason, or not a change: ${change}`)
if (breaking.length + unused.length === 0) {
  console.log(`No change breaks clients of the last release; ${acknowledged.length} are acknowledged.`)
} else {
  console.error('docs/versioning.md says how to change the API, and how to acknowledge a change that must break it.')
}
process.exitCode = breaking.length + unused.length === 0 ? 0 : 1
