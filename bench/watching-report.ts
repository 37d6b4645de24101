// The report of the watching benchmark: a table that compares each profile with the smallest one, and the targets.
import { formatMs, formatNumber, formatRatio, formatTable, formatTarget, quantile } from './measurements.js'
import { REQUEST_NAMES, REQUESTS, type Cost, type Costs, type RequestName, type Subject } from './watching-requests.js'

/** Target: highest cost with the longest history, as a multiple of the cost with the shortest one. */
const MAX_RATIO = 1.2
const REQUESTS_WITH_TARGET: readonly RequestName[] = [
  'heartbeat',
  'progress',
  'stopAndStart',
  'continueWatching',
  'resumePosition',
]
const MEASURES = ['median', 'API CPU', 'database CPU'] as const
type MeasureValues = Record<typeof MEASURES[number], number | null>

interface ReportRow {
  readonly name: RequestName
  readonly plays: number
  readonly p95Ms: number
  /** Costs per request, ms. */
  readonly values: MeasureValues
  /** Ratios to the profile with the fewest plays. */
  readonly ratios: MeasureValues
}

function costPerRequest ({ durationsMs, apiCpuMs, databaseCpuMs }: Cost): MeasureValues {
  const mean = (sum: number | null): number | null => sum === null ? null : sum / durationsMs.length
  return { median: quantile(durationsMs, 0.5), 'API CPU': mean(apiCpuMs), 'database CPU': mean(databaseCpuMs) }
}

function toRows (costs: Costs): ReportRow[] {
  return REQUEST_NAMES.flatMap((name) => {
    const entries = [...costs].map(([subject, cost]) => ({ subject, cost: cost[name] }))
    const [smallest] = entries
    return entries.map(({ subject, cost }) => toRow(name, subject, cost, smallest?.cost ?? cost))
  })
}

function toRow (name: RequestName, { plays }: Subject, cost: Cost, smallest: Cost): ReportRow {
  const values = costPerRequest(cost)
  const base = costPerRequest(smallest)
  const ratios = Object.fromEntries(
    MEASURES.map((measure) => [measure, divide(values[measure], base[measure])]),
  ) as MeasureValues
  return { name, plays, p95Ms: quantile(cost.durationsMs, 0.95), values, ratios }
}

function divide (a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b
}

export function formatWatchingTable (costs: Costs): string {
  const head = [
    'request',
    'plays',
    'median ms',
    'p95 ms',
    'API CPU ms',
    'database CPU ms',
    ...MEASURES.map((measure) => `${measure} ratio`),
  ]
  const rows = toRows(costs).map(({ name, plays, p95Ms, values, ratios }, i, all) => [
    name === all[i - 1]?.name ? '' : REQUESTS[name].name,
    formatNumber(plays),
    formatMs(values.median),
    formatMs(p95Ms),
    formatMs(values['API CPU']),
    formatMs(values['database CPU']),
    ...MEASURES.map((measure) => formatRatio(ratios[measure])),
  ])
  return formatTable(head, rows)
}

/** One line per target. */
export function formatWatchingTargets (costs: Costs): string[] {
  const rows = toRows(costs)
  const maxPlays = Math.max(...rows.map(({ plays }) => plays))
  return rows.filter(({ name, plays }) => REQUESTS_WITH_TARGET.includes(name) && plays === maxPlays)
    .map(({ name, plays, ratios }) => {
      const isMet = MEASURES.every((measure) => (ratios[measure] ?? 0) <= MAX_RATIO)
      const measured = MEASURES.map((measure) => `${measure} ${formatRatio(ratios[measure])}`).join(', ')
      const target = `${REQUESTS[name].name} with ${formatNumber(plays)} plays within ${MAX_RATIO}x`
      return formatTarget(isMet, `${target} (${measured})`)
    })
}

export function formatSizeTarget (description: string, bytes: number, maxBytes: number): string {
  return formatTarget(
    bytes <= maxBytes,
    `${description} within ${formatNumber(maxBytes)} bytes (${formatNumber(bytes)})`,
  )
}
