// Prometheus metrics of what the database counts: every process reports the same numbers.
import mongoose from 'mongoose'
import { Gauge, type Registry } from 'prom-client'
import { Account } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { Media } from '../../models/media.js'
import { MediaUpload } from '../../models/media-upload.js'
import { OutboxEmail } from '../../models/outbox-email.js'
import { WebhookDelivery } from '../../models/webhook-delivery.js'
import { findWebhookEndpoints } from '../../models/webhook-endpoint.js'
import { isDatabaseAvailable } from '../database/connection.js'

/** Heights of the label `max_height`, pixels. */
const HEIGHTS = [240, 360, 480, 720, 1_080, 1_440, 2_160, 4_320]

export interface StoredCountOptions {
  /** IDs of the plans: other values of the label `plan` are `other`. */
  readonly plans: readonly string[]
  now(): Date
}

/** Registers the metrics. They have no values while the database is unavailable. */
export function registerStoredCounts (registry: Registry, { plans, now }: StoredCountOptions): void {
  const countStored = async (gauge: Gauge, count: () => Promise<void>): Promise<void> => {
    gauge.reset()
    if (isDatabaseAvailable()) await count().catch(() => gauge.reset())
  }
  registry.registerMetric(
    new Gauge({
      name: 'normflix_streams',
      help: 'Live streams of the whole service by plan, highest resolution that they may use (pixels) and state',
      labelNames: ['plan', 'max_height', 'state'],
      registers: [],
      async collect () {
        await countStored(this, async () => {
          for (const { _id: { plan, maxHeight, state }, count } of await countLiveStreams(now())) {
            this.inc(
              { plan: plans.find((id) => id === plan) ?? 'other', max_height: nearestHeight(maxHeight), state },
              count,
            )
          }
        })
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_packaging_jobs',
      help: 'Media files of the whole service by the state of their packaging: waiting, running or failed',
      labelNames: ['state'],
      registers: [],
      async collect () {
        await countStored(this, async () => {
          for (const state of ['waiting', 'running', 'failed']) this.set({ state }, 0)
          for (const { _id: { state, isClaimed }, count } of await countPackagingJobs(now())) {
            this.inc({ state: state === 'failed' ? state : isClaimed ? 'running' : 'waiting' }, count)
          }
        })
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_resumable_uploads',
      help: 'Unfinished resumable uploads of the whole service by state: uploading or processing',
      labelNames: ['state'],
      registers: [],
      async collect () {
        await countStored(this, async () => {
          for (const state of ['uploading', 'processing'] as const) {
            this.set({ state }, await MediaUpload.countDocuments({ state }))
          }
        })
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_emails_pending',
      help: 'Emails of the whole service that wait to be sent',
      registers: [],
      async collect () {
        await countStored(this, async () => {
          this.set(await OutboxEmail.estimatedDocumentCount())
        })
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_webhook_deliveries_pending',
      help: 'Events of the whole service that wait to be delivered to webhooks',
      registers: [],
      async collect () {
        await countStored(this, async () => {
          const endpoints = (await findWebhookEndpoints()).map(({ _id }) => _id)
          const pending = {
            endpoint: mongoose.trusted({ $in: endpoints }),
            status: 'pending',
            nextAttemptAt: mongoose.trusted({ $gt: new Date(0) }),
          }
          this.set(endpoints.length === 0 ? 0 : await WebhookDelivery.countDocuments(pending as never))
        })
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_webhooks',
      help: 'Webhooks by state: working, failing (the last attempt failed) or disabled',
      labelNames: ['state'],
      registers: [],
      async collect () {
        await countStored(this, async () => {
          const counts = { working: 0, failing: 0, disabled: 0 }
          for (const { enabled, failingSince } of await findWebhookEndpoints()) {
            counts[!enabled ? 'disabled' : failingSince === null ? 'working' : 'failing']++
          }
          for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
        })
      },
    }),
  )
}

interface StreamCount {
  readonly _id: { readonly plan: string, readonly maxHeight: number, readonly state: string }
  readonly count: number
}

/** Reads the accounts that have leases, by the index of the job that removes them. */
async function countLiveStreams (now: Date): Promise<StreamCount[]> {
  return await AccountStreams.aggregate<StreamCount>([
    { $match: { removalDueAt: { $gt: new Date(0) } } },
    { $unwind: '$leases' },
    { $match: { 'leases.expiresAt': { $gt: now }, 'leases.retainedUntil': null } },
    { $project: { maxHeight: '$leases.maxHeight', state: '$leases.state' } },
    {
      $lookup: {
        from: Account.collection.name,
        localField: '_id',
        foreignField: '_id',
        pipeline: [{ $project: { plan: 1 } }],
        as: 'account',
      },
    },
    { $unwind: '$account' },
    {
      $group: {
        _id: { plan: '$account.plan', maxHeight: '$maxHeight', state: '$state' },
        count: { $sum: 1 },
      },
    },
  ])
}

/** Plans may have any height: the label is the next larger one of common formats. */
function nearestHeight (height: number): string {
  return String(HEIGHTS.find((one) => height <= one) ?? HEIGHTS.at(-1))
}

interface PackagingCount {
  readonly _id: { readonly state: string, readonly isClaimed: boolean }
  readonly count: number
}

/** Counts by the index on the state of packaging. A file whose claim has expired waits for a process. */
async function countPackagingJobs (now: Date): Promise<PackagingCount[]> {
  const isUnfinished = { 'files.hls.state': { $in: ['processing', 'failed'] } }
  return await Media.aggregate<PackagingCount>([
    { $match: isUnfinished },
    { $unwind: '$files' },
    { $match: { ...isUnfinished, 'files.state': 'ready' } },
    {
      $group: {
        _id: { state: '$files.hls.state', isClaimed: { $gt: ['$files.hls.claimedUntil', now] } },
        count: { $sum: 1 },
      },
    },
  ])
}
