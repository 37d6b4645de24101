// The stream of the log: few writes, and no line is lost when the process ends.
import { spawnSync } from 'node:child_process'
import t from 'tap'

const MODULE = new URL('../../src/security/log-stream.js', import.meta.url).href

/** Runs a script that has opened a stream, and counts the writes to it. */
function run (script: string): { readonly lines: string[], readonly writes: number, readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `
    import fs, { writeSync } from 'node:fs'
    let writes = 0
    fs.writeSync = (descriptor, ...rest) => {
      if (descriptor === 1) writes++
      return writeSync(descriptor, ...rest)
    }
    process.on('exit', () => writeSync(2, \`writes=\${writes}\\n\`))
    const { openLogStream } = await import('${MODULE}')
    const stream = openLogStream(1)
    ${script}
  `,
  ], { encoding: 'utf8' })
  return {
    lines: stdout.split('\n').slice(0, -1),
    writes: Number(/writes=(\d+)/.exec(stderr)?.[1]),
    status,
  }
}

const LINES = Array.from({ length: 100 }, (_, i) => String(i))

t.test('the lines of one turn are written together, in order', async (t) => {
  const { lines, writes } = run(`
    for (let i = 0; i < 100; i++) stream.write(i + '\\n')
    await new Promise((resolve) => setTimeout(resolve, 20))
    fs.writeSync(2, \`writes=\${writes}\\n\`)
  `)
  t.strictSame(lines, LINES)
  t.equal(writes, 1)
})

t.test('long text does not wait for the end of the turn', async (t) => {
  const { lines } = run(`
    stream.write('x'.repeat(100_000) + '\\n')
    process.kill(process.pid, 'SIGKILL')
  `)
  t.equal(lines[0]?.length, 100_000)
})

t.test('no line is lost when the process ends', async (t) => {
  const ends = { exit: 'process.exit(3)', exception: 'throw new Error("ended")', rejection: 'await Promise.reject()' }
  for (const [name, end] of Object.entries(ends)) {
    const { lines, status } = run(`
      for (let i = 0; i < 100; i++) stream.write(i + '\\n')
      ${end}
    `)
    t.strictSame(lines, LINES, name)
    t.ok(status !== 0, name)
  }
})

t.test('the lines before a fatal error are written at once', async (t) => {
  const { lines } = run(`
    const { pino } = await import('pino')
    const log = pino({}, stream)
    log.warn('before')
    log.fatal('at the end')
    process.kill(process.pid, 'SIGKILL')
  `)
  t.strictSame(lines.map((line) => (JSON.parse(line) as { msg: string }).msg), ['before', 'at the end'])
})
