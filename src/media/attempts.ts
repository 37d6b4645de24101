// Attempts at background work whose state is stored: encodings, the steps of masters, and detections of markers. A
// process claims the work. After a crash the claim expires, and an attempt of any process follows.
import mongoose, { Types, type Model } from 'mongoose'
import { MAX_LOG_TAIL_CHARACTERS, NOT_CLAIMED, type StoredWork } from '../../models/attempt.js'
import type { StoredFailure } from '../../models/media-file.js'
import { acquireClaim, type Claim } from '../database/claims.js'
import { ProgramStoppedError } from './encoding/run-program.js'

/** After this many attempts work fails, until it is requested again. */
export const MAX_ATTEMPTS = 3
/** Crashes of work that is resumed: what else its process did may have caused them. */
export const MAX_CRASHES = 50
const FIRST_RETRY_MS = 60_000
const RETRY_FACTOR = 4
export const CLAIM_TTL_MS = 60_000
export const CLAIM_RENEWAL_INTERVAL_MS = 2_000

const LONGEST_WAITING = { nextAttemptAt: 1, _id: 1 } as const

export interface RunningAttempt<Work extends StoredWork> {
  readonly job: Work
  /** ID of this attempt. */
  readonly claimId: Types.ObjectId
  progress: number
}

export interface AttemptFailure {
  readonly failure: StoredFailure
  readonly logTail?: string
  /** Another attempt would fail too. */
  readonly isFinal?: boolean
}

export interface Wait<Work extends StoredWork> {
  readonly failure: StoredFailure | null
  /** Time until the next attempt, ms. */
  readonly delayMs: number
  /** By default `waiting`. */
  readonly state?: Work['state']
}

export interface AttemptOptions<Work extends StoredWork> {
  /** States in which an attempt can start, once it is due. */
  readonly dueStates: ReadonlyArray<Work['state']>
  /** Whether the attempt that takes over work after a crash is the same one, of a model with the field `crashes`. */
  readonly isResumed?: (job: Work) => boolean
  /** Whether the next attempt starts where this one ends. */
  readonly keepsProgress?: (job: Work) => boolean
}

/** The stored attempts of one kind of work. Writes of an attempt have no effect once its claim is lost. */
export interface Attempts<Work extends StoredWork> {
  /** The work that can be claimed now, without its logs, the longest waiting first. */
  listDue(now: Date): Promise<Work[]>
  /** IDs of the work that can be claimed now, the longest waiting first. */
  listDueIds(now: Date): Promise<string[]>
  /**
   * Claims work.
   * @param onLost called when it was cancelled, changed or deleted, or another process took it over
   * @returns null if it is not due, or another process has claimed it
   */
  claim(running: RunningAttempt<Work>, now: () => Date, onLost: () => void): Promise<Claim | null>
  /** Whether work that is not claimed yet ended with too many crashes. */
  hasCrashedTooOften(job: Work): boolean
  /** Whether an attempt has its claim: another one must not store what it found. */
  hasClaim(running: RunningAttempt<Work>): Promise<boolean>
  /** IDs of the running attempts, whose scratch folders are in use. */
  findClaims(): Promise<string[]>
  /** Updates the work of an attempt. @returns false if the claim was lost */
  update(running: RunningAttempt<Work>, update: object): Promise<boolean>
  /** Ends the work. @param fields what it resulted in. @returns false if the claim was lost */
  saveSuccess(running: RunningAttempt<Work>, fields?: object): Promise<boolean>
  /** Waits for something outside of the work: the attempt does not count. */
  saveWait(running: RunningAttempt<Work>, wait: Wait<Work>, now: Date): Promise<void>
  /** The work waits for the next attempt, unless this was the last. */
  saveFailure(running: RunningAttempt<Work>, failure: AttemptFailure, now: Date): Promise<void>
  /** The earlier attempts ended with a crash; this one has not begun, and does not count. */
  saveTooManyCrashes(running: RunningAttempt<Work>, failure: StoredFailure): Promise<void>
}

