// Metrics of streams, packaging, uploads, emails, storage, change feeds and jobs, and their table in the documentation.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { Account } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { Media } from '../../models/media.js'
import { createScheduler } from '../../src/jobs/scheduler.js'
import { measureStorage } from '../../src/storage/measured-storage.js'
import { ObjectNotFoundError, type MediaStorage } from '../../src/storage/storage.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf, startApp, type TestApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { createManualClock } from '../support/clock.js'
import { openEventStream } from '../support/event-stream.js'
import { startMailServer } from '../support/mail-server.js'
import { play, watch } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { createWebhook, LOCAL_WEBHOOKS, startReceiver } from '../webhooks/receiver.js'

type Metrics = Readonly<Record<string, number>>

async function readMetrics ({ app }: Pick<TestApp, 'app'>): Promise<Metrics> {
  const text = (await call(app, 'GET', '/metrics')).bytes.toString()
  return Object.fromEntries(
    [...text.matchAll(/^([a-z_]+(?:\{.*\})?) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  )
}

const startMetricsApp = async (t: Test, variables: Record<string, string> = {}) =>
  await startApp(t, variables, undefined, createManualClock())

t.test('the table in docs/operations.md has every metric with its labels', async (t) => {
  const { app } = await startMetricsApp(t)
  const text = (await call(app, 'GET', '/metrics')).bytes.toString()
  const registered = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)
    .filter((name) => /^(?:normflix|http)_/.test(name))
  const rows = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `((?:normflix|http)_\w+)`/gm)]
  t.strictSame(rows.map(([, name]) => name).sort(), registered.sort())
  t.ok(registered.length >= 20)
})

t.test('streams are counted while they live and when they end', async (t) => {
  const test = await startMetricsApp(t)
  const { app, clock } = test
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const before = await readMetrics(test)
  t.equal(before['normflix_uploads_total{kind="direct",result="completed"}'], 1)
  t.ok((before['normflix_uploaded_bytes_total{kind="direct"}'] ?? 0) > 1_000)
  t.equal(before['normflix_uploads_running'], 0)

  const kim = await signUp(app)
  await play(kim, movie)
  await play(kim, movie)
  t.equal((await readMetrics(test))['normflix_streams{plan="premium",max_height="2160",state="playing"}'], 2)
  await watch(kim, clock, movie, 1_000)
  clock.advance(10 * 60_000)
  t.equal((await readMetrics(test))['normflix_streams{plan="premium",max_height="2160",state="playing"}'], undefined)
  await flushExpiredLeases(containerOf(app).watching)
  t.match(await readMetrics(test), {
    'normflix_stream_ends_total{reason="stopped"}': 1,
    'normflix_stream_ends_total{reason="expired"}': 2,
  })
})

t.test('a rejected upload and a packaged file are counted', async (t) => {
  const test = await startMetricsApp(t)
  const { app } = test
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const { status } = await call(app, 'POST', `/v1/admin/movies/${movie}/media`, {
    token: admin.token,
    body: 'no media file',
    headers: { 'content-type': 'application/octet-stream' },
  })
  t.equal(status, 415)
  const { packaging } = containerOf(app)
  await packaging.processPending()
  await packaging.onIdle()
  t.match(await readMetrics(test), {
    'normflix_packaging_jobs{state="waiting"}': 0,
    'normflix_packaging_jobs{state="running"}': 0,
    'normflix_packaging_jobs{state="failed"}': 0,
    'normflix_uploads_total{kind="direct",result="failed"}': 1,
    'normflix_packaging_duration_seconds_count{result="packaged"}': 1,
    normflix_packaging_running: 0,
  })
})

t.test('packaging jobs are counted by state', async (t) => {
  const test = await startMetricsApp(t)
  const admin = await signUpAdmin(test.app)
  await Promise.all([addMovie(test.app, admin), addMovie(test.app, admin), addMovie(test.app, admin)])
  const { packaging } = containerOf(test.app)
  await packaging.processPending()
  await packaging.onIdle()
  const [first, second, third] = await Media.find().lean()
  const setHls = async (item: typeof first, fields: Record<string, unknown>): Promise<unknown> =>
    await Media.collection.updateOne({ _id: item?._id }, { $set: fields })
  const inAMinute = new Date(test.clock.now().getTime() + 60_000)
  await setHls(first, { 'files.0.hls.state': 'failed' })
  await setHls(second, { 'files.0.hls.state': 'processing', 'files.0.hls.claimedUntil': inAMinute })
  await setHls(third, { 'files.0.hls.state': 'processing', 'files.0.hls.claimedUntil': test.clock.now() })
  t.match(await readMetrics(test), {
    'normflix_packaging_jobs{state="waiting"}': 1,
    'normflix_packaging_jobs{state="running"}': 1,
    'normflix_packaging_jobs{state="failed"}': 1,
  })
})

