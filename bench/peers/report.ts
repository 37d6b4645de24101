// Formats the comparison as Markdown tables, with what limits it.
import { formatMs, formatTable, quantile } from '../measurements.js'
import type { LoadResult } from './load.js'
import { addCosts, STEADY_SHARE, type Cost, type Costs, type LogInEffect } from './measure.js'
import type { Operation } from './operations.js'
import { TARGET_TITLES, type Target, type TargetName } from './targets.js'

const MEGABYTE = 1_000_000
const NONE = '–'

const rateOf = ({ responses, durationMs }: Cost): number => responses / durationMs * 1_000
const perResponse = (total: number | null, { responses }: Cost): number | null =>
  total === null ? null : total / responses

function findBase (costs: Costs, { comparedWith }: Operation): readonly Cost[] | undefined {
  const operation = [...costs.keys()].find(({ name }) => name === comparedWith)
  return operation === undefined ? undefined : costs.get(operation)?.get('bare')
}

/** Median of the ratios within the rounds: what slows the machine down for a while slows both. */
function formatRateRatio (rounds: readonly Cost[], base: readonly Cost[] | undefined): string {
  if (base === undefined) return NONE
  return quantile(rounds.map((cost, i) => rateOf(cost) / rateOf(base[i] ?? cost)), 0.5).toFixed(2)
}

/** Requests per second relative to the bare peer, and CPU time of a request. */
export function formatComparison (costs: Costs, targets: readonly Target[]): string {
  const rows = [...costs].map(([operation, ofOperation]) => {
    const base = findBase(costs, operation)
    return [
      operation.title,
      ...targets.map(({ name }) => {
        const rounds = ofOperation.get(name)
        if (rounds === undefined) return ''
        const total = addCosts(rounds)
        return `${formatRateRatio(rounds, base)} · ${formatMs(perResponse(total.cpuMs, total))}`
      }),
    ]
  })
  return formatTable(['operation', ...targets.map(({ name }) => TARGET_TITLES[name])], rows)
}

/** The measured values behind the comparison. */
export function formatDetails (costs: Costs): string {
  const rows = [...costs].flatMap(([operation, ofOperation]) =>
    [...ofOperation].map(([name, rounds]) => {
      const cost = addCosts(rounds)
      return [
        operation.title,
        TARGET_TITLES[name],
        rateOf(cost).toFixed(0),
        formatMs(quantile(cost.latenciesMs, 0.5)),
        formatMs(quantile(cost.latenciesMs, 0.99)),
        formatMs(perResponse(cost.cpuMs, cost)),
        formatMs(perResponse(cost.databaseCpuMs, cost)),
        (cost.bytes / cost.responses).toFixed(0),
      ]
    })
  )
  return formatTable(
    ['operation', 'target', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'database CPU ms', 'bytes'],
    rows,
  )
}

export function formatProcesses (
  targets: readonly Target[],
  memoryOf: (target: Target) => number | null,
  idle: ReadonlyMap<TargetName, number | null>,
): string {
  return formatTable(['', ...targets.map(({ name }) => TARGET_TITLES[name])], [
    [
      'memory under load, MB',
      ...targets.map((target) => {
        const bytes = memoryOf(target)
        return bytes === null ? NONE : (bytes / MEGABYTE).toFixed(0)
      }),
    ],
    ['idle, ms of CPU a second', ...targets.map(({ name }) => idle.get(name)?.toFixed(0) ?? NONE)],
  ])
}

export function formatSteadyReads (reads: ReadonlyMap<Operation, ReadonlyMap<TargetName, LoadResult>>): string {
  const rows = [...reads].flatMap(([operation, ofOperation]) =>
    [...ofOperation].map(([name, { responses, durationMs, latenciesMs, delaysMs = [] }]) => {
      const [median, p99] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)]
      return [
        operation.title,
        TARGET_TITLES[name],
        (responses / durationMs * 1_000).toFixed(0),
        formatMs(median),
        formatMs(p99),
        (p99 / median).toFixed(1),
        formatMs(quantile(delaysMs, 0.99)),
      ]
    })
  )
  return formatTable(
    [
      `at ${STEADY_SHARE * 100}% of the highest rate`,
      'target',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'p99 / p50',
      'sent late, p99 ms',
    ],
    rows,
  )
}

export function formatLogInEffect (effects: ReadonlyMap<TargetName, LogInEffect>): string {
  const p99 = (latencies: readonly number[]): string => formatMs(quantile(latencies, 0.99))
  return formatTable(
    ['a movie at 60 requests/s, p99 ms', 'calm', 'while 20 clients log in'],
    [...effects].map(([name, { calm, busy }]) => [TARGET_TITLES[name], p99(calm.latenciesMs), p99(busy.latenciesMs)]),
  )
}

export function formatPacedHeartbeats (cost: Cost, streams: number): string {
  return `Heartbeats as players send them, ${streams} streams, one each 10 s, flushes included: ` +
    `${rateOf(cost).toFixed(0)} requests/s, ${formatMs(perResponse(cost.cpuMs, cost))} ms of CPU a request ` +
    `(idle work included), p99 ${formatMs(quantile(cost.latenciesMs, 0.99))} ms.`
}

/** What the tables compare that is not the same. */
export function formatDifferences (isFallbackServer: boolean): string {
  return [
    'Not the same on all sides:',
    '- The service logs each request to a file, limits request rates, reads the address of the client from ' +
    'X-Forwarded-For, checks the session of each token, sends security headers and ETags, and records log-ins. ' +
    'The peers do none of this.',
    '- The service runs with ROLE=api: it encodes, packages and compares nothing meanwhile.',
    '- The service answers from a catalogue in memory, which costs memory and idle CPU; the peers read the database.',
    '- "bytes" include the headers. The peers send a show with all its episodes and files, the service without.',
    "- A profile's token adds the wishlist, the rating and the progress of the profile to what the service sends.",
    '- Progress is one update for the peers. The service also keeps the play, the history and the change feed.',
    '- A profile reports the same movie again and again, as a player does each 10 s, and did so before. The first ' +
    'report of a movie has a row of its own.',
    '- Heartbeats come from all streams in turn, so that sessions and accounts of all of them are in memory.',
    '- Profiles that request continue watching and home did so before: their state is in memory.',
    '- The Node peers hash with bcryptjs in the main thread, the service with bcryptjs in two threads, Flask with a ' +
    'native library in its threads. Flask has one process of 32 threads, and PostgreSQL as its database.',
    '- CPU values contain all threads of a process. The load generator, the targets and the database share the ' +
    'processors, so requests/s depend on all three.',
    ...isFallbackServer
      ? [
        '- The fallback server cannot sort from an index and scans for filters on more than the ID: on MongoDB, ' +
        'lists and continue watching of the peers are faster.',
      ]
      : [],
  ].join('\n')
}
