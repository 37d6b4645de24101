import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import t from 'tap'
import { createMailer } from '../../src/mail/mailer.js'
import { resetPasswordMessage } from '../../src/mail/templates.js'

const log = { warn: () => undefined, info: () => undefined } as never

t.test('an email that the server rejects temporarily is retried', async (t) => {
  let rejections = 2
  let received = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, done) => {
      done(rejections-- > 0 ? Object.assign(new Error('try later'), { responseCode: 451 }) : null)
    },
    onData: (stream, _session, done) => {
      stream.resume().on('end', () => {
        received++
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, mailFrom: 'a@b.example' }, log, {
    retryWaitsMs: [1, 1, 1],
    now: () => new Date(),
  })
  t.teardown(async () => {
    await mailer.close()
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
  })
  await mailer.send(resetPasswordMessage('kim@example.com', 'https://x.example/reset-password?token=t'))
  t.equal(received, 1)
  rejections = 10
  await t.rejects(
    mailer.send(resetPasswordMessage('kim@example.com', 'https://x.example/')),
    /try later/,
    'the mailer gives up after the last retry',
  )
})

t.test('values are escaped in HTML', async (t) => {
  const { html, text } = resetPasswordMessage('kim@example.com', 'https://x.example/?a="><script>alert(1)</script>')
  t.notMatch(html, /<script/)
  t.match(text, /https:\/\/x\.example/)
})
