// Stores emails until the mail server accepts them, so that greylisting, an outage or a restart loses none. The process
// that stores an email sends it at once; a job repeats failed attempts. Of several processes, one sends an email.
import mongoose, { Types } from 'mongoose'
import type { FastifyBaseLogger } from 'fastify'
import { OutboxEmail, type StoredOutboxEmail } from '../../models/outbox-email.js'
import type { KeyRing } from '../security/key-ring.js'
import { openText, sealText } from '../security/sealed-text.js'
import { publishMeasurement } from '../measurements.js'
import { describeFailure, isPermanentRejection, type EmailMessage, type Mailer } from './mailer.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** 12 attempts within 24 hours. Greylisting accepts an attempt after 1 to 15 minutes. */
export const RETRY_WAITS_MS: readonly number[] = [
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  40 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
  9 * HOUR_MS,
]
/** Longer than an attempt takes. After it, the process is considered dead and another one repeats the attempt. */
const CLAIM_TTL_MS = 5 * MINUTE_MS
const SEND_BATCH_SIZE = 100

export interface Outbox {
  /**
   * Stores an email and tries to send it. A failed attempt is repeated later.
   * @param expiresAt when the message loses its purpose; 24 hours from now by default
   */
  send(account: Types.ObjectId, message: EmailMessage, expiresAt?: Date): Promise<void>
  /** Sends emails that are due, one batch per call. @returns the number of emails that were sent */
  sendDue(): Promise<number>
}

interface OutboxDeps {
  readonly keys: KeyRing
  readonly mailer: Mailer
  /** Receives failures, without recipients. */
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  now(): Date
}

export function createOutbox ({ keys, mailer, log, now }: OutboxDeps): Outbox {
  const inMs = (ms: number): Date => new Date(now().getTime() + ms)

  async function remove ({ _id }: StoredOutboxEmail): Promise<void> {
    await OutboxEmail.deleteOne({ _id })
  }

  /** Starts an attempt, unless another process has started it. @returns the claimed email */
  async function claim (email: StoredOutboxEmail): Promise<StoredOutboxEmail | null> {
    const { _id, nextAttemptAt } = email
    const claimedUntil = inMs(CLAIM_TTL_MS)
    const attempt = { $set: { nextAttemptAt: claimedUntil }, $inc: { attempts: 1 } }
    const { modifiedCount } = await OutboxEmail.updateOne({ _id, nextAttemptAt }, attempt)
    return modifiedCount === 0 ? null : { ...email, nextAttemptAt: claimedUntil, attempts: email.attempts + 1 }
  }

  /** Makes a claimed attempt. @returns whether the mail server responds */
  async function attemptToSend (email: StoredOutboxEmail, message: EmailMessage): Promise<boolean> {
    try {
      await mailer.send(message)
    } catch (error) {
      await handleFailure(email, error)
      return isPermanentRejection(error)
    }
    publishMeasurement('email', { result: 'sent' })
    await remove(email)
    return true
  }

  async function handleFailure (email: StoredOutboxEmail, error: unknown): Promise<void> {
    const details = { ...describeFailure(error), email: email._id.toString(), attempt: email.attempts }
    const waitMs = RETRY_WAITS_MS[email.attempts - 1]
    if (isPermanentRejection(error)) {
      publishMeasurement('email', { result: 'rejected' })
      log.error(details, 'the mail server rejected an email; it is not sent again')
      await remove(email)
    } else if (waitMs === undefined || inMs(waitMs) >= email.expiresAt) {
      publishMeasurement('email', { result: 'expired' })
      log.error(details, 'an email could not be sent in time; it is not sent again')
      await remove(email)
    } else {
      publishMeasurement('email', { result: 'postponed' })
      log.warn({ ...details, waitMs }, 'an email was not sent; it will be sent again')
      const { _id, nextAttemptAt } = email
      await OutboxEmail.updateOne({ _id, nextAttemptAt }, { $set: { nextAttemptAt: inMs(waitMs) } })
    }
  }

  function readMessage (email: StoredOutboxEmail): EmailMessage | null {
    try {
      return JSON.parse(openText(keys, 'outbox', email._id.toString(), email)) as EmailMessage
    } catch (error) {
      log.error({ err: error, email: email._id.toString() }, 'a stored email cannot be decrypted; it is not sent')
      return null
    }
  }

  return {
    async send (account, message, expiresAt = inMs(DAY_MS)) {
      const _id = new Types.ObjectId()
      const email: StoredOutboxEmail = {
        _id,
        account,
        ...sealText(keys, 'outbox', _id.toString(), JSON.stringify(message)),
        attempts: 1,
        nextAttemptAt: inMs(CLAIM_TTL_MS),
        createdAt: now(),
        expiresAt,
      }
      await OutboxEmail.create(email)
      await attemptToSend(email, message)
    },
    async sendDue () {
      const due = await OutboxEmail.find({ nextAttemptAt: mongoose.trusted({ $lte: now() }) })
        .limit(SEND_BATCH_SIZE).lean<StoredOutboxEmail[]>()
      let sent = 0
      for (const { sealed, ...found } of due) {
        // A lean read returns the binary type of the driver.
        const email = await claim({ ...found, sealed: Buffer.from(sealed.buffer as unknown as Uint8Array) })
        if (email === null) continue
        const message = email.expiresAt <= now() ? null : readMessage(email)
        if (message === null) await remove(email)
        else if (await attemptToSend(email, message)) sent++
        // The others wait for the next run: a server that does not respond costs a timeout each time.
        else break
      }
      return sent
    },
  }
}
