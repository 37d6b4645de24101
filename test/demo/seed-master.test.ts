// The demo where the service encodes: one master becomes the renditions of all titles that have every clip otherwise.
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EncodingJob } from '../../models/encoding-job.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../models/media.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createIndexes } from '../../src/database/indexes.js'
import { hasAllClips, mediaPlan } from '../../src/demo/media-plan.js'
import { addMissingClips, seedMedia } from '../../src/demo/seed-media.js'
import { seedAccounts } from '../../src/demo/seed-accounts.js'
import { canEncodeDemo, createRenditionSharer, seedMaster } from '../../src/demo/seed-master.js'
import { seedCatalogue } from '../../src/demo/seed.js'
import { runChecks } from '../../src/doctor/doctor.js'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { encodeMasters } from '../media/encoding/encoding-app.js'
import { skipWithoutFfmpeg, writePrograms } from '../media/encoding/programs.js'
import { containerOf, createTestDatabase, startApp, type TestApp } from '../support/app.js'
import { call } from '../support/requests.js'

const ITEMS = mediaPlan.filter(hasAllClips)
const [FIRST_ID = '', OTHER_ID = ''] = ITEMS.map(({ itemId }) => itemId)

/** A demo without accounts, for which a master follows. */
async function startSeededApp (t: Test, variables: Record<string, string> = {}): Promise<TestApp> {
  const uri = await createTestDatabase(t)
  const dataDir = path.join(t.testdirName, 'data')
  await connectDatabase(uri)
  await createIndexes()
  await seedCatalogue(await openLocalStorage(`${dataDir}/media`), () => undefined, true)
  await disconnectDatabase()
  return await startApp(t, { DATA_DIR: dataDir, ENCODING_LADDER: '180:30:300,90:30:100', ...variables }, uri)
}

async function filesOf (itemId: string): Promise<readonly StoredMediaFile[]> {
  return (await Media.findById(itemId).lean<StoredMedia>())?.files ?? []
}

/** Heights of the active files of an item, lowest first. */
async function heightsOf (itemId: string): Promise<Array<number | null>> {
  const files = await filesOf(itemId)
  return files.filter(({ stage }) => stage === 'active').map(({ height }) => height).sort((a, b) => (a ?? 0) - (b ?? 0))
}

