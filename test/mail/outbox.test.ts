// Emails survive greylisting, an outage and a restart; of several processes, one sends each email.
import mongoose, { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { OutboxEmail } from '../../models/outbox-email.js'
import { RETRY_WAITS_MS } from '../../src/mail/outbox.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { createManualClock } from '../support/clock.js'
import { captureLog } from '../support/log.js'
import { startMailServer } from '../support/mail-server.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'

const MINUTE_MS = 60_000

async function startMailApp (t: Test) {
  const server = await startMailServer(t)
  const clock = createManualClock()
  const variables = { SMTP_URL: `smtp://127.0.0.1:${server.port}` }
  const started = await startApp(t, variables, undefined, clock)
  const { logTo, text: logged } = captureLog()
  const restart = async () => {
    const app = await openApp({ ...started.config, logLevel: 'warn' }, started.databaseUri, { now: clock.now, logTo })
    t.teardown(async () => {
      await app.close()
    })
    return app
  }
  return { ...started, server, clock, restart, logged }
}

t.test('greylisting and restarts', async (t) => {
  const { app, server, clock, restart, logged } = await startMailApp(t)
  server.rejectRecipients(451)
  const first = await restart()
  const kim = await signUp(first)
  await containerOf(first).background.onIdle()
  t.equal(server.received.length, 0)
  t.match(await OutboxEmail.find().lean(), [{ attempts: 1, account: new Types.ObjectId(kim.accountId) }])
  t.match((await call(first, 'GET', '/health/ready')).body, { status: 'ok', mail: 'ok' })

  const text = JSON.stringify(await mongoose.connection.collection('outboxemails').find().toArray())
  t.notMatch(Buffer.from(text).toString('latin1'), /token=/, 'the stored email is encrypted')
  const stored = (await OutboxEmail.findOne().lean())!.sealed.buffer as unknown as Uint8Array
  t.notMatch(Buffer.from(stored).toString('latin1'), /token|kim|http/i)

  t.equal(await containerOf(first).outbox.sendDue(), 0, 'nothing is due before a minute')
  await first.close()
  clock.advance(MINUTE_MS)
  const second = await restart()
  t.equal(await containerOf(second).outbox.sendDue(), 0)
  server.rejectRecipients(null)
  clock.advance(2 * MINUTE_MS)
  t.equal(await containerOf(second).outbox.sendDue(), 1)
  t.match(server.received, [{ subject: /Confirm your email address/ }])
  const [, token = ''] = /token=([\w-]+)/.exec(server.received[0]?.text ?? '') ?? []
  t.equal((await call(second, 'POST', '/v1/auth/email/verify', { body: { token } })).status, 204)
  t.equal(await OutboxEmail.countDocuments(), 0)
  t.notMatch(logged(), kim.email, 'the log does not name the recipient')
  t.ok(app)
})

t.test('an email is tried twelve times within a day', async (t) => {
  const { app, server, clock } = await startMailApp(t)
  server.rejectRecipients(451)
  const { outbox } = containerOf(app)
  await outbox.send(new Types.ObjectId(), { to: 'kim@example.com', subject: 's', text: 't', html: 'h' })
  const start = clock.now().getTime()
  for (const waitMs of RETRY_WAITS_MS) {
    t.equal(await OutboxEmail.countDocuments(), 1)
    clock.advance(waitMs - 1)
    const { attempts } = (await OutboxEmail.findOne().lean())!
    await outbox.sendDue()
    t.equal((await OutboxEmail.findOne().lean())!.attempts, attempts, 'not due yet')
    clock.advance(1)
    await outbox.sendDue()
  }
  t.equal(RETRY_WAITS_MS.length, 11)
  t.ok(clock.now().getTime() - start < 24 * 60 * MINUTE_MS)
  t.equal(await OutboxEmail.countDocuments(), 0, 'the email is given up')
})

t.test('a final rejection is not repeated', async (t) => {
  const { app, server } = await startMailApp(t)
  server.rejectRecipients(550)
  await containerOf(app).outbox.send(new Types.ObjectId(), { to: 'x@example.com', subject: 's', text: 't', html: 'h' })
  t.equal(await OutboxEmail.countDocuments(), 0)
})

t.test('a link that has expired is not sent any more', async (t) => {
  const { app, server, clock } = await startMailApp(t)
  const kim = await signUp(app)
  const { background, outbox } = containerOf(app)
  await background.onIdle()
  server.received.length = 0
  server.rejectRecipients(451)
  await call(app, 'POST', '/v1/auth/password/forgot', { body: { email: kim.email } })
  await background.onIdle()
  t.equal(await OutboxEmail.countDocuments(), 1)
  server.rejectRecipients(null)
  clock.advance(30 * MINUTE_MS)
  await outbox.sendDue()
  t.equal(server.received.length, 0)
  t.equal(await OutboxEmail.countDocuments(), 0)
})

t.test('of two processes, one sends each email, also after a process died during an attempt', async (t) => {
  const { app, server, clock, restart } = await startMailApp(t)
  const other = await restart()
  server.rejectRecipients(451)
  const count = 20
  for (let n = 0; n < count; n++) {
    const message = { to: `kim${n}@example.com`, subject: String(n), text: 't', html: 'h' }
    await containerOf(app).outbox.send(new Types.ObjectId(), message)
  }
  // The attempts of a process that died are claimed for five minutes.
  await OutboxEmail.updateMany({}, { $set: { nextAttemptAt: new Date(clock.now().getTime() + 5 * MINUTE_MS) } })
  server.rejectRecipients(null)
  clock.advance(5 * MINUTE_MS - 1)
  t.equal(await containerOf(other).outbox.sendDue(), 0)
  clock.advance(1)
  const outboxes = [app, other, app, other].map((one) => containerOf(one).outbox)
  const sent = await Promise.all(outboxes.map(async ({ sendDue }) => await sendDue()))
  t.equal(sent.reduce((sum, n) => sum + n, 0), count)
  t.equal(server.received.length, count)
  t.equal(new Set(server.received.map(({ subject }) => subject)).size, count)
})

t.test('an outage', async (t) => {
  const { app, server, clock } = await startMailApp(t)
  await server.stop()
  const kim = await signUp(app)
  const { background, outbox, mailer } = containerOf(app)
  await background.onIdle()
  const ready = await call(app, 'GET', '/health/ready')
  t.strictSame([ready.status, ready.body], [200, { status: 'ok', mail: 'unavailable' }])
  const restarted = await startMailServer(t, {}, server.port)
  clock.advance(MINUTE_MS)
  t.equal(await outbox.sendDue(), 1)
  t.equal(mailer.serverState(), 'ok')
  t.match(JSON.stringify(restarted.received[0]?.to), kim.email)
})

t.test('an email that cannot be decrypted is dropped', async (t) => {
  const { app, server, clock } = await startMailApp(t)
  server.rejectRecipients(451)
  const { outbox } = containerOf(app)
  await outbox.send(new Types.ObjectId(), { to: 'kim@example.com', subject: 's', text: 't', html: 'h' })
  await OutboxEmail.updateMany({}, { $set: { sealed: Buffer.alloc(64) } })
  server.rejectRecipients(null)
  clock.advance(MINUTE_MS)
  t.equal(await outbox.sendDue(), 0)
  t.equal(await OutboxEmail.countDocuments(), 0)
})
