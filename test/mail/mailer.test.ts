import t from 'tap'
import { createMailer, isPermanentRejection } from '../../src/mail/mailer.js'
import { resetPasswordMessage } from '../../src/mail/templates.js'
import { startMailServer } from '../support/mail-server.js'

const message = resetPasswordMessage('kim@example.com', 'https://x.example/reset-password?token=t')

function createTestMailer (smtpUrl: string) {
  const lines: Array<readonly [level: string, details: object | string]> = []
  const log = {
    warn: (details: object) => lines.push(['warn', details]),
    info: (details: object | string) => lines.push(['info', details]),
  }
  return { lines, mailer: createMailer({ smtpUrl, mailFrom: 'a@b.example' }, log as never, () => new Date()) }
}

t.test('an email is marked as generated', async (t) => {
  const { port, received } = await startMailServer(t)
  const { mailer } = createTestMailer(`smtp://127.0.0.1:${port}`)
  t.teardown(mailer.close)
  await mailer.send(message)
  t.equal(received[0]?.headers.get('auto-submitted'), 'auto-generated')
  t.equal(mailer.serverState(), 'ok')
})

t.test('a rejection of the message is final with 5yz only, and says nothing about the server', async (t) => {
  const { port, rejectRecipients } = await startMailServer(t)
  const { mailer } = createTestMailer(`smtp://127.0.0.1:${port}`)
  t.teardown(mailer.close)
  for (const [code, isFinal] of [[451, false], [450, false], [550, true], [553, true]] as const) {
    rejectRecipients(code)
    const error = await mailer.send(message).then(() => null, (reason: unknown) => reason)
    t.equal(isPermanentRejection(error), isFinal, String(code))
    t.equal(mailer.serverState(), 'ok')
  }
})

t.test('credentials are sent in clear to the own machine only', async (t) => {
  const logins: string[] = []
  const { port, received } = await startMailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username = '' }, _session, done) => {
      logins.push(username)
      done(null, { user: username })
    },
  })
  const local = createTestMailer(`smtp://kim:secret@127.0.0.1:${port}`).mailer
  t.teardown(local.close)
  await local.send(message)
  t.strictSame(logins, ['kim'])
  // Linux connects to this machine, but the address is not a loopback address.
  for (
    const query of ['', '?requireTLS=false', '?ignoreTLS=true', '?opportunisticTLS=true', '?secure=false&requireTLS=0']
  ) {
    const { mailer } = createTestMailer(`smtp://kim:secret@0.0.0.0:${port}${query}`)
    t.teardown(mailer.close)
    const error = await mailer.send(message).then(() => null, (reason: unknown) => reason)
    t.match(error, { code: 'ETLS' }, query)
    t.equal(isPermanentRejection(error), false, 'it is a fault of the configuration')
    t.equal(mailer.serverState(), 'unavailable')
  }
  t.equal(logins.length, 1, 'the password was not sent')
  t.equal(received.length, 1)
  const withoutPassword = await startMailServer(t)
  const { mailer } = createTestMailer(`smtp://0.0.0.0:${withoutPassword.port}`)
  t.teardown(mailer.close)
  await mailer.send(message)
  t.equal(withoutPassword.received.length, 1, 'without credentials TLS is optional')
})

t.test('the server is verified, with one line in the log per change', async (t) => {
  const server = await startMailServer(t)
  const { mailer, lines } = createTestMailer(`smtp://127.0.0.1:${server.port}`)
  t.teardown(mailer.close)
  t.equal(mailer.serverState(), 'unknown')
  await server.stop()
  await mailer.verifyServer()
  await mailer.verifyServer()
  t.equal(mailer.serverState(), 'unavailable')
  t.equal(lines.length, 1)
  t.match(lines[0], ['warn', { code: 'ESOCKET' }])
  await startMailServer(t, {}, server.port)
  await mailer.verifyServer()
  t.equal(mailer.serverState(), 'ok')
  t.match(lines[1], ['info'])
})

t.test('values are escaped in HTML', async (t) => {
  const { html, text } = resetPasswordMessage('kim@example.com', 'https://x.example/?a="><script>alert(1)</script>')
  t.notMatch(html, /<script/)
  t.match(text, /https:\/\/x\.example/)
})
