// Background packaging: claims between processes, recovery after crashes, and clean-up after failures.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { Media } from '../../../models/media.js'
import { createMediaPackager } from '../../../src/media/packaging/packager.js'
import { createPackaging, type Packaging } from '../../../src/media/packaging/packaging.js'
import { packagePrefix } from '../../../src/media/object-cleanup.js'
import { startApp, containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp, signUpAdmin } from '../../support/users.js'
import { createVp8Clip, withInvalidSampleSize } from '../clips.js'

async function packageAll (packaging: Packaging): Promise<void> {
  await packaging.processPending()
  await packaging.onIdle()
}

/** The packaging of another process with the same database and storage. */
function startSecondProcess (t: Test, app: FastifyInstance): Packaging {
  const packaging = createPackaging(containerOf(app), createMediaPackager())
  t.teardown(async () => {
    await packaging.close()
  })
  return packaging
}

t.test('packaging in the background', async (t) => {
  const { app, clock, config } = await startApp(t)
  const { packaging, catalogue, storage } = containerOf(app)
  const admin = await signUpAdmin(app)
  const fileOf = (movie: string) => catalogue.itemFiles(movie)[0]!
  const send = async (movie: string, bytes: Buffer) =>
    await call(app, 'POST', `/v1/admin/movies/${movie}/media`, {
      token: admin.token,
      body: bytes,
      headers: { 'content-type': 'video/mp4' },
    })

  t.test('a file that a crashed process had claimed is packaged after the claim expires', async (t) => {
    const movie = await addMovie(app, admin)
    const file = fileOf(movie)
    const crashedClaim = new Types.ObjectId()
    await Media.updateOne({ _id: movie }, {
      $set: {
        'files.$[file].hls.claim': crashedClaim,
        'files.$[file].hls.claimedUntil': new Date(clock.now().getTime() + 60_000),
        'files.$[file].hls.progress': 0.4,
      },
    }, { arrayFilters: [{ 'file._id': new Types.ObjectId(file.id) }] })
    await catalogue.reloadTitle(movie)
    const orphanedKey = `${packagePrefix(file.id, crashedClaim)}/v.mp4`
    const writer = await storage.create(orphanedKey)
    writer.stream.write('half a movie')
    await writer.commit()
    await packageAll(packaging)
    t.match(fileOf(movie).hls, { state: 'processing', progress: 0.4 }, 'the claim has not expired')
    clock.advance(61_000)
    await packageAll(packaging)
    t.match(fileOf(movie).hls, { state: 'ready', progress: 1, claim: null, packages: [{ audioCount: 1 }] })
    t.equal(await storage.stat(orphanedKey), null, 'its objects are removed')
  })

  t.test('two processes package a file once', async (t) => {
    const movie = await addMovie(app, admin)
    const other = startSecondProcess(t, app)
    await Promise.all([packaging.processPending(), other.processPending()])
    await Promise.all([packaging.onIdle(), other.onIdle()])
    t.equal(fileOf(movie).hls!.packages.length, 1)
    t.match(fileOf(movie).hls, { state: 'ready' })
  })

  t.test('eager packaging packages an upload immediately', async (t) => {
    const movie = await addMovie(app, admin)
    const eager = startSecondProcess(t, app)
    eager.enqueue(movie, fileOf(movie).id)
    await eager.onIdle()
    t.match(fileOf(movie).hls, { state: 'ready' })
  })

  t.test('a file that is found to be damaged fails and is hidden from members; packaging continues', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    t.match(
      await send(movie, withInvalidSampleSize()),
      { status: 201, body: { state: 'ready' } },
      'probing finds no damage',
    )
    const good = await addMovie(app, admin)
    await packageAll(packaging)
    const { body } = await admin.get(`/v1/movies/${movie}`)
    t.match(body.mediaFiles, [{
      state: 'failed',
      failure: { code: 'damaged', text: String },
      hls: { state: 'failed', reason: { code: 'damaged' } },
    }])
    const kim = await signUp(app)
    t.strictSame((await kim.get(`/v1/movies/${movie}`)).body.mediaFiles, [])
    t.match((await play(kim, movie)).body, { code: 'no-media' })
    t.match(fileOf(good).hls, { state: 'ready' })
  })

  t.test('a file that HLS does not support is played as a file', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    t.match(await send(movie, await createVp8Clip()), { status: 201 })
    await packageAll(packaging)
    t.match((await admin.get(`/v1/movies/${movie}`)).body.mediaFiles, [{
      state: 'ready',
      failure: null,
      hls: { state: 'failed', reason: { code: 'picture-codec' } },
    }])
    t.match((await play(await signUp(app), movie)).body, { url: String, hlsUrl: null })
  })

  t.test('a movie that is deleted during packaging leaves no objects', async (t) => {
    const movie = await addMovie(app, admin)
    const { id } = fileOf(movie)
    const packing = packageAll(packaging)
    await admin.delete(`/v1/admin/movies/${movie}`)
    await packing
    t.equal(await Media.findById(movie), null)
    const remaining = readdirSync(path.join(config.dataDir, 'media'), { recursive: true }).map(String)
    t.strictSame(remaining.filter((name) => name.includes(id)), [])
  })

  t.test('after a storage failure the next run packages the file', async (t) => {
    const movie = await addMovie(app, admin)
    const broken = createPackaging({
      ...containerOf(app),
      storage: {
        ...storage,
        create: async () => {
          throw new Error('no space left')
        },
      },
    }, createMediaPackager())
    await packageAll(broken)
    await broken.close()
    t.match(fileOf(movie).hls, { state: 'processing' })
    await packageAll(packaging)
    t.match(fileOf(movie).hls, { state: 'ready' })
  })
})
