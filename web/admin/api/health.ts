// The health of the service: its readiness, and some of its metrics in the text format of Prometheus.
import { queryOptions } from '@tanstack/react-query'
import { publicClient } from '@shared/api/session.js'
import { unwrap } from '@shared/api/problem.js'
import { statisticsKey } from './keys.js'

const REFRESH_MS = 30_000

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface JobState {
  readonly name: string
  readonly runs: number
  readonly failures: number
  /** Unix time, ms; null: never. */
  readonly lastSuccessAt: number | null
}

export interface ServiceMetrics {
  readonly titles: number
  readonly packagingRunning: number
  readonly packagingWaiting: number
  readonly uploadsRunning: number
  readonly memoryBytes: number
  readonly failedRequests: number
  /** Unix time, ms. */
  readonly startedAt: number
  readonly jobs: readonly JobState[]
}

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** Reads the lines `name{label="value"} number`. */
export function parseMetrics (text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined || value === undefined) return []
    const pairs = [...labels.matchAll(LABEL)].map(([, label = '', content = '']) => [label, content] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
}

function summarise (samples: readonly Sample[]): ServiceMetrics {
  const sum = (name: string, matches: (labels: Sample['labels']) => boolean = () => true): number =>
    samples.filter((sample) => sample.name === name && matches(sample.labels)).reduce(
      (all, { value }) => all + value,
      0,
    )
  const jobNames = new Set(
    samples.flatMap(({ name, labels }) => name === 'normflix_job_runs_total' ? [labels['job'] ?? ''] : []),
  )
  return {
    titles: sum('normflix_catalogue_titles'),
    packagingRunning: sum('normflix_packaging_running'),
    packagingWaiting: sum('normflix_packaging_jobs', ({ state }) => state === 'waiting'),
    uploadsRunning: sum('normflix_resumable_uploads', ({ state }) => state === 'uploading'),
    memoryBytes: sum('process_resident_memory_bytes'),
    failedRequests: sum('http_request_duration_seconds_count', ({ status }) => status?.startsWith('5') === true),
    startedAt: sum('process_start_time_seconds') * 1_000,
    jobs: [...jobNames].sort().map((name) => {
      const isJob = ({ job }: Sample['labels']): boolean => job === name
      const lastSuccess = sum('normflix_job_last_success_timestamp_seconds', isJob)
      return {
        name,
        runs: sum('normflix_job_runs_total', isJob),
        failures: sum('normflix_job_runs_total', (labels) => isJob(labels) && labels['result'] !== 'succeeded'),
        lastSuccessAt: lastSuccess === 0 ? null : lastSuccess * 1_000,
      }
    }),
  }
}

export const readinessQuery = () =>
  queryOptions({
    queryKey: statisticsKey('readiness'),
    queryFn: async ({ signal }) => await unwrap(publicClient.GET('/health/ready', { signal })),
    refetchInterval: REFRESH_MS,
  })

/** Null if the service shows its metrics only to its monitoring. */
export const metricsQuery = () =>
  queryOptions({
    queryKey: statisticsKey('metrics'),
    queryFn: async ({ signal }): Promise<ServiceMetrics | null> => {
      const { data, response } = await publicClient.GET('/metrics', { parseAs: 'text', signal })
      return response.ok && typeof data === 'string' ? summarise(parseMetrics(data)) : null
    },
    refetchInterval: REFRESH_MS,
  })