/** Time until the next attempt, ms. @param attempts that failed, at least 1 */
export function retryDelayMs (attempts: number): number {
  return FIRST_RETRY_MS * RETRY_FACTOR ** (Math.max(1, attempts) - 1)
}

/** Fields of work that starts again. A running attempt loses its claim, and stops. */
export const restartedFields = (nextAttemptAt: Date) => ({
  state: 'waiting' as const,
  attempts: 0,
  crashes: 0,
  nextAttemptAt,
  progress: 0,
  failure: null,
  logTail: '',
  claim: null,
  claimedUntil: NOT_CLAIMED,
})

/** @param workModel the model of `Work` */
export function createAttempts<Work extends StoredWork> (
  workModel: { readonly modelName: string },
  { dueStates, isResumed = () => false, keepsProgress = () => false }: AttemptOptions<Work>,
): Attempts<Work> {
  // The types of models differ by their virtuals.
  const model = workModel as unknown as Model<Work>
  const isDue = (now: Date): object => ({
    state: mongoose.trusted({ $in: dueStates }),
    nextAttemptAt: mongoose.trusted({ $lte: now }),
    claimedUntil: mongoose.trusted({ $lte: now }),
  })
  const progressAtNextAttempt = ({ job, progress }: RunningAttempt<Work>): number => keepsProgress(job) ? progress : 0

  /** Fields of an attempt that has ended. */
  const ended = (state: Work['state'], progress: number) => ({
    state,
    progress,
    claim: null,
    claimedUntil: NOT_CLAIMED,
  })

  async function updateOwn ({ job: { _id }, claimId }: RunningAttempt<Work>, update: object): Promise<boolean> {
    const { matchedCount } = await model.updateOne({ _id, claim: claimId } as never, update)
    return matchedCount > 0
  }

  return {
    async listDue (now) {
      return await model.find(isDue(now) as never).select('-logTail').sort(LONGEST_WAITING).lean<Work[]>()
    },
    async listDueIds (now) {
      const due = await model.find(isDue(now) as never).select('_id').sort(LONGEST_WAITING).lean<Work[]>()
      return due.map(({ _id }) => _id.toString())
    },
    async claim (running, now, onLost) {
      const { job, claimId } = running
      running.progress = progressAtNextAttempt(running)
      return await acquireClaim({
        async acquire (claimedUntil) {
          const { modifiedCount } = await model.updateOne({ _id: job._id, ...isDue(now()) } as never, {
            $set: { state: 'running', claim: claimId, claimedUntil, progress: running.progress },
            $inc: isResumed(job) ? { crashes: 1 } : { attempts: 1 },
          } as never)
          return modifiedCount > 0
        },
        renew: async (claimedUntil) => await updateOwn(running, { $set: { claimedUntil, progress: running.progress } }),
        async release () {
          // The process is stopping: the attempt does not count.
          await updateOwn(running, {
            $set: ended('waiting', progressAtNextAttempt(running)),
            $inc: { attempts: -1 },
          })
        },
      }, { ttlMs: CLAIM_TTL_MS, renewalIntervalMs: CLAIM_RENEWAL_INTERVAL_MS, now, onReleaseRequested: onLost })
    },
    hasCrashedTooOften (job) {
      return isResumed(job) ? (job.crashes ?? 0) >= MAX_CRASHES : job.attempts >= MAX_ATTEMPTS
    },
    async hasClaim ({ job: { _id }, claimId }) {
      return await model.exists({ _id, claim: claimId } as never) !== null
    },
    async findClaims () {
      const running = await model.find({ state: 'running' } as never).select('claim').lean<Work[]>()
      return running.flatMap(({ claim }) => claim?.toString() ?? [])
    },
    update: updateOwn,
    async saveSuccess (running, fields = {}) {
      return await updateOwn(running, { $set: { ...ended('done', 1), failure: null, logTail: '', ...fields } })
    },
    async saveWait (running, { failure, delayMs, state = 'waiting' }, now) {
      const nextAttemptAt = new Date(now.getTime() + delayMs)
      await updateOwn(running, {
        $set: { ...ended(state, progressAtNextAttempt(running)), failure, logTail: '', nextAttemptAt },
        $inc: { attempts: -1 },
      })
    },
    async saveFailure (running, { failure, logTail = '', isFinal = false }, now) {
      const attempts = running.job.attempts + (isResumed(running.job) ? 0 : 1)
      const hasFailed = isFinal || attempts >= MAX_ATTEMPTS
      await updateOwn(running, {
        $set: {
          ...ended(hasFailed ? 'failed' : 'waiting', hasFailed ? 0 : progressAtNextAttempt(running)),
          failure,
          logTail: logTail.slice(-MAX_LOG_TAIL_CHARACTERS),
          nextAttemptAt: new Date(now.getTime() + retryDelayMs(attempts)),
        },
      })
    },
    async saveTooManyCrashes (running, failure) {
      const counted = isResumed(running.job) ? { crashes: -1 } : { attempts: -1 }
      await updateOwn(running, { $set: { ...ended('failed', 0), failure, logTail: '' }, $inc: counted })
    },
  }
}