t.test('with ffmpeg', { timeout: 240_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  t.testdir()
  const test = await startSeededApp(t)
  const container = containerOf(test.app)
  t.ok(await canEncodeDemo({ ...container, config: { ...container.config, role: 'all' } }))
  t.notOk(await canEncodeDemo({ ...container, config: { ...container.config, role: 'api' } }), 'workers encode then')
  t.strictSame(await heightsOf(FIRST_ID), [], 'no clip takes the place of the master')

  // As on a slow machine.
  await seedMaster(container, () => {}, 0)
  for (const { itemId } of ITEMS) t.ok((await heightsOf(itemId)).includes(480), `${itemId} can be played`)
  await seedAccounts(container)
  const share = createRenditionSharer(container)
  await share()
  await encodeMasters(test)
  await share()

  t.test('encodes the master once, for all items', async (t) => {
    t.equal(await EncodingJob.countDocuments(), 1)
    const keys = new Set<string>()
    for (const { itemId } of ITEMS) {
      t.strictSame(await heightsOf(itemId), [90, 180])
      const { files = [], subtitles, thumbnails } = await Media.findById(itemId).lean<StoredMedia>() ?? {}
      t.equal(subtitles?.length, 2)
      t.match(thumbnails?.imageKey, new RegExp(`^${itemId}/`), 'thumbnails of its own')
      const renditions = files.filter(({ stage }) => stage === 'active')
      t.equal(files.length - renditions.length, 4, 'clips that are retired')
      for (const { hls, audioLanguages, storageKey } of renditions) {
        keys.add(storageKey)
        t.equal(hls.state, 'ready')
        t.strictSame(audioLanguages, ['en', 'es'])
      }
    }
    t.equal(keys.size, 2)
  })

  t.test('plays in another language by HLS', async (t) => {
    const body = { email: 'demo@normflix.test', password: 'normflix-demo' }
    const { account, accessToken: token } = (await call(test.app, 'POST', '/v1/auth/login', { body })).body
    const url = `/v1/profiles/${account.profiles[0].id}/playback`
    const request = { itemId: OTHER_ID, client: { languages: ['es'] } }
    const played = await call(test.app, 'POST', url, { token, body: request })
    t.match(played.body, { mediaFile: { height: 180 }, thumbnailsUrl: /^\// })
    const playlist = await test.app.inject({ method: 'GET', url: played.body.hlsUrl })
    t.match(playlist.payload, /LANGUAGE="es"/)
    const packages = new Set([...playlist.payload.matchAll(/([0-9a-f]{24})-(?:v|a\d)/g)].map(([, id]) => id))
    const active = (await filesOf(OTHER_ID)).filter(({ stage }) => stage === 'active')
    t.strictSame(
      [...packages].sort(),
      active.map(({ hls }) => hls.packages[0]?._id.toString()).sort(),
      'no retired clip',
    )
    const cards = await call(test.app, 'GET', `/v1/profiles/${account.profiles[0].id}/continue-watching`, { token })
    t.match(cards.body.items.map((card: any) => [card.kind, card.title.title, card.positionMs]), [
      ['resume', '2001: A Space Odyssey', 23_400],
      ['resume', 'Firefly', Number],
    ])
  })

  t.test('changes nothing when it is repeated, as after an interruption', async (t) => {
    await seedMaster(container)
    await share()
    await createRenditionSharer(container)()
    t.equal(await EncodingJob.countDocuments(), 1)
    t.strictSame(await heightsOf(FIRST_ID), [90, 180])
    t.strictSame(await heightsOf(OTHER_ID), [90, 180])
  })

  t.test('leaves the others playable when a title or the master is deleted', async (t) => {
    const [first] = ITEMS
    const { accessToken: token } = (await call(test.app, 'POST', '/v1/auth/login', {
      body: { email: 'admin@normflix.test', password: 'normflix-admin' },
    })).body
    const deleted = await call(test.app, 'DELETE', `/v1/admin/movies/${first?.titleId}`, { token })
    t.equal(deleted.status, 204)
    await createRenditionSharer(container)()
    t.strictSame(await heightsOf(OTHER_ID), [90, 180])
    const now = (): Date => new Date(test.clock.now().getTime() + 48 * 3_600_000)
    t.strictSame((await runChecks({ ...container, now }, false, () => {})).findings, [])
  })
})

t.test('when the master cannot be encoded, the clips take its place', { timeout: 180_000 }, async (t) => {
  // Makes and probes a file that no encoder accepts.
  const probed = JSON.stringify({
    streams: [{ index: 0, codec_type: 'video', codec_name: 'h264', width: 320, height: 180, avg_frame_rate: '12/1' }],
    format: { duration: '60', format_name: 'mov,mp4' },
  })
  const { ffmpegPath: FFMPEG_PATH, ffprobePath: FFPROBE_PATH } = writePrograms(
    path.join(t.testdir(), 'programs'),
    `case "$*" in *-show_format*) echo '${probed}';; ` +
      '*-f\\ tee*) exit 1;; *) for name; do :; done; echo x > $name;; esac',
  )
  const { app } = await startSeededApp(t, { FFMPEG_PATH, FFPROBE_PATH })
  const container = containerOf(app)
  const seeding = seedMaster(container)
  while (await EncodingJob.exists({ attempts: 1, state: 'waiting' }) === null) await sleep(50)
  await EncodingJob.updateOne({}, { $set: { state: 'failed' } })
  await seeding
  for (const { itemId } of ITEMS) t.strictSame(await heightsOf(itemId), [480, 1_080, 1_080, 2_160])
  t.strictSame(container.catalogue.itemFiles(OTHER_ID).length, 4, 'the catalogue has them')
  await createRenditionSharer(container)()
  t.strictSame((await heightsOf(OTHER_ID)).length, 4)
})

t.test('when the encoder is gone at the next start, the clips take its place', { timeout: 180_000 }, async (t) => {
  const uri = await createTestDatabase(t)
  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  await createIndexes()
  const storage = await openLocalStorage(t.testdir())
  const entries = ITEMS.slice(0, 2)
  await seedMedia(storage, entries, true)
  t.strictSame(await heightsOf(FIRST_ID), [])
  t.strictSame(await addMissingClips(storage, entries), entries.map(({ titleId }) => titleId))
  for (const { itemId } of entries) t.strictSame(await heightsOf(itemId), [480, 1_080, 1_080, 2_160])
  t.ok((await Media.findById(OTHER_ID).lean<StoredMedia>())?.thumbnails)
  t.strictSame(await addMissingClips(storage, entries), [], 'only once')
})
