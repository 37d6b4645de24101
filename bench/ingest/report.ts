// The report of the ingest benchmark: tables, and the targets.
import { formatMs, formatNumber, formatRatio, formatTable, formatTarget, quantile } from '../measurements.js'
import { isLowestFirst } from '../../src/media/encoding/encoding-plan.js'
import type { PlainRun, Run, ServiceRun } from './encode.js'
import type { HeartbeatRun, Phase } from './heartbeats.js'

const MIB = 1024 ** 2
/** Target: time until all renditions are complete, as a multiple of that of ffmpeg alone. */
const MAX_LADDER_RATIO = 1.1
/** Target: p99 of the heartbeats beside a worker that encodes, as a multiple of the calm one. */
const MAX_HEARTBEAT_RATIO = 2
/** Target: memory of the API process beside a worker that encodes. The garbage collector moves it by some percent. */
const MAX_RSS_RATIO = 1.1

export const formatMib = (bytes: number | null, digits = 0): string =>
  bytes === null ? 'n/a' : (bytes / MIB).toFixed(digits)

/** Both orders in which the service encodes. Which one is the default depends on the duration of the master. */
export interface ServiceRuns {
  /** All renditions from one decoding. */
  readonly atOnce: NamedRun
  readonly lowestFirst: NamedRun
}

export interface NamedRun extends ServiceRun {
  readonly name: string
}

/**
 * Time and cost of the encodings.
 * @param filmSeconds duration of the master
 */
export function formatRuns (filmSeconds: number, plain: PlainRun, { atOnce, lowestFirst }: ServiceRuns): string {
  const toCells = (name: string, { ladderSeconds, cpuMs }: Run, others: readonly string[]): string[] => [
    name,
    ladderSeconds.toFixed(1),
    cpuMs === null ? 'n/a' : (cpuMs / 1_000 / filmSeconds).toFixed(2),
    ...others,
  ]
  const toServiceCells = (run: NamedRun): string[] =>
    toCells(`the service, ${run.name}`, run, [
      run.firstSeconds.toFixed(1),
      run.doneSeconds.toFixed(1),
      formatMib(run.rssBefore),
      formatMib(run.rssMax),
    ])
  return formatTable([
    'encoded by',
    'all renditions after s',
    'CPU min per film min',
    'first rendition after s',
    'done after s',
    'RSS MiB',
    'while encoding',
  ], [
    toCells('ffmpeg alone', plain, ['', '', '', '']),
    toServiceCells(atOnce),
    toServiceCells(lowestFirst),
  ])
}

export function formatHeartbeats ({ players, calm, encoding }: HeartbeatRun): string {
  const toRow = (name: string, { latenciesMs, rssMax }: Phase): string[] => [
    name,
    formatNumber(latenciesMs.length),
    formatMs(quantile(latenciesMs, 0.5)),
    formatMs(quantile(latenciesMs, 0.99)),
    formatMib(rssMax),
  ]
  return formatTable([`${formatNumber(players)} players`, 'heartbeats', 'p50 ms', 'p99 ms', 'RSS MiB of the API'], [
    toRow('calm', calm),
    toRow('while a worker encodes', encoding),
  ])
}

/** One line per target. A master with one rendition has no first one before the others. */
export function formatIngestTargets (
  plain: PlainRun,
  { atOnce, lowestFirst }: ServiceRuns,
  { calm, encoding }: HeartbeatRun,
): string[] {
  const byDefault = isLowestFirst(plain.plan, { lowestFirst: 'auto' }) ? lowestFirst : atOnce
  const ladderRatio = byDefault.ladderSeconds / plain.ladderSeconds
  const heartbeatRatio = quantile(encoding.latenciesMs, 0.99) / quantile(calm.latenciesMs, 0.99)
  const rssRatio = encoding.rssMax === null || calm.rssMax === null ? null : encoding.rssMax / calm.rssMax
  return [
    formatTarget(
      ladderRatio <= MAX_LADDER_RATIO,
      `all renditions within ${MAX_LADDER_RATIO}x of the time of ffmpeg alone, ${byDefault.name} as by default (${
        formatRatio(ladderRatio)
      })`,
    ),
    ...plain.plan.rungs.length < 2
      ? []
      : [atOnce, lowestFirst].map(({ name, firstSeconds, ladderSeconds }) =>
        formatTarget(
          firstSeconds < ladderSeconds,
          `the first rendition before all renditions, ${name} (after ${firstSeconds.toFixed(1)} of ` +
            `${ladderSeconds.toFixed(1)} s)`,
        )
      ),
    formatTarget(
      heartbeatRatio <= MAX_HEARTBEAT_RATIO,
      `p99 of heartbeats while a worker encodes within ${MAX_HEARTBEAT_RATIO}x of calm (${
        formatRatio(heartbeatRatio)
      })`,
    ),
    // Unknown on systems without /proc.
    ...rssRatio === null ? [] : [
      formatTarget(
        rssRatio <= MAX_RSS_RATIO,
        `RSS of the API process while a worker encodes within ${MAX_RSS_RATIO}x of calm (${formatRatio(rssRatio)})`,
      ),
    ],
  ]
}
