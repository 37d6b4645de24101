// Measures the time to a first result for a new client developer: clones the project, starts it with "npm start", and
// runs the commands of docs/quickstart.md word for word. Prints the time of each step. A wrong output is an error.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Command } from 'commander'
import { readSteps, runSteps, toOutputPattern, withoutSpace } from '../test/docs/guide-commands.js'
import { runProcess } from '../test/support/run-process.js'
import type { Cleanup } from './cleanup.js'
import { runBenchmark, runStep } from './command.js'
import { createTemporaryFolder } from './environment.js'
import { formatTable } from './measurements.js'

const PAGE = 'docs/quickstart.md'
const MAX_OUTPUT_LINES = 30

interface Options {
  readonly here?: boolean
}

const program = new Command('bench:quickstart')
  .description('Measures how long a new client developer needs to the continue button.')
  .option('--here', 'this checkout with its packages and build, instead of a new clone')

/** Starts the service as the README says. @returns its origin, when it is ready */
async function startAsDocumented (cleanup: Cleanup, folder: string, dataDir: string): Promise<string> {
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve()
    })
  })
  cleanup.add(async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ended
  })
  const lines: string[] = []
  let origin = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        origin = /(http:\/\/\S+?)\/v1\b/.exec(line)?.[1] ?? origin
        if (line.startsWith('Ready in')) resolve()
      })
    }
    child.once('error', reject)
    void ended.then(() => {
      reject(new Error(`npm start ended:\n${lines.slice(-MAX_OUTPUT_LINES).join('\n')}`))
    })
  })
  return origin
}

const formatSeconds = (ms: number): string => (ms / 1_000).toFixed(2)

async function measure (cleanup: Cleanup, { here = false }: Options): Promise<void> {
  const temporary = createTemporaryFolder(cleanup)
  const rows: Array<readonly [step: string, ms: number]> = []
  async function measureStep<T> (title: string, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now()
    const result = await runStep(title, work)
    rows.push([title, performance.now() - startedMs])
    return result
  }
  const folder = here ? process.cwd() : path.join(temporary, 'normflix')
  if (!here) {
    await measureStep('git clone', async () => {
      const { code, err } = await runProcess('git', ['clone', '--quiet', process.cwd(), folder])
      if (code !== 0) throw new Error(err)
    })
  }
  const dataDir = path.join(temporary, 'data')
  const origin = await measureStep('npm start', async () => await startAsDocumented(cleanup, folder, dataDir))
  const steps = readSteps(PAGE)
  const { outputs, durationsMs, errors } = await runStep('Run the commands', async () => await runSteps(steps, origin))
  if (errors !== '') throw new Error(errors)
  for (const [i, { heading, output }] of steps.entries()) {
    const actual = outputs[i] ?? ''
    if (output !== null && !toOutputPattern(output).test(withoutSpace(actual))) {
      throw new Error(`${heading}: the page shows another output than\n${actual}`)
    }
    rows.push([heading, durationsMs[i] ?? NaN])
  }
  const totalMs = rows.reduce((sum, [, ms]) => sum + ms, 0)
  const cells = [...rows, ['Total', totalMs] as const].map(([step, ms]) => [step, formatSeconds(ms)])
  console.log(formatTable(['step', 's'], cells))
}

await runBenchmark(program, measure)
