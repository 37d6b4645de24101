// The periodic jobs of a process. Several processes can run the same jobs: each job claims what it works on.
import { eraseClosedAccounts } from '../accounts/erase-account.js'
import type { AccountDeps } from '../accounts/deps.js'
import { createAvailabilityNotifier } from '../changes/availability-notifier.js'
import type { Trends } from '../home/trends.js'
import type { Mailer } from '../mail/mailer.js'
import type { MediaDeps } from '../media/deps.js'
import { createPlaceholderFiller } from '../media/images/fill-placeholders.js'
import { removeUnusedImages } from '../media/images/unused-images.js'
import { probeOutdatedFiles } from '../media/probing/probe-again.js'
import type { MediaProber } from '../media/probing/prober.js'
import type { Encoding } from '../media/encoding/encoding.js'
import type { MarkerDetection } from '../media/markers/marker-detection.js'
import type { Packaging } from '../media/packaging/packaging.js'
import type { ResumableUploads } from '../media/upload/resumable-uploads.js'
import type { WatchingDeps } from '../watching/deps.js'
import { projectWaitingTitles } from '../watching/history/unprojected.js'
import { flushExpiredLeases } from '../watching/streams/flush.js'
import type { WebhookSender } from '../webhooks/sender.js'
import type { SnapshotSaver } from './save-snapshot.js'
import { createScheduler, type Job, type Scheduler } from './scheduler.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const STREAMS_INTERVAL_MS = 5_000
const PROJECTION_INTERVAL_MS = 15_000
const PACKAGING_INTERVAL_MS = MINUTE_MS
const ENCODING_INTERVAL_MS = MINUTE_MS
/** Nothing tells a worker that another process has queued a job. */
const WORKER_INTERVAL_MS = 2_000
const MARKERS_INTERVAL_MS = 15_000
const PROBING_INTERVAL_MS = MINUTE_MS
const DEMO_INTERVAL_MS = 2_000
const OUTBOX_INTERVAL_MS = 15_000
/** The shortest wait before an attempt is repeated. */
const WEBHOOKS_INTERVAL_MS = 5_000
const MAIL_SERVER_INTERVAL_MS = MINUTE_MS
const UNUSED_IMAGES_INTERVAL_MS = 6 * HOUR_MS
const UPLOADS_INTERVAL_MS = MINUTE_MS
const SNAPSHOT_INTERVAL_MS = MINUTE_MS
const POPULARITY_INTERVAL_MS = 5 * MINUTE_MS
const ACCOUNTS_INTERVAL_MS = 10 * MINUTE_MS
const STORAGE_INTERVAL_MS = HOUR_MS
const CO_WATCHED_INTERVAL_MS = HOUR_MS
/** No upload takes longer than this. */
const UPLOAD_MAX_AGE_MS = 24 * HOUR_MS

export interface JobDeps extends AccountDeps, MediaDeps {
  readonly mailer: Mailer
  readonly packaging: Packaging
  readonly encoding: Encoding
  readonly markerDetection: MarkerDetection
  readonly prober: MediaProber
  readonly uploads: ResumableUploads
  readonly watching: WatchingDeps
  readonly trends: Trends
  readonly snapshotSaver: SnapshotSaver
  readonly webhooks: Pick<WebhookSender, 'sendDue'>
}

/** A worker runs only the jobs of media, and finds what other processes have queued within seconds. */
export function createScheduledJobs (deps: JobDeps): Scheduler {
  const { role, seed } = deps.config
  const mediaJobs = role === 'api' ? [] : createMediaJobs(deps, role === 'worker')
  return createScheduler(
    deps.log,
    role === 'worker' ? mediaJobs : [
      ...createServiceJobs(deps),
      ...mediaJobs,
      ...seed === 'demo' ? [createDemoJob(deps)] : [],
    ],
  )
}

function createMediaJobs ({ packaging, encoding, markerDetection }: JobDeps, isWorker: boolean): Job[] {
  return [
    {
      name: 'media packaging',
      intervalMs: isWorker ? WORKER_INTERVAL_MS : PACKAGING_INTERVAL_MS,
      run: async () => await packaging.processPending(),
    },
    {
      name: 'media encoding',
      intervalMs: isWorker ? WORKER_INTERVAL_MS : ENCODING_INTERVAL_MS,
      run: async () => await encoding.processPending(),
    },
    {
      name: 'marker detection',
      intervalMs: MARKERS_INTERVAL_MS,
      run: async () => await markerDetection.processPending(),
    },
  ]
}

/** Loaded for the demo only: its packages are not installed in production. */
function createDemoJob (deps: JobDeps): Job {
  let share: (() => Promise<void>) | null = null
  return {
    name: 'renditions of the demo',
    intervalMs: DEMO_INTERVAL_MS,
    async run () {
      share ??= (await import('../demo/seed-master.js')).createRenditionSharer(deps)
      await share()
    },
  }
}

function createServiceJobs (deps: JobDeps): Job[] {
  const { catalogue, mailer, outbox, watching, uploads, storage, trends } = deps
  const { snapshotSaver, webhooks, now } = deps
  const availabilityNotifier = createAvailabilityNotifier(catalogue, now)
  return [
    {
      name: 'availability changes',
      plan: availabilityNotifier.plan,
      run: async () => await availabilityNotifier.notify(now()),
    },
    {
      name: 'expired streams',
      intervalMs: STREAMS_INTERVAL_MS,
      run: async () => await flushExpiredLeases(watching),
    },
    {
      name: 'watch histories',
      intervalMs: PROJECTION_INTERVAL_MS,
      run: async () => await projectWaitingTitles(watching),
    },
    {
      name: 'outdated media properties',
      intervalMs: PROBING_INTERVAL_MS,
      run: async () => await probeOutdatedFiles(deps),
    },
    {
      name: 'placeholders of images',
      intervalMs: PROBING_INTERVAL_MS,
      run: createPlaceholderFiller(deps),
    },
    {
      name: 'unused images',
      intervalMs: UNUSED_IMAGES_INTERVAL_MS,
      run: async () => await removeUnusedImages(deps),
    },
    {
      name: 'resumable uploads',
      intervalMs: UPLOADS_INTERVAL_MS,
      run: async () => await uploads.processPending(),
    },
    {
      name: 'mail server',
      intervalMs: MAIL_SERVER_INTERVAL_MS,
      run: async () => await mailer.verifyServer(),
    },
    {
      name: 'outbox',
      intervalMs: OUTBOX_INTERVAL_MS,
      run: async () => await outbox.sendDue(),
    },
    {
      name: 'webhooks',
      intervalMs: WEBHOOKS_INTERVAL_MS,
      run: async () => await webhooks.sendDue(),
    },
    {
      name: 'catalogue snapshot',
      intervalMs: SNAPSHOT_INTERVAL_MS,
      run: async () => await snapshotSaver.saveIfNeeded(),
    },
    {
      name: 'popularity',
      intervalMs: POPULARITY_INTERVAL_MS,
      run: async () => await trends.countPopular(now()),
    },
    {
      name: 'closed accounts',
      intervalMs: ACCOUNTS_INTERVAL_MS,
      run: async () => await eraseClosedAccounts(deps),
    },
    {
      name: 'abandoned uploads',
      intervalMs: STORAGE_INTERVAL_MS,
      run: async () => await storage.removeStale(UPLOAD_MAX_AGE_MS),
    },
    {
      name: 'co-watched titles',
      intervalMs: CO_WATCHED_INTERVAL_MS,
      run: async () => await trends.countCoWatched(now()),
    },
  ]
}
