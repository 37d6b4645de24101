// The report of the catalogue benchmark: imports, memory, latencies and the targets.
import { REQUEST_NAMES, REQUESTS, type Costs, type RequestName } from './catalogue-requests.js'
import type { ImportRun } from './import-command.js'
import { formatMs, formatNumber, formatRatio, formatTable, formatTarget, quantile } from './measurements.js'

const MIB = 1024 ** 2
/** Unit of the memory per titles. */
const TITLES_UNIT = 50_000
const MIN_TITLES_PER_SECOND = 5_000
const HOME_TARGET = { titles: 10_000, maxMs: 10 } as const

export interface NamedImport extends ImportRun {
  readonly name: string
  readonly bytes: number
  /** The speed target applies to this import. */
  readonly hasTarget: boolean
}

/** Start times and memory of a service with a catalogue; memory in bytes, null if unknown. */
export interface Footprint {
  readonly titles: number
  /** From the start of the process until it is ready. */
  readonly readySeconds: number
  /** From the start of the process until the first successful search. */
  readonly searchReadySeconds: number
  rss: number | null
  /** Lowest value seen, because higher values include garbage. */
  heap: number
  searchHeap: number
}

const toMib = (bytes: number | null): string => bytes === null ? 'n/a' : (bytes / MIB).toFixed(0)

export function formatImports (runs: readonly NamedImport[]): string {
  const head = ['import', 'titles', 'MB', 'seconds', 'titles/s', 'peak RSS MiB', 'created', 'updated', 'unchanged']
  const rows = runs.map((run) => [
    run.name,
    formatNumber(run.total),
    (run.bytes / 1e6).toFixed(0),
    run.seconds.toFixed(1),
    formatNumber(Math.round(run.total / run.seconds)),
    toMib(run.peakRss),
    formatNumber(run.created),
    formatNumber(run.updated),
    formatNumber(run.unchanged),
  ])
  return formatTable(head, rows)
}

export function formatImportTargets (runs: readonly NamedImport[]): string[] {
  return runs.filter(({ hasTarget }) => hasTarget).map(({ name, total, seconds }) => {
    const speed = Math.round(total / seconds)
    const target = `${name}: at least ${formatNumber(MIN_TITLES_PER_SECOND)} titles per second`
    return formatTarget(speed >= MIN_TITLES_PER_SECOND, `${target} (${formatNumber(speed)})`)
  })
}

/** @param footprints the first one has no titles */
export function formatFootprints (footprints: readonly Footprint[]): string {
  const [empty] = footprints
  const perUnit = (readBytes: (footprint: Footprint) => number | null, footprint: Footprint): string => {
    const bytes = readBytes(footprint)
    const emptyBytes = empty === undefined ? null : readBytes(empty)
    if (footprint.titles < TITLES_UNIT || bytes === null || emptyBytes === null) return ''
    return toMib((bytes - emptyBytes) / footprint.titles * TITLES_UNIT)
  }
  const head = [
    'titles',
    'ready after s',
    'search ready after s',
    'RSS MiB',
    'heap MiB',
    'search heap MiB',
    `RSS per ${formatNumber(TITLES_UNIT)}`,
    'heap',
    'search heap',
  ]
  const rows = footprints.map((footprint) => [
    formatNumber(footprint.titles),
    footprint.readySeconds.toFixed(1),
    footprint.searchReadySeconds.toFixed(1),
    toMib(footprint.rss),
    toMib(footprint.heap),
    toMib(footprint.searchHeap),
    perUnit(({ rss }) => rss, footprint),
    perUnit(({ heap }) => heap, footprint),
    perUnit(({ searchHeap }) => searchHeap, footprint),
  ])
  return formatTable(head, rows)
}

/** @param costsByTitles costs by number of titles; ratios compare with the route `plans`, which reads nothing */
export function formatLatencies (costsByTitles: ReadonlyMap<number, Costs>): string {
  const rows = REQUEST_NAMES.flatMap((name) =>
    [...costsByTitles].map(([titles, costs], i) => {
      const { durationsMs, cpuMs } = costs[name]
      const median = quantile(durationsMs, 0.5)
      return [
        i === 0 ? REQUESTS[name].description : '',
        formatNumber(titles),
        formatMs(median),
        formatMs(quantile(durationsMs, 0.99)),
        formatMs(cpuMs === null ? null : cpuMs / durationsMs.length),
        formatRatio(median / quantile(costs.plans.durationsMs, 0.5)),
      ]
    })
  )
  return formatTable(['request', 'titles', 'median ms', 'p99 ms', 'API CPU ms', 'vs. plans'], rows)
}

export function formatHomeTargets (costsByTitles: ReadonlyMap<number, Costs>): string[] {
  const home = costsByTitles.get(HOME_TARGET.titles)?.home
  if (home === undefined) return []
  const median = quantile(home.durationsMs, 0.5)
  const target = `home in one request within ${HOME_TARGET.maxMs} ms with ${formatNumber(HOME_TARGET.titles)} titles`
  return [formatTarget(median < HOME_TARGET.maxMs, `${target} (median ${formatMs(median)} ms)`)]
}

/** Compares the latencies during an import with those of an idle database. */
export function formatImportLatencies (idle: Costs, duringImport: Costs, names: readonly RequestName[]): string {
  const head = ['request', 'idle: median ms', 'p99 ms', 'during the import: median ms', 'p99 ms', 'requests']
  const rows = names.map((name) => {
    const [before, during] = [idle[name].durationsMs, duringImport[name].durationsMs]
    return [
      REQUESTS[name].description,
      formatMs(quantile(before, 0.5)),
      formatMs(quantile(before, 0.99)),
      formatMs(quantile(during, 0.5)),
      formatMs(quantile(during, 0.99)),
      formatNumber(during.length),
    ]
  })
  return formatTable(head, rows)
}