export interface AttemptRun<Work extends StoredWork> {
  readonly attempts: Attempts<Work>
  readonly now: () => Date
  /** Aborts when the process stops. */
  readonly shutdown: AbortSignal
  readonly tooManyCrashes: StoredFailure
  /**
   * Does the work, and saves its success.
   * @param signal aborts when the process stops, or the claim is lost
   */
  run(running: RunningAttempt<Work>, signal: AbortSignal): Promise<void>
  /** Saves why an attempt failed, or why it waits. */
  saveError(running: RunningAttempt<Work>, error: unknown): Promise<void>
}

/**
 * Runs one attempt if the work can be claimed. An attempt that stops with its process does not count.
 * @throws errors of the database; the claim expires then
 */
export async function runAttempt<Work extends StoredWork> (
  { attempts, now, shutdown, tooManyCrashes, run, saveError }: AttemptRun<Work>,
  job: Work,
): Promise<void> {
  const running: RunningAttempt<Work> = { job, claimId: new Types.ObjectId(), progress: job.progress }
  const claimLost = new AbortController()
  const claim = await attempts.claim(running, now, () => {
    claimLost.abort()
  })
  if (claim === null) return
  try {
    if (attempts.hasCrashedTooOften(job)) await attempts.saveTooManyCrashes(running, tooManyCrashes)
    else await run(running, AbortSignal.any([shutdown, claimLost.signal]))
  } catch (error) {
    if (error instanceof ProgramStoppedError || shutdown.aborted) await claim.release()
    else await saveError(running, error)
  } finally {
    await claim.stopRenewing()
  }
}

export interface AttemptQueue {
  /** Runs the work that is due, one after the other. */
  start(): void
  /** Resolves when nothing runs. */
  onIdle(): Promise<void>
}

export interface QueuedWork<Work> {
  listDue(): Promise<readonly Work[]>
  run(job: Work): Promise<void>
  /** Receives errors of the database. The work stays due. */
  onError(error: unknown): void
  readonly shutdown: AbortSignal
}

/** A queue of this process. Work that becomes due while it runs follows after the next `start`. */
export function createAttemptQueue<Work> ({ listDue, run, onError, shutdown }: QueuedWork<Work>): AttemptQueue {
  let running: Promise<void> | null = null
  let isRequested = false

  async function runDue (): Promise<void> {
    while (isRequested && !shutdown.aborted) {
      isRequested = false
      for (const job of await listDue()) {
        if (shutdown.aborted) return
        await run(job).catch(onError)
      }
    }
  }

  function start (): void {
    isRequested = true
    running ??= runDue().catch(onError).finally(() => {
      running = null
      // Requested after the last list was read.
      if (isRequested && !shutdown.aborted) start()
    })
  }

  return {
    start,
    async onIdle () {
      for (let current = running; current !== null; current = running) await current
    },
  }
}