t.test('labels of streams are bounded: unusual heights and plans that no longer exist', async (t) => {
  const test = await startMetricsApp(t)
  const { app } = test
  const movie = await addMovie(app, await signUpAdmin(app))
  const kim = await signUp(app)
  await play(kim, movie)
  await play(kim, movie)
  await AccountStreams.collection.updateMany({}, { $set: { 'leases.0.maxHeight': 777, 'leases.1.maxHeight': 778 } })
  const label = (plan: string): string => `normflix_streams{plan="${plan}",max_height="1080",state="playing"}`
  t.equal((await readMetrics(test))[label('premium')], 2)
  await Account.collection.updateOne({ email: kim.email }, { $set: { plan: 'gold' } })
  t.equal((await readMetrics(test))[label('other')], 2)
})

t.test('emails are counted by result, and those that wait', async (t) => {
  const server = await startMailServer(t)
  const test = await startMetricsApp(t, { SMTP_URL: `smtp://127.0.0.1:${server.port}` })
  await signUp(test.app)
  await containerOf(test.app).background.onIdle()
  server.rejectRecipients(451)
  await signUp(test.app)
  await containerOf(test.app).background.onIdle()
  t.match(await readMetrics(test), {
    'normflix_emails_total{result="sent"}': 1,
    'normflix_emails_total{result="postponed"}': 1,
    normflix_emails_pending: 1,
  })
})

t.test('webhooks are counted by state, and their attempts by result', async (t) => {
  const test = await startMetricsApp(t, LOCAL_WEBHOOKS)
  const admin = await signUpAdmin(test.app)
  const receiver = await startReceiver(t)
  await createWebhook(admin, receiver.url)
  const off = await createWebhook(admin, receiver.url, ['media.ready'])
  await admin.patch(`/v1/admin/webhooks/${off.id}`, { enabled: false })
  const { sender } = containerOf(test.app).webhooks
  await admin.post('/v1/admin/movies', { title: 'Alien' })
  await sender.sendDue()
  t.match(await readMetrics(test), {
    'normflix_webhook_attempts_total{result="succeeded"}': 1,
    'normflix_webhooks{state="working"}': 1,
    'normflix_webhooks{state="disabled"}': 1,
    normflix_webhook_deliveries_pending: 0,
  })
  receiver.respond(500)
  await admin.post('/v1/admin/movies', { title: 'Heat' })
  await sender.sendDue()
  t.match(await readMetrics(test), {
    'normflix_webhook_attempts_total{result="postponed"}': 1,
    'normflix_webhooks{state="failing"}': 1,
    normflix_webhook_deliveries_pending: 1,
  })
})

t.test('errors of the storage are counted by operation, missing objects are not', async (t) => {
  const test = await startMetricsApp(t)
  const failing = {
    open: async () => await Promise.reject(new Error('the disk fails')),
    stat: async () => await Promise.reject(new ObjectNotFoundError('x')),
  } as unknown as MediaStorage
  const storage = measureStorage(failing)
  await t.rejects(storage.open('x'), { message: 'the disk fails' })
  await t.rejects(storage.stat('x'), ObjectNotFoundError)
  const metrics = await readMetrics(test)
  t.equal(metrics['normflix_storage_errors_total{operation="open"}'], 1)
  t.equal(metrics['normflix_storage_errors_total{operation="stat"}'], undefined)
})

t.test('change feeds are counted while they are open and by the reason of their end', async (t) => {
  const test = await startMetricsApp(t)
  const { app } = test
  const kim = await signUp(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/v1/profiles/${kim.profileId}/changes`
  const reader = await openEventStream(url, kim.token)
  t.equal(reader.status, 200)
  t.equal((await readMetrics(test))['normflix_change_feeds'], 1)
  containerOf(app).changeFeeds.closeAll()
  while (await reader.next() !== null);
  t.match(await readMetrics(test), {
    normflix_change_feeds: 0,
    'normflix_change_feed_ends_total{reason="shutdown"}': 1,
  })
})

t.test('jobs are counted by result; a job that has not ended is skipped', async (t) => {
  const test = await startMetricsApp(t)
  let finish = (): void => undefined
  const slow = new Promise<void>((resolve) => {
    finish = resolve
  })
  const scheduler = createScheduler({ warn: () => undefined }, [
    { name: 'fast', intervalMs: 60_000, run: async () => undefined },
    { name: 'failing', intervalMs: 60_000, run: async () => await Promise.reject(new Error('no')) },
    { name: 'slow', intervalMs: 10, run: async () => await slow },
  ])
  scheduler.start()
  await new Promise((resolve) => setTimeout(resolve, 200))
  finish()
  await scheduler.stop()
  const metrics = await readMetrics(test)
  t.match(metrics, {
    'normflix_job_runs_total{job="fast",result="succeeded"}': 1,
    'normflix_job_runs_total{job="failing",result="failed"}': 1,
    'normflix_job_last_success_timestamp_seconds{job="fast"}': test.clock.now().getTime() / 1_000,
  })
  t.ok((metrics['normflix_job_runs_total{job="slow",result="skipped"}'] ?? 0) > 0)
  t.equal(metrics['normflix_job_last_success_timestamp_seconds{job="failing"}'], undefined)
})
