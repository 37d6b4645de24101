// Counts errors by hour. A process collects its errors in memory and adds them to the stored counts, so that a burst of
// errors costs one write.
import type { FastifyBaseLogger } from 'fastify'
import mongoose from 'mongoose'
import { ErrorCount, ERROR_KINDS, type ErrorKind, type StoredErrorCount } from '../../models/error-count.js'
import { upsertOnce } from '../../models/upsert.js'
import { isDatabaseAvailable } from '../database/connection.js'
import { onMeasurement } from '../measurements.js'
import { DAY_MS, type Period } from './watching-statistics.js'

const HOUR_MS = 3_600_000
const RETENTION_MS = 400 * DAY_MS
const SAVE_DELAY_MS = 15_000
/** Limits the memory while the database does not respond: counts of older hours are dropped. */
const MAX_PENDING_HOURS = 48

export interface ErrorsOfHour extends Readonly<Record<ErrorKind, number>> {
  /** Start of the hour, RFC 3339 in UTC. */
  readonly hour: string
}

export interface ErrorCounts {
  /** Lists the hours of a period with errors, those of this process up to now included. */
  list(period: Period): Promise<ErrorsOfHour[]>
  /** Stops counting and saves what was counted. */
  close(): Promise<void>
}

interface ErrorCountsDeps {
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  now(): Date
}

type Counts = Record<ErrorKind, number>

/** Counts the errors of this process. They reach the database within 15 s; a crash loses those in between. */
export function createErrorCounts ({ log, now }: ErrorCountsDeps): ErrorCounts {
  const pending = new Map<string, Counts>()
  let timer: NodeJS.Timeout | null = null
  let saving: Promise<void> = Promise.resolve()

  function count (kind: ErrorKind): void {
    const hour = toHour(now().getTime())
    const counts = pending.get(hour) ?? noErrors()
    counts[kind]++
    pending.set(hour, counts)
    dropOldHours()
    scheduleSave()
  }

  function dropOldHours (): void {
    const [oldest] = pending.keys()
    if (pending.size > MAX_PENDING_HOURS && oldest !== undefined) pending.delete(oldest)
  }

  function scheduleSave (): void {
    timer ??= setTimeout(() => {
      timer = null
      void save()
    }, SAVE_DELAY_MS).unref()
  }

  async function savePending (): Promise<void> {
    for (const [hour, counts] of [...pending]) {
      pending.delete(hour)
      try {
        await addCounts(hour, counts)
      } catch (error) {
        const newer = pending.get(hour) ?? noErrors()
        pending.set(hour, sumOf(counts, newer))
        scheduleSave()
        log.warn({ err: error }, 'error counts were not saved; they are saved later')
        return
      }
    }
  }

  async function save (): Promise<void> {
    saving = saving.then(async () => {
      if (isDatabaseAvailable()) await savePending()
      else if (pending.size > 0) scheduleSave()
    })
    await saving
  }

  const stops = [
    onMeasurement('request-failed', () => {
      count('requests')
    }),
    onMeasurement('job-run', ({ result }) => {
      if (result === 'failed') count('jobRuns')
    }),
    onMeasurement('packaging-finished', ({ result }) => {
      if (result === 'failed') count('packagings')
    }),
    onMeasurement('upload-finished', ({ result }) => {
      if (result === 'failed') count('uploads')
    }),
    onMeasurement('resumable-upload-finished', ({ result }) => {
      if (result === 'failed') count('uploads')
    }),
  ]

  return {
    async list (period) {
      await save()
      return await listErrors(period)
    },
    async close () {
      for (const stop of stops) stop()
      await save()
      if (timer !== null) clearTimeout(timer)
    },
  }
}

const noErrors = (): Counts => ({ requests: 0, jobRuns: 0, packagings: 0, uploads: 0 })
const toHour = (time: number): string => new Date(Math.floor(time / HOUR_MS) * HOUR_MS).toISOString()

function sumOf (a: Readonly<Counts>, b: Readonly<Counts>): Counts {
  const sum = noErrors()
  for (const kind of ERROR_KINDS) sum[kind] = a[kind] + b[kind]
  return sum
}

async function addCounts (hour: string, counts: Readonly<Counts>): Promise<void> {
  const expiresAt = new Date(Date.parse(hour) + RETENTION_MS)
  await upsertOnce(async () =>
    await ErrorCount.updateOne({ _id: hour }, { $inc: counts, $setOnInsert: { expiresAt } }, { upsert: true })
  )
}

async function listErrors ({ from, until }: Period): Promise<ErrorsOfHour[]> {
  const inPeriod = mongoose.trusted({ $gte: new Date(from).toISOString(), $lt: new Date(until).toISOString() })
  const hours = await ErrorCount.find({ _id: inPeriod }).sort({ _id: 1 }).lean<StoredErrorCount[]>()
  return hours.map(({ _id, requests, jobRuns, packagings, uploads }) => ({
    hour: _id,
    requests,
    jobRuns,
    packagings,
    uploads,
  }))
}
