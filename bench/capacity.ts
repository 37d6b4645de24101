// Measures how many viewers one process of the service holds: adds viewers step by step until requests become slow or
// fail, and prints what was measured at each step. Nothing fails the command.
import { Command } from 'commander'
import { appendFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import {
  BROWSING,
  BROWSING_MS,
  createAudience,
  PLAYING_MS,
  REQUEST_KINDS,
  type Recorder,
} from './capacity/viewers.js'
import { openEnvironment } from './environment.js'
import { waitForFastWrites } from './fast-writes.js'
import { formatMs, formatNumber, formatTable, quantile } from './measurements.js'
import { createServiceData } from './peers/service-accounts.js'
import { createServiceTokens } from './peers/service-tokens.js'
import { startProductionService, type Target } from './peers/targets.js'
import { MOVIES, SHOWS, WATCHED_TITLES } from './peers/test-data.js'
import { readCpuMs, readRss } from './process-usage.js'

const MEGABYTE = 1_000_000

interface Options {
  readonly accounts: number
  readonly first: number
  readonly step: number
  readonly ramp: number
  readonly seconds: number
  readonly limit: number
  readonly output?: string
  readonly mongodbUri?: string
}

const program = new Command('bench:capacity')
  .description('Adds viewers until the 99th percentile of the latency exceeds a limit or a request fails.')
  .option('--accounts <n>', 'accounts with 3 profiles of 50 watched titles each', parsePositiveInteger, 2_000)
  .option('--first <n>', 'viewers in the first step, at most 3 per account', parsePositiveInteger, 250)
  .option('--step <n>', 'viewers that each further step adds', parsePositiveInteger, 250)
  .option('--ramp <seconds>', 'time in which a step adds its viewers', parsePositiveInteger, 20)
  .option('--seconds <n>', 'duration of a measurement; a stream is flushed each 10 minutes', parsePositiveInteger, 60)
  .option('--limit <ms>', 'greatest 99th percentile of the latency', parsePositiveInteger, 200)
  .option('--output <file>', 'file to which each measurement is appended as a line of JSON')
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

/** What was measured with a number of viewers. */
interface Step extends Recorder {
  readonly viewers: number
  readonly durationMs: number
  /** CPU time of the service and the database; null when it cannot be read. */
  readonly cpuMs: number | null
  readonly databaseCpuMs: number | null
  readonly memory: number | null
}

const readCpu = (pids: readonly number[]): number | null => pids[0] === undefined ? null : readCpuMs(pids[0])
const difference = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before
const p99Of = ({ samples }: Recorder): number => quantile(samples.map(({ latencyMs }) => latencyMs), 0.99)

const isHeld = (step: Step | undefined, limit: number): boolean =>
  step !== undefined && step.samples.length > 0 && step.errors.length === 0 && p99Of(step) <= limit

async function measureSteps (
  { pids, databasePids, origin }: Target,
  context: {
    readonly data: Parameters<typeof createAudience>[1],
    readonly tokens: Parameters<typeof createAudience>[2],
  },
  { first, step, ramp, seconds, limit, accounts, output }: Options,
  cleanup: Cleanup,
): Promise<Step[]> {
  const audience = createAudience(origin, context.data, context.tokens)
  cleanup.add(audience.stop)
  const steps: Step[] = []
  const maxViewers = accounts * 3
  const measureViewers = async (viewers: number): Promise<Step> => {
    audience.take()
    const startedAt = performance.now()
    const [cpuBefore, databaseCpuBefore] = [readCpu(pids), readCpu(databasePids)]
    await sleep(seconds * 1_000)
    const measured = {
      ...audience.take(),
      viewers,
      durationMs: performance.now() - startedAt,
      cpuMs: difference(readCpu(pids), cpuBefore),
      databaseCpuMs: difference(readCpu(databasePids), databaseCpuBefore),
      memory: readRss(pids[0] ?? null),
    }
    reportStep(measured, output)
    return measured
  }
  let added = Math.min(first, maxViewers)
  for (let viewers = added; added > 0; viewers += added) {
    await runStep(`Measure ${formatNumber(viewers)} viewers`, async () => {
      await audience.grow(added, ramp * 1_000)
      steps.push(await measureViewers(viewers))
      // What else happens on the machine may slow one measurement down.
      if (!isHeld(steps.at(-1), limit)) steps.push(await measureViewers(viewers))
    })
    if (!isHeld(steps.at(-1), limit)) break
    added = Math.min(step, maxViewers - viewers)
  }
  return steps
}

function formatShare (cpuMs: number | null, { durationMs }: Step): string {
  return cpuMs === null ? 'n/a' : `${(cpuMs / durationMs * 100).toFixed(0)}%`
}

/** Prints a measurement at once, so that an interrupted command has shown what it measured. */
function reportStep (step: Step, output: string | undefined): void {
  const { viewers, samples, errors, durationMs, cpuMs, databaseCpuMs, memory } = step
  const requestsPerSecond = Math.round(samples.length / durationMs * 1_000)
  const [p50Ms, p99Ms] = [quantile(samples.map(({ latencyMs }) => latencyMs), 0.5), p99Of(step)]
  console.log(
    `${formatNumber(viewers)} viewers: ${requestsPerSecond} requests/s, p50 ${formatMs(p50Ms)} ms, ` +
      `p99 ${formatMs(p99Ms)} ms, ${errors.length} errors, CPU ${formatShare(cpuMs, step)}, ` +
      `database CPU ${formatShare(databaseCpuMs, step)}`,
  )
  if (output === undefined) return
  const fields = {
    viewers,
    requestsPerSecond,
    p50Ms,
    p99Ms,
    errors: errors.length,
    durationMs,
    cpuMs,
    databaseCpuMs,
    memory,
  }
  appendFileSync(output, `${JSON.stringify(fields)}\n`)
}

function formatSteps (steps: readonly Step[]): string {
  return formatTable(
    ['viewers', 'requests/s', 'p50 ms', 'p99 ms', ...REQUEST_KINDS, 'errors', 'CPU', 'database CPU', 'MB', 'sent late'],
    steps.map((step) => [
      formatNumber(step.viewers),
      (step.samples.length / step.durationMs * 1_000).toFixed(0),
      formatMs(quantile(step.samples.map(({ latencyMs }) => latencyMs), 0.5)),
      formatMs(p99Of(step)),
      ...REQUEST_KINDS.map((kind) => {
        const latencies = step.samples.filter((sample) => sample.kind === kind).map(({ latencyMs }) => latencyMs)
        return latencies.length === 0 ? '–' : formatMs(quantile(latencies, 0.99))
      }),
      String(step.errors.length),
      formatShare(step.cpuMs, step),
      formatShare(step.databaseCpuMs, step),
      step.memory === null ? 'n/a' : (step.memory / MEGABYTE).toFixed(0),
      formatMs(quantile(step.samples.map(({ lagMs }) => lagMs), 0.99)),
    ]),
  )
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const { accounts, seconds, limit, mongodbUri } = options
  const { dataDir, database } = await openEnvironment(cleanup, mongodbUri ?? null)
  const data = await createServiceData(cleanup, database, accounts)
  await waitForFastWrites(database.uri)
  const service = await runStep('Start the service', async () => {
    const logFile = path.join(dataDir, 'service.log')
    const production = { databaseUri: database.uri, dataDir, logFile, profileDir: null }
    return await startProductionService(cleanup, production, database.pid)
  })
  const tokens = await createServiceTokens()
  const steps = await measureSteps(service, { data, tokens }, options, cleanup)
  const held = steps.filter((step) => isHeld(step, limit)).at(-1)
  const last = steps.at(-1)
  const error = steps.flatMap(({ errors }) => errors)[0]
  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors shared with the database and the viewers, ` +
    `${database.description}. One process in production mode.`,
    `${formatNumber(MOVIES)} movies, ${SHOWS} shows of 30 episodes with 4 files each, ${formatNumber(accounts)} ` +
    `accounts with 3 profiles of ${WATCHED_TITLES} watched titles.`,
    `A viewer plays for ${PLAYING_MS / 60_000} minutes with a heartbeat each 10 s, then browses for ` +
    `${BROWSING_MS / 1_000} s with ${BROWSING.length} requests. Each step was measured for ${seconds} s, again if it ` +
    'exceeded the limit.',
    '',
    formatSteps(steps),
    '',
    'Columns of kinds of requests contain the 99th percentile in ms. CPU is the share of one processor. "Sent late" ' +
    'is the 99th percentile of the delay in this command, which is part of the latency.',
    '',
    held === undefined
      ? `Not even ${last?.viewers ?? 0} viewers were held at a p99 of ${limit} ms.`
      : `${formatNumber(held.viewers)} concurrent viewers at a p99 of at most ${limit} ms` +
        (last === held ? '; more accounts are needed to reach the limit.' : '.'),
    ...error === undefined ? [] : [`First error: ${error.message}`],
  ].join('\n'))
}

await runBenchmark(program, measure)
