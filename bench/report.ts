// What was measured, as people read it: a table with each size beside the smallest, and whether the promises are kept.
import { REQUESTS, type Cost, type Costs, type RequestName, type Subject } from './iterations.js'
import { drawTable } from './table.js'

/** Watching is promised to cost at most this many times as much with the longest history as with the shortest. */
const PROMISED_RATIO = 1.2
const PROMISED: readonly RequestName[] = ['heartbeat', 'continueWatching']
const MEASURES = ['median', 'API CPU', 'database CPU'] as const
type Measure = typeof MEASURES[number]

interface Row {
  readonly name: RequestName
  readonly plays: number
  readonly p95Ms: number
  readonly ms: Record<Measure, number | null>
  readonly ratio: Record<Measure, number | null>
}

export function quantile (times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

function perRequest (cost: Cost): Record<Measure, number | null> {
  const mean = (sum: number | null): number | null => sum === null ? null : sum / cost.times.length
  return { median: quantile(cost.times, 0.5), 'API CPU': mean(cost.apiCpuMs), 'database CPU': mean(cost.databaseCpuMs) }
}

function rowsOf (costs: Costs): Row[] {
  const names = Object.keys(REQUESTS) as RequestName[]
  return names.flatMap((name) => {
    const ofName = [...costs].map(([subject, cost]) => [subject, cost[name]] as const)
    const [smallest] = ofName
    return ofName.map(([subject, cost]) => toRow(name, subject, cost, smallest?.[1] ?? cost))
  })
}

function toRow (name: RequestName, { plays }: Subject, cost: Cost, smallest: Cost): Row {
  const ms = perRequest(cost)
  const base = perRequest(smallest)
  const over = (measure: Measure): number | null => ratio(ms[measure], base[measure])
  return {
    name,
    plays,
    p95Ms: quantile(cost.times, 0.95),
    ms,
    ratio: { median: over('median'), 'API CPU': over('API CPU'), 'database CPU': over('database CPU') },
  }
}

function ratio (a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b
}

export const number = (value: number): string => value.toLocaleString('en-US')
export const inMs = (value: number | null): string => value === null ? 'n/a' : value.toFixed(2)
export const times = (value: number | null): string => value === null ? 'n/a' : `${value.toFixed(2)}x`

/** A Markdown table, so that it can stand in the documentation as it is. */
export function toTable (costs: Costs): string {
  const head = [
    'request',
    'plays',
    'median ms',
    'p95 ms',
    'API CPU ms',
    'database CPU ms',
    ...MEASURES.map((measure) => `${measure} ratio`),
  ]
  const lines = rowsOf(costs).map((row, i, all) => [
    row.name === all[i - 1]?.name ? '' : REQUESTS[row.name].name,
    number(row.plays),
    inMs(row.ms.median),
    inMs(row.p95Ms),
    inMs(row.ms['API CPU']),
    inMs(row.ms['database CPU']),
    ...MEASURES.map((measure) => times(row.ratio[measure])),
  ])
  return drawTable(head, lines)
}

/** One line a promise: what was promised, what was measured, whether it is kept. */
export function toPromises (costs: Costs): string[] {
  const rows = rowsOf(costs)
  const most = Math.max(...rows.map(({ plays }) => plays))
  return rows.filter(({ name, plays }) => PROMISED.includes(name) && plays === most).map(({ name, plays, ratio }) => {
    const isKept = MEASURES.every((measure) => (ratio[measure] ?? 0) <= PROMISED_RATIO)
    const measured = MEASURES.map((measure) => `${measure} ${times(ratio[measure])}`).join(', ')
    return `${isKept ? 'kept' : 'NOT KEPT'}: ${REQUESTS[name].name} with ${
      number(plays)
    } plays within ${PROMISED_RATIO}x (${measured})`
  })
}

export function toSizePromise (what: string, bytes: number, bound: number): string {
  return `${bytes <= bound ? 'kept' : 'NOT KEPT'}: ${what} within ${number(bound)} bytes (${number(bytes)})`
}
