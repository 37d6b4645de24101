// Sends emails over SMTP. Without a configured server, it keeps the latest emails in memory for developers.
import nodemailer from 'nodemailer'
import { setTimeout as sleep } from 'node:timers/promises'
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
  /** Sends an email, with retries. @throws Error when the server does not accept it */
  send(message: EmailMessage): Promise<void>
  /** The latest emails, newest first; none when an SMTP server is configured. */
  listRecent(): readonly SentEmail[]
  close(): Promise<void>
}

export interface MailerOptions {
  /** Waits before each retry, ms. */
  readonly retryWaitsMs?: readonly number[]
  now(): Date
}

const RETRY_WAITS_MS = [1_000, 5_000, 30_000]
const MAX_RECENT_EMAILS = 50
const SMTP_TIMEOUT_MS = 10_000

/** @param log receives failures, without the recipient */
export function createMailer (
  config: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  log: Pick<FastifyBaseLogger, 'warn' | 'info'>,
  options: MailerOptions,
): Mailer {
  return config.smtpUrl === null
    ? createMemoryMailer(log, options)
    : createSmtpMailer(config.smtpUrl, config.mailFrom, log, options)
}

function createSmtpMailer (
  url: string,
  from: string,
  log: Pick<FastifyBaseLogger, 'warn'>,
  { retryWaitsMs = RETRY_WAITS_MS }: MailerOptions,
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
  const closing = new AbortController()
  return {
    async send (message) {
      for (let attempt = 1;; attempt++) {
        try {
          await transport.sendMail({ from, ...message })
          return
        } catch (error) {
          const waitMs = retryWaitsMs[attempt - 1]
          if (waitMs === undefined || closing.signal.aborted) throw error
          log.warn({ err: error, attempt }, 'an email was not sent; it will be retried')
          await sleep(waitMs, undefined, { signal: closing.signal })
        }
      }
    },
    listRecent: () => [],
    async close () {
      closing.abort()
      transport.close()
    },
  }
}

function createMemoryMailer (log: Pick<FastifyBaseLogger, 'info'>, { now }: MailerOptions): Mailer {
  const emails: SentEmail[] = []
  return {
    async send (message) {
      emails.unshift({ ...message, at: now() })
      emails.length = Math.min(emails.length, MAX_RECENT_EMAILS)
      log.info(`SMTP_URL is not set, so an email was not sent: ${message.subject}`)
    },
    listRecent: () => emails,
    close: async () => {},
  }
}
