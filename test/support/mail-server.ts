// A real SMTP server in the process of the test.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Test } from 'tap'

export interface TestMailServer {
  readonly port: number
  /** Accepted emails, oldest first. */
  readonly received: ParsedMail[]
  /** Rejects recipients with this code; null accepts them. */
  rejectRecipients(responseCode: number | null): void
  stop(): Promise<void>
}

/** Starts a mail server without STARTTLS. @param port 0 for a free one */
export async function startMailServer (
  t: Test,
  options: SMTPServerOptions = {},
  port = 0,
): Promise<TestMailServer> {
  const received: ParsedMail[] = []
  let rejectionCode: number | null = null
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const error = Object.assign(new Error(`rejected ${address}`), { responseCode: rejectionCode ?? 0 })
      done(rejectionCode === null ? null : error)
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        received.push(mail)
        done()
      }, done)
    },
    ...options,
  })
  server.on('error', () => undefined)
  server.listen(port, '0.0.0.0')
  await once(server.server, 'listening')
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
  }
  t.teardown(stop)
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    rejectRecipients: (responseCode) => {
      rejectionCode = responseCode
    },
    stop,
  }
}
