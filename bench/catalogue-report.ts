// What a catalogue of some size costs, as people read it.
import { KIND_NAMES, KINDS, type Costs, type KindName } from './catalogue-requests.js'
import type { ImportRun } from './import-command.js'
import { inMs, number, quantile, times } from './report.js'
import { drawTable } from './table.js'

const MIB = 1024 ** 2
const PER_TITLES = 50_000
const PROMISED_TITLES_PER_SECOND = 5_000
const PROMISED_HOME = { titles: 10_000, ms: 10 } as const

export interface NamedImport extends ImportRun {
  readonly name: string
  readonly bytes: number
  /** Whether it is one that the promise of speed is about. */
  readonly isPromised: boolean
}

/** What a service takes with a catalogue of some size; bytes, null where it is not told. */
export interface Footprint {
  readonly titles: number
  /** From the start of the process until it answers; until the first search is answered. */
  readonly readySeconds: number
  readonly searchSeconds: number
  rss: number | null
  /** The least that was seen: what is above it is garbage. */
  heap: number
  searchHeap: number
}

const inMib = (bytes: number | null): string => bytes === null ? 'n/a' : (bytes / MIB).toFixed(0)
const verdict = (isKept: boolean): string => isKept ? 'kept' : 'NOT KEPT'

export function toImportTable (runs: readonly NamedImport[]): string {
  const head = ['import', 'titles', 'MB', 'seconds', 'titles/s', 'peak RSS MiB', 'created', 'updated', 'unchanged']
  return drawTable(
    head,
    runs.map((run) => [
      run.name,
      number(run.total),
      (run.bytes / 1e6).toFixed(0),
      run.seconds.toFixed(1),
      number(Math.round(run.total / run.seconds)),
      inMib(run.peakRss),
      number(run.created),
      number(run.updated),
      number(run.unchanged),
    ]),
  )
}

export function toImportPromises (runs: readonly NamedImport[]): string[] {
  return runs.filter(({ isPromised }) => isPromised).map(({ name, total, seconds }) => {
    const speed = Math.round(total / seconds)
    return `${verdict(speed >= PROMISED_TITLES_PER_SECOND)}: ${name}, at least ${
      number(PROMISED_TITLES_PER_SECOND)
    } titles a second (${number(speed)})`
  })
}

export function toFootprintTable (footprints: readonly Footprint[]): string {
  const [empty] = footprints
  const per = (of: (footprint: Footprint) => number | null, footprint: Footprint): string => {
    const [all, none] = [of(footprint), empty === undefined ? null : of(empty)]
    return all === null || none === null || footprint.titles === 0
      ? ''
      : inMib((all - none) / footprint.titles * PER_TITLES)
  }
  const head = [
    'titles',
    'ready after s',
    'searches after s',
    'RSS MiB',
    'heap MiB',
    'search heap MiB',
    `RSS per ${number(PER_TITLES)}`,
    'heap',
    'search heap',
  ]
  return drawTable(
    head,
    footprints.map((footprint) => [
      number(footprint.titles),
      footprint.readySeconds.toFixed(1),
      footprint.searchSeconds.toFixed(1),
      inMib(footprint.rss),
      inMib(footprint.heap),
      inMib(footprint.searchHeap),
      ...footprint.titles < PER_TITLES
        ? ['', '', '']
        : [
          per(({ rss }) => rss, footprint),
          per(({ heap }) => heap, footprint),
          per(({ searchHeap }) => searchHeap, footprint),
        ],
    ]),
  )
}

/** Each size's median beside that of the route which does nothing. */
export function toLatencyTable (costs: ReadonlyMap<number, Costs>): string {
  const head = ['request', 'titles', 'median ms', 'p99 ms', 'API CPU ms', 'to plans']
  return drawTable(
    head,
    KIND_NAMES.flatMap((kind) =>
      [...costs].map(([titles, cost], i) => {
        const { times: taken, cpuMs } = cost[kind]
        const median = quantile(taken, 0.5)
        return [
          i === 0 ? KINDS[kind].name : '',
          number(titles),
          inMs(median),
          inMs(quantile(taken, 0.99)),
          inMs(cpuMs === null ? null : cpuMs / taken.length),
          times(median / quantile(cost.plans.times, 0.5)),
        ]
      })
    ),
  )
}

export function toHomePromises (costs: ReadonlyMap<number, Costs>): string[] {
  const home = costs.get(PROMISED_HOME.titles)?.home
  if (home === undefined) return []
  const median = quantile(home.times, 0.5)
  return [
    `${verdict(median < PROMISED_HOME.ms)}: home in one request within ${PROMISED_HOME.ms} ms with ${
      number(PROMISED_HOME.titles)
    } titles (median ${inMs(median)} ms)`,
  ]
}

/** While another process changes the catalogue. */
export function toBusyTable (calm: Costs, busy: Costs, kinds: readonly KindName[]): string {
  const head = ['request', 'calm: median ms', 'p99 ms', 'during the import: median ms', 'p99 ms', 'requests']
  return drawTable(
    head,
    kinds.map((kind) => {
      const [before, during] = [calm[kind].times, busy[kind].times]
      return [
        KINDS[kind].name,
        inMs(quantile(before, 0.5)),
        inMs(quantile(before, 0.99)),
        inMs(quantile(during, 0.5)),
        inMs(quantile(during, 0.99)),
        number(during.length),
      ]
    }),
  )
}
