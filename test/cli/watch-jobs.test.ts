// "normflix jobs --watch": the command without a terminal, and the table on one.
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { EncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { MarkerDetection } from '../../models/marker-detection.js'
import { watchJobs } from '../../src/cli/watch-jobs.js'
import { fail } from '../../src/errors.js'
import { ensureMedia } from '../../src/media/item-media.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { signUpAdmin } from '../support/users.js'

/** A stream that looks like a terminal of 12 lines, and what was written to it. */
function createTerminal (): { readonly output: NodeJS.WriteStream, text(): string } {
  const written: string[] = []
  const stream = new PassThrough().on('data', (chunk) => written.push(String(chunk)))
  const output = Object.assign(stream, { isTTY: true, columns: 160, rows: 12 }) as unknown as NodeJS.WriteStream
  return { output, text: () => stripVTControlCharacters(written.join('')) }
}

async function waitUntil (isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20))
}

t.test('jobs --watch', async (t) => {
  const running = await startApp(t, SECRETS)
  const admin = await signUpAdmin(running.app)
  const movie = await addMovie(running.app, admin, { title: 'Metropolis' }, [])

  const { catalogue } = containerOf(running.app)
  await ensureMedia(
    catalogue.findTitle(movie) ?? fail(new Error('not in the catalogue')),
    catalogue.findItem(movie) ?? fail(new Error('not in the catalogue')),
  )

  async function addJob (t: Test, fields: object): Promise<Types.ObjectId> {
    const _id = new Types.ObjectId()
    await EncodingJob.create({
      _id,
      item: new Types.ObjectId(movie),
      title: new Types.ObjectId(movie),
      edition: _id.toString(),
      storageKey: `${movie}/${_id.toString()}`,
      sizeBytes: 1,
      sha256: '0'.repeat(64),
      nextAttemptAt: new Date(),
      createdAt: new Date(),
      ...fields,
    })
    t.teardown(async () => await EncodingJob.deleteOne({ _id }))
    return _id
  }
  const set = async (_id: Types.ObjectId, fields: object): Promise<unknown> =>
    await EncodingJob.updateOne({ _id }, fields)

  t.test('ends at once without a job', async (t) => {
    await addJob(t, { state: 'failed', failure: { code: 'encoding-failed', text: 'An earlier failure.' } })
    t.match(await runCommand(running, ['jobs', '--watch']), { code: 0, out: 'No jobs.\n' })
    t.match(await runCommand(running, ['jobs', '--watch', '--json']), { code: 1, err: /cannot be used with/ })
  })

  t.test('prints a line for each change, and fails with a job', async (t) => {
    const good = await addJob(t, { state: 'running', progress: 0.42, attempts: 1 })
    const bad = await addJob(t, { state: 'waiting', attempts: 2 })
    const lines: string[] = []
    const { code, out } = await runCommand(running, ['jobs', '--watch'], {
      onStart (child) {
        child.stdout?.on('data', (chunk) => {
          const isFirst = lines.length === 0
          lines.push(String(chunk))
          if (!isFirst) return
          void set(good, { state: 'done', progress: 1 })
          void set(bad, {
            state: 'failed',
            attempts: 3,
            failure: { code: 'encoding-failed', text: 'It is\u001b[2J damaged.' },
          })
        })
      },
    })
    t.equal(code, 1)
    t.match(out, /^encoding {2}processing {2}█{8}░{12} {2}42% {2}attempts 1 {2}Metropolis$/m)
    t.match(out, /^encoding {2}ready {2}█{20} 100% {2}attempts 1 {2}Metropolis$/m)
    t.match(
      out,
      /^encoding {2}failed {2}░{20} {3}0% {2}attempts 3 {2}Metropolis {2}It is \[2J damaged\. .*normflix jobs retry /m,
    )
    t.equal(out.trim().split('\n').length, 4, 'nothing is repeated')
  })

  t.test('draws a table on a terminal that includes cancelled jobs, and no more rows than fit', async (t) => {
    const first = await addJob(t, { state: 'running', progress: 0.5, attempts: 1 })
    for (let i = 0; i < 10; i++) await addJob(t, { state: 'waiting' })
    const { output, text } = createTerminal()
    const { signal } = new AbortController()
    const result = watchJobs({ limit: 50, signal, output })
    await waitUntil(() => text().includes('2 more'))
    t.match(text(), /^JOB +STATE +PROGRESS +ATTEMPTS +TITLE +REASON/)
    await EncodingJob.deleteMany({ state: 'waiting' })
    await waitUntil(() => text().includes('██████████░░░░░░░░░░  50%'))
    await set(first, { state: 'cancelled' })
    t.equal(await result, 0, 'a cancelled job has not failed')
    t.match(text(), /encoding +cancelled/)
  })

  t.test('shows how the detections of markers end', async (t) => {
    const { id: titleId } = await addShow(running.app, admin, { title: 'Fawlty Towers' }, [])
    const ids: string[] = []
    for (const season of [1, 2, 3, 4]) {
      ids.push(await addMarkerDetection({ titleId, season }, { state: 'running', progress: 0.5, attempts: 1 }))
    }
    const { output, text } = createTerminal()
    const { signal } = new AbortController()
    const result = watchJobs({ limit: 50, signal, output })
    await waitUntil(() => text().includes('Fawlty Towers S4'))
    const failure = { code: 'fingerprints-unavailable', text: 'Install fpcalc.' }
    await MarkerDetection.updateOne({ _id: ids[0] }, { state: 'done' })
    await MarkerDetection.updateOne({ _id: ids[1] }, { state: 'skipped', failure })
    await MarkerDetection.deleteOne({ _id: ids[2] })
    await MarkerDetection.updateOne({ _id: ids[3] }, { state: 'failed', failure: { code: 'x', text: 'It crashed.' } })
    t.equal(await result, 1, 'a detection without its program has not failed')
    t.match(text(), /^markers +ready +█{20} 100% +1 +Fawlty Towers S1 /m)
    t.match(text(), /^markers +skipped .* Fawlty Towers S2 +Install fpcalc\./m)
    t.match(text(), /^markers +cancelled .* Fawlty Towers S3 /m)
    t.match(text(), /^markers +failed .* Fawlty Towers S4 +It crashed\. It is not retried automatically\./m)
    t.match(text().replaceAll('\n', ''), /normflix jobs retry [0-9a-f]{24}/, 'the terminal breaks the line')
  })

  t.test('shows how the steps of masters end', async (t) => {
    const job = await addJob(t, { state: 'done' })
    const kinds = ['subtitles', 'thumbnails', 'pictures', 'original'] as const
    for (const kind of kinds) await addEncodingStep(job.toString(), kind, { state: 'running', progress: 0.5 })
    t.teardown(async () => await EncodingStep.deleteMany({ job }))
    const { output, text } = createTerminal()
    const { signal } = new AbortController()
    const result = watchJobs({ limit: 50, signal, output })
    await waitUntil(() => kinds.every((kind) => text().includes(kind)))
    await EncodingStep.updateOne({ job, kind: 'subtitles' }, { state: 'done' })
    const failure = { code: 'encoding-failed', text: 'ffmpeg could not draw.' }
    await EncodingStep.updateOne({ job, kind: 'thumbnails' }, { state: 'failed', failure })
    await EncodingStep.updateOne({ job, kind: 'pictures' }, { state: 'cancelled' })
    await EncodingStep.deleteOne({ job, kind: 'original' })
    t.equal(await result, 1)
    t.match(text(), /^subtitles +ready +█{20} 100% /m)
    t.match(text(), /^thumbnails +failed .* Metropolis +ffmpeg could not draw\./m)
    t.match(text(), /^pictures +cancelled /m)
    t.match(text(), /^original +cancelled /m)
  })

  t.test('ends when it is aborted', async (t) => {
    await addJob(t, { state: 'waiting' })
    const { output, text } = createTerminal()
    const controller = new AbortController()
    const result = watchJobs({ limit: 50, signal: controller.signal, output })
    await waitUntil(() => text().includes('waiting'))
    controller.abort()
    t.equal(await result, 0)
  })
})
