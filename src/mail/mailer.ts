// Sends emails over SMTP. Without a configured server, it stores the latest emails in memory for developers.
import nodemailer from 'nodemailer'
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

/** `unknown` before the first connection, `none` without a configured server. */
export type MailServerState = 'ok' | 'unavailable' | 'unknown' | 'none'

export interface Mailer {
  /** Makes one attempt to send an email. @throws Error when the server does not accept it */
  send(message: EmailMessage): Promise<void>
  /** Connects and logs in to the mail server, unless the last attempt succeeded. A failure is logged. */
  verifyServer(): Promise<void>
  /** Result of the last connection. */
  serverState(): MailServerState
  /** The latest emails, newest first; none when an SMTP server is configured. */
  listRecent(): readonly SentEmail[]
  close(): Promise<void>
}

const MAX_RECENT_EMAILS = 50
const SMTP_TIMEOUT_MS = 10_000
/** Mail servers and clients do not answer these emails automatically (RFC 3834). */
const HEADERS = { 'Auto-Submitted': 'auto-generated' }
/** Errors of nodemailer about the recipient, the sender or the message, as opposed to the connection. */
const MESSAGE_ERRORS = new Set(['EENVELOPE', 'EMESSAGE'])

export function createMailer (
  config: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  log: Pick<FastifyBaseLogger, 'warn' | 'info'>,
  now: () => Date,
): Mailer {
  return config.smtpUrl === null
    ? createMemoryMailer(log, now)
    : createSmtpMailer(config.smtpUrl, config.mailFrom, log)
}

function createSmtpMailer (url: string, from: string, log: Pick<FastifyBaseLogger, 'warn' | 'info'>): Mailer {
  const transport = nodemailer.createTransport({
    url: requireTls(url),
    pool: true,
    maxRequeues: 1,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as never)
  let state: MailServerState = 'unknown'
  return {
    async send (message) {
      try {
        await transport.sendMail({ from, headers: HEADERS, ...message })
        state = 'ok'
      } catch (error) {
        // A server that rejects one message still works.
        state = isAboutMessage(error) ? 'ok' : 'unavailable'
        throw error
      }
    },
    async verifyServer () {
      if (state === 'ok') return
      const before = state
      try {
        await transport.verify()
        state = 'ok'
        if (before === 'unavailable') log.info('the mail server is available again')
      } catch (error) {
        state = 'unavailable'
        if (before !== 'unavailable') log.warn(describeFailure(error), 'the mail server is unavailable; emails wait')
      }
    },
    serverState: () => state,
    listRecent: () => [],
    async close () {
      transport.close()
    },
  }
}

/**
 * Requires STARTTLS, so that credentials are not sent in clear to another machine. In nodemailer the parameters of the
 * URL have priority over options. `smtps:` encrypts from the first byte, unless a parameter says otherwise.
 */
function requireTls (url: string): string {
  const secured = new URL(url)
  const { protocol, username, password, hostname, searchParams } = secured
  const isLoopback = /^(?:.+\.)?localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$/.test(hostname)
  if ((username === '' && password === '') || isLoopback) return url
  for (const name of ['secure', 'ignoreTLS', 'opportunisticTLS', 'requireTLS']) searchParams.delete(name)
  if (protocol === 'smtp:') searchParams.set('requireTLS', 'true')
  return secured.href
}

function isAboutMessage (error: unknown): boolean {
  return MESSAGE_ERRORS.has((error as { code?: string }).code ?? '')
}

/** Whether the server has rejected the message for good (5yz of RFC 5321): another attempt gets the same response. */
export function isPermanentRejection (error: unknown): boolean {
  const { responseCode = 0 } = error as { responseCode?: number }
  return isAboutMessage(error) && responseCode >= 500
}

/** A failure for the log, without the text of the server, which may contain the recipient. */
export function describeFailure (error: unknown): { code: string | null, responseCode: number | null } {
  const { code = null, responseCode = null } = error as { code?: string, responseCode?: number }
  return { code, responseCode }
}

function createMemoryMailer (log: Pick<FastifyBaseLogger, 'info'>, now: () => Date): Mailer {
  const emails: SentEmail[] = []
  return {
    async send (message) {
      emails.unshift({ ...message, at: now() })
      emails.length = Math.min(emails.length, MAX_RECENT_EMAILS)
      log.info(`SMTP_URL is not set, so an email was not sent: ${message.subject}`)
    },
    verifyServer: async () => undefined,
    serverState: () => 'none',
    listRecent: () => emails,
    close: async () => undefined,
  }
}
