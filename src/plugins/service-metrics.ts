// Prometheus metrics of streams, packaging, uploads, emails, webhooks, storage, change feeds and scheduled jobs.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { onMeasurement } from '../measurements.js'
import { registerStoredCounts, type StoredCountOptions } from './stored-counts.js'

/** Registers the metrics. @returns a function that stops measuring */
export function registerServiceMetrics (registry: Registry, options: StoredCountOptions): () => void {
  const { now } = options
  const registers = [registry]
  registerStoredCounts(registry, options)
  const streamEnds = new Counter({
    name: 'normflix_stream_ends_total',
    help: 'Ended streams by reason: stopped, expired, ended (by another device or a lost permission) or plan',
    labelNames: ['reason'],
    registers,
  })
  const packagingRunning = new Gauge({
    name: 'normflix_packaging_running',
    help: 'Media files that this process packages now',
    registers,
  })
  const packaging = new Histogram({
    name: 'normflix_packaging_duration_seconds',
    help: 'Packaging of media files by result: packaged, failed or stopped',
    labelNames: ['result'],
    buckets: [1, 5, 20, 60, 300, 1_200, 3_600],
    registers,
  })
  const uploadsRunning = new Gauge({
    name: 'normflix_uploads_running',
    help: 'Media files that this process receives now with one request each',
    registers,
  })
  const uploads = new Counter({
    name: 'normflix_uploads_total',
    help: 'Finished uploads by kind (direct or resumable) and result (completed or failed)',
    labelNames: ['kind', 'result'],
    registers,
  })
  const uploadedBytes = new Counter({
    name: 'normflix_uploaded_bytes_total',
    help: 'Size of completed uploads by kind, bytes',
    labelNames: ['kind'],
    registers,
  })
  const emails = new Counter({
    name: 'normflix_emails_total',
    help: 'Attempts to send an email by result: sent, postponed, rejected or expired',
    labelNames: ['result'],
    registers,
  })
  const webhookAttempts = new Counter({
    name: 'normflix_webhook_attempts_total',
    help: 'Attempts to deliver an event to a webhook by result: succeeded, postponed or given-up',
    labelNames: ['result'],
    registers,
  })
  const storageErrors = new Counter({
    name: 'normflix_storage_errors_total',
    help: 'Failed operations of the media storage by operation',
    labelNames: ['operation'],
    registers,
  })
  const feeds = new Gauge({ name: 'normflix_change_feeds', help: 'Open change feeds of this process', registers })
  const feedEnds = new Counter({
    name: 'normflix_change_feed_ends_total',
    help: 'Ended change feeds by reason: client, not-allowed or shutdown',
    labelNames: ['reason'],
    registers,
  })
  const jobRuns = new Counter({
    name: 'normflix_job_runs_total',
    help: 'Runs of scheduled jobs by job and result: succeeded, failed or skipped',
    labelNames: ['job', 'result'],
    registers,
  })
  const jobDuration = new Gauge({
    name: 'normflix_job_duration_seconds',
    help: 'Duration of the last run of a scheduled job',
    labelNames: ['job'],
    registers,
  })
  const jobSuccess = new Gauge({
    name: 'normflix_job_last_success_timestamp_seconds',
    help: 'When a scheduled job last succeeded in this process, Unix time',
    labelNames: ['job'],
    registers,
  })
  const countUpload = (kind: string) => ({ result, bytes }: { result: string, bytes: number }): void => {
    uploads.inc({ kind, result })
    if (result === 'completed') uploadedBytes.inc({ kind }, bytes)
  }
  const stops = [
    onMeasurement('stream-ended', ({ reason }) => streamEnds.inc({ reason })),
    onMeasurement('packaging-started', () => packagingRunning.inc()),
    onMeasurement('packaging-finished', ({ result, seconds }) => {
      packagingRunning.dec()
      packaging.observe({ result }, seconds)
    }),
    onMeasurement('upload-started', () => uploadsRunning.inc()),
    onMeasurement('upload-finished', (upload) => {
      uploadsRunning.dec()
      countUpload('direct')(upload)
    }),
    onMeasurement('resumable-upload-finished', countUpload('resumable')),
    onMeasurement('email', ({ result }) => emails.inc({ result })),
    onMeasurement('webhook-attempt', ({ result }) => webhookAttempts.inc({ result })),
    onMeasurement('storage-error', ({ operation }) => storageErrors.inc({ operation })),
    onMeasurement('feed-opened', () => feeds.inc()),
    onMeasurement('feed-ended', ({ reason }) => {
      feeds.dec()
      feedEnds.inc({ reason })
    }),
    onMeasurement('job-run', ({ job, result, seconds }) => {
      jobRuns.inc({ job, result })
      if (result === 'skipped') return
      jobDuration.set({ job }, seconds)
      if (result === 'succeeded') jobSuccess.set({ job }, now().getTime() / 1_000)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
