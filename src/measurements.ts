// What the service measures while it works. Modules publish on diagnostics channels of Node.js, so that none of them
// needs the metrics registry; the metrics of the process subscribe. Values of labels are bounded.
import { subscribe, unsubscribe, channel } from 'node:diagnostics_channel'

export interface Measurements {
  readonly 'stream-ended': { readonly reason: 'stopped' | 'expired' | 'ended' | 'plan' }
  readonly 'packaging-started': object
  /** `stopped`: the process stops, or another one took the file over; the job tries again. */
  readonly 'packaging-finished': { readonly result: 'packaged' | 'failed' | 'stopped', readonly seconds: number }
  readonly 'upload-started': object
  /** Of a file sent with one request. */
  readonly 'upload-finished': { readonly result: 'completed' | 'failed', readonly bytes: number }
  readonly 'resumable-upload-finished': { readonly result: 'completed' | 'failed', readonly bytes: number }
  readonly email: { readonly result: 'sent' | 'postponed' | 'rejected' | 'expired' }
  /** An attempt to deliver an event. `given-up`: none follows. */
  readonly 'webhook-attempt': { readonly result: 'succeeded' | 'postponed' | 'given-up' }
  readonly 'storage-error': { readonly operation: string }
  /** A response with 5xx. */
  readonly 'request-failed': { readonly code: string }
  readonly 'feed-opened': object
  readonly 'feed-ended': { readonly reason: 'client' | 'not-allowed' | 'shutdown' }
  /** `skipped`: the previous run had not finished. */
  readonly 'job-run': {
    readonly job: string,
    readonly result: 'succeeded' | 'failed' | 'skipped',
    readonly seconds: number,
  }
}

const nameOf = (measurement: keyof Measurements): string => `normflix:${measurement}`

export function publishMeasurement<Name extends keyof Measurements> (name: Name, value: Measurements[Name]): void {
  channel(nameOf(name)).publish(value)
}

/** Calls back for each measurement. @returns a function that stops it */
export function onMeasurement<Name extends keyof Measurements> (
  name: Name,
  listener: (value: Measurements[Name]) => void,
): () => void {
  const handle = (value: unknown): void => {
    listener(value as Measurements[Name])
  }
  subscribe(nameOf(name), handle)
  return () => {
    unsubscribe(nameOf(name), handle)
  }
}
