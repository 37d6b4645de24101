// A start that cannot succeed ends within seconds, with a line that says what to change; a signal ends every start.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { findRunningServer } from '../../src/database/running-server.js'
import { writePrograms } from '../media/encoding/programs.js'
import { inheritedVariables } from '../support/run-command.js'

const MAX_MS = 5_000
/** Loading the modules takes this long on a busy machine. */
const LOADING_MS = 15_000
const STACK_LINE = /^\s+at /m

function startService (
  t: Test,
  variables: Readonly<Record<string, string>>,
): { child: ChildProcess, output(): string } {
  const child = spawn(process.execPath, [path.resolve('dist', 'src', 'server.js')], {
    env: { ...inheritedVariables(), HOME: process.env['HOME'], PORT: '0', DATA_DIR: t.testdirName, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk)
    })
  }
  return { child, output: () => output }
}

async function runUntilEnd (t: Test, variables: Readonly<Record<string, string>>): Promise<string> {
  const startedAt = performance.now()
  const { child, output } = startService(t, variables)
  const [code] = await once(child, 'close')
  t.equal(code, 1, 'it exits with 1')
  t.ok(performance.now() - startedAt < MAX_MS + LOADING_MS, 'in time')
  t.notMatch(output(), STACK_LINE, 'without a stack')
  return output()
}

/** A server that accepts connections and never responds. */
async function openSilentServer (t: Test): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

t.test('a database that cannot be used is named, without credentials', async (t) => {
  const port = await openSilentServer(t)
  const cases = [
    ['mongodb://127.0.0.1:1/x', /The database at 127\.0\.0\.1:1 cannot be used: nothing listens there.*MONGODB_URI/],
    [`mongodb://kim:canary-7f3a@127.0.0.1:${port}/x`, /127\.0\.0\.1:\d+ cannot be used: it does not respond in time/],
    [
      'mongodb://kim:canary-7f3a@nowhere.invalid/x',
      /nowhere\.invalid:27017 cannot be used: its host name is not found/,
    ],
    ['mongodb+srv://nowhere.invalid/x', /nowhere\.invalid cannot be used: its SRV record is not found.*MONGODB_URI/],
    ['mongodb://127.0.0.1:1/x?canary=1', /the connection string is invalid: option canary is not supported/],
    [
      'mongodb://kim:canary/7f3a@127.0.0.1/x',
      /the connection string is invalid: \w+ contains unescaped characters/,
    ],
  ] as const
  for (const [uri, expected] of cases) {
    const output = await runUntilEnd(t, { MONGODB_URI: uri })
    t.match(output, expected)
    t.notMatch(output, /canary[-/]7f3a/)
  }
})

t.test('a port and a host that cannot be used are reported before the work', async (t) => {
  const port = await openSilentServer(t)
  const used = await runUntilEnd(t, { PORT: String(port) })
  t.match(used, /^\nThe service cannot listen on 127\.0\.0\.1:\d+\. Another program uses this port; select another one/)
  t.match(
    await runUntilEnd(t, { HOST: '192.0.2.1' }),
    /^\nThe service cannot listen on 192\.0\.2\.1\. HOST is not an IP/,
  )
  t.match(await runUntilEnd(t, { HOST: 'nowhere.invalid' }), /HOST is a name that is not found/)
})

t.test('SIGTERM while the video encoder is tried ends the start', { skip: process.platform === 'win32' }, async (t) => {
  const folder = t.testdir({ data: {} })
  const tried = path.join(folder, 'tried')
  const { ffmpegPath: FFMPEG_PATH, ffprobePath: FFPROBE_PATH } = writePrograms(
    path.join(folder, 'programs'),
    'exit 1',
    `touch '${tried}'; sleep 60`,
  )
  const { child, output } = startService(t, { DATA_DIR: path.join(folder, 'data'), FFMPEG_PATH, FFPROBE_PATH })
  const closed = once(child, 'close')
  for (let attempt = 0; attempt < 400 && !existsSync(tried); attempt++) await sleep(100)
  child.kill('SIGTERM')
  t.strictSame(await closed, [0, null])
  t.match(output(), 'Stopping …')
  t.notMatch(output(), STACK_LINE)
})

t.test(
  'SIGTERM during the start ends it, and no database remains',
  { skip: process.platform === 'win32' },
  async (t) => {
    const dataDir = t.testdir({})
    const { child, output } = startService(t, { DATA_DIR: dataDir })
    // The database is starting.
    for (let attempt = 0; attempt < 200 && !existsSync(path.join(dataDir, 'database.lock')); attempt++) await sleep(100)
    child.kill('SIGTERM')
    await once(child, 'close')
    t.match(output(), 'Stopping …')
    t.notMatch(output(), STACK_LINE)
    for (let attempt = 0; attempt < 200 && await findRunningServer(dataDir) !== null; attempt++) await sleep(100)
    t.equal(await findRunningServer(dataDir), null)
  },
)
