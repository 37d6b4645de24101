// Periodic work of a process. Several processes may run the same jobs: each job claims what it works on.
import { eraseClosedAccounts } from '../accounts/erase-account.js'
import type { AccountDeps } from '../accounts/deps.js'
import type { MediaDeps } from '../media/deps.js'
import type { Packaging } from '../media/packaging/packaging.js'
import type { ResumableUploads } from '../media/upload/resumable-uploads.js'
import { createAvailabilityNotifier } from '../changes/availability-notifier.js'
import type { Trends } from '../home/trends.js'
import { flushExpiredLeases } from '../watching/streams/flush.js'
import type { WatchingDeps } from '../watching/watching.js'

const AVAILABILITY_INTERVAL_MS = 500
const STREAMS_INTERVAL_MS = 5_000
const PACKAGING_INTERVAL_MS = 60_000
const UPLOADS_INTERVAL_MS = 60_000
const STORAGE_INTERVAL_MS = 3_600_000
const ACCOUNTS_INTERVAL_MS = 600_000
const POPULARITY_INTERVAL_MS = 5 * 60_000
const CO_WATCHED_INTERVAL_MS = 60 * 60_000
/** No upload takes longer than this. */
const UPLOAD_MAX_AGE_MS = 24 * 3_600_000

export interface JobDeps extends AccountDeps, MediaDeps {
  readonly packaging: Packaging
  readonly uploads: ResumableUploads
  readonly watching: WatchingDeps
  readonly trends: Trends
}

export interface ScheduledJobs {
  /** Runs each job once, then at its interval. */
  start(): void
  /** Resolves when no job runs any more. */
  stop(): Promise<void>
}

interface Job {
  readonly name: string
  readonly intervalMs: number
  run(): Promise<unknown>
}

export function createScheduledJobs (deps: JobDeps): ScheduledJobs {
  const { catalogue, watching, packaging, uploads, storage, trends, log, now } = deps
  const availabilityNotifier = createAvailabilityNotifier(catalogue)
  const jobs: readonly Job[] = [
    {
      name: 'availability changes',
      intervalMs: AVAILABILITY_INTERVAL_MS,
      run: async () => await availabilityNotifier.notify(now()),
    },
    {
      name: 'expired streams',
      intervalMs: STREAMS_INTERVAL_MS,
      run: async () => await flushExpiredLeases(watching),
    },
    { name: 'media packaging', intervalMs: PACKAGING_INTERVAL_MS, run: async () => await packaging.sweep() },
    {
      name: 'closed accounts',
      intervalMs: ACCOUNTS_INTERVAL_MS,
      run: async () => await eraseClosedAccounts(deps),
    },
    { name: 'resumable uploads', intervalMs: UPLOADS_INTERVAL_MS, run: async () => await uploads.sweep() },
    {
      name: 'failed uploads',
      intervalMs: STORAGE_INTERVAL_MS,
      run: async () => await storage.sweep(UPLOAD_MAX_AGE_MS),
    },
    { name: 'popularity', intervalMs: POPULARITY_INTERVAL_MS, run: async () => await trends.countPopular(now()) },
    {
      name: 'titles watched together',
      intervalMs: CO_WATCHED_INTERVAL_MS,
      run: async () => await trends.countTogether(now()),
    },
  ]
  const timers: NodeJS.Timeout[] = []
  const running = new Map<string, Promise<void>>()

  /** A job that still runs is skipped. */
  function runJob ({ name, run }: Job): void {
    if (running.has(name)) return
    const run_ = run().then(() => undefined, (error: unknown) => {
      log.warn({ err: error }, `the job "${name}" failed; it runs again at its interval`)
    }).finally(() => {
      running.delete(name)
    })
    running.set(name, run_)
  }

  return {
    start () {
      for (const job of jobs) {
        timers.push(
          setInterval(() => {
            runJob(job)
          }, job.intervalMs).unref(),
        )
        runJob(job)
      }
    },
    async stop () {
      for (const timer of timers.splice(0)) clearInterval(timer)
      await Promise.all(running.values())
    },
  }
}
