// Packaging in the background: taken up after a crash, once however many processes, and nothing is left of what went wrong.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { Media } from '../../../models/media.js'
import { createMediaPackager } from '../../../src/media/packaging/packager.js'
import { createPackaging, type Packaging } from '../../../src/media/packaging/packaging.js'
import { packagePrefix } from '../../../src/media/object-cleanup.js'
import { addMovie, call, play, signUp, signUpAdmin, startApp, containerOf } from '../../helper.js'
import { vp8Film, withLyingSample } from '../clips.js'

async function settle (packaging: Packaging): Promise<void> {
  await packaging.processPending()
  await packaging.onIdle()
}

/** Another process that packages on the same database and storage. */
function secondProcess (t: Test, app: FastifyInstance): Packaging {
  const { catalogue, storage, log, now } = containerOf(app)
  const packaging = createPackaging({ catalogue, storage, log, now }, createMediaPackager())
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

  t.test('what a process that died had begun is taken up when its claim has lapsed', async (t) => {
    const movie = await addMovie(app, admin)
    const file = fileOf(movie)
    const dead = new Types.ObjectId()
    await Media.updateOne({ _id: movie }, {
      $set: {
        'files.0.hls.claim': dead,
        'files.0.hls.claimedUntil': new Date(clock.now().getTime() + 60_000),
        'files.0.hls.progress': 0.4,
      },
    })
    await catalogue.reloadTitle(movie)
    const leftover = `${packagePrefix(file.id, dead)}/v.mp4`
    const writer = await storage.create(leftover)
    writer.stream.write('half a film')
    await writer.commit()
    await settle(packaging)
    t.match(fileOf(movie).hls, { state: 'processing', progress: 0.4 }, 'somebody may still be at it')
    clock.advance(61_000)
    await settle(packaging)
    t.match(fileOf(movie).hls, { state: 'ready', progress: 1, claim: null, packages: [{ audioCount: 1 }] })
    t.equal(await storage.stat(leftover), null, 'nothing is left of what it had written')
  })

  t.test('files from before packaging are taken up too', async (t) => {
    const movie = await addMovie(app, admin)
    await Media.collection.updateOne({ _id: new Types.ObjectId(movie) }, {
      $unset: { 'files.0.hls': '', 'files.0.audioTracks': '' },
    })
    await catalogue.reloadTitle(movie)
    t.match((await admin.get(`/v1/movies/${movie}`)).body.mediaFiles, [{
      audioTracks: [],
      hls: { state: 'processing' },
    }])
    await settle(packaging)
    t.match(fileOf(movie).hls, { state: 'ready' })
  })

  t.test('two processes package a file once', async (t) => {
    const movie = await addMovie(app, admin)
    const other = secondProcess(t, app)
    await Promise.all([packaging.processPending(), other.processPending()])
    await Promise.all([packaging.onIdle(), other.onIdle()])
    t.equal(fileOf(movie).hls!.packages.length, 1)
    t.match(fileOf(movie).hls, { state: 'ready' })
  })

  t.test('an upload is packaged by itself where packaging runs by itself', async (t) => {
    const movie = await addMovie(app, admin)
    const eager = secondProcess(t, app)
    eager.enqueue(movie, fileOf(movie).id)
    await eager.onIdle()
    t.match(fileOf(movie).hls, { state: 'ready' })
  })

  t.test('a file that turns out to be damaged fails and is not there for members; packaging goes on', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    t.match(await send(movie, withLyingSample()), { status: 201, body: { state: 'ready' } }, 'its ends look well')
    const good = await addMovie(app, admin)
    await settle(packaging)
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

  t.test('a file that only HLS does not take is played as it is', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    t.match(await send(movie, await vp8Film()), { status: 201 })
    await settle(packaging)
    t.match((await admin.get(`/v1/movies/${movie}`)).body.mediaFiles, [{
      state: 'ready',
      failure: null,
      hls: { state: 'failed', reason: { code: 'picture-codec' } },
    }])
    t.match((await play(await signUp(app), movie)).body, { url: String, hlsUrl: null })
  })

  t.test('a film that is deleted while it is packaged leaves nothing', async (t) => {
    const movie = await addMovie(app, admin)
    const { id } = fileOf(movie)
    const packing = settle(packaging)
    await admin.delete(`/v1/admin/movies/${movie}`)
    await packing
    t.equal(await Media.findById(movie), null)
    const left = readdirSync(path.join(config.dataDir, 'media'), { recursive: true }).map(String)
    t.strictSame(left.filter((name) => name.includes(id)), [])
  })

  t.test('a storage that fails leaves the file waiting, and the next sweep packages it', async (t) => {
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
    await settle(broken)
    await broken.close()
    t.match(fileOf(movie).hls, { state: 'processing' })
    await settle(packaging)
    t.match(fileOf(movie).hls, { state: 'ready' })
  })
})
