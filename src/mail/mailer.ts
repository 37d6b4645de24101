// Sending mail: over SMTP where it is configured, else to the log and a list that developers can look at.
import nodemailer from 'nodemailer'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.js'

export interface EmailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface SentEmail extends EmailMessage {
  readonly at: Date
}

export interface Mailer {
  /** Sends, trying again a few times. @throws Error when the server does not take it */
  send(mail: EmailMessage): Promise<void>
  /** The last mails, newest first, where there is no SMTP server; else none. */
  listRecent(): readonly SentEmail[]
  close(): Promise<void>
}

export interface MailerOptions {
  /** Waits before each further try, ms. */
  readonly retryAfterMs?: readonly number[]
  now(): Date
}

const RETRY_AFTER_MS = [1_000, 5_000, 30_000]
const KEPT_MAILS = 50
/** A mail server that says nothing for this long is away. */
const SMTP_TIMEOUT_MS = 10_000

/** @param log is told of mails that could not be sent, without their address */
export function createMailer (
  config: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  log: Pick<FastifyBaseLogger, 'warn' | 'info'>,
  options: MailerOptions,
): Mailer {
  return config.smtpUrl === null
    ? createOutbox(log, options)
    : createSmtpMailer(config.smtpUrl, config.mailFrom, log, options)
}

function createSmtpMailer (
  url: string,
  from: string,
  log: Pick<FastifyBaseLogger, 'warn'>,
  { retryAfterMs = RETRY_AFTER_MS }: MailerOptions,
): Mailer {
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as never)
  const stopping = new AbortController()
  return {
    async send (mail) {
      for (let tries = 0;; tries++) {
        try {
          await transport.sendMail({ from, ...mail })
          return
        } catch (error) {
          const pause = retryAfterMs[tries]
          if (pause === undefined || stopping.signal.aborted) throw error
          log.warn({ err: error, tries: tries + 1 }, 'a mail could not be sent; it will be tried again')
          await wait(pause, undefined, { signal: stopping.signal })
        }
      }
    },
    listRecent: () => [],
    async close () {
      stopping.abort()
      transport.close()
    },
  }
}

function createOutbox (log: Pick<FastifyBaseLogger, 'info'>, { now }: MailerOptions): Mailer {
  const mails: SentEmail[] = []
  return {
    async send (mail) {
      mails.unshift({ ...mail, at: now() })
      mails.length = Math.min(mails.length, KEPT_MAILS)
      log.info(`no SMTP_URL: a mail is kept and not sent: ${mail.subject}`)
    },
    listRecent: () => mails,
    close: async () => {},
  }
}
