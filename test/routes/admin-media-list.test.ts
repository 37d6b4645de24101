import mongoose from 'mongoose'
import t from 'tap'
import { Media } from '../../models/media.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

const URL = '/v1/admin/media'

t.test('media files and background work for administrators', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const alien = await addMovie(app, admin, { title: 'Alien' }, ['480p-en', '1080p-en'])
  const show = await addShow(app, admin, { title: 'Chernobyl' })
  const list = async (query = '') => (await admin.get(`${URL}${query}`)).body
  const count = async (job: string, state: string): Promise<number> =>
    (await admin.get('/v1/admin/jobs')).body.items.find((one: any) => one.job === job && one.state === state).count

  t.test('files wait to be packaged', async (t) => {
    const { items } = await list('?state=processing&limit=100')
    t.equal(items.length, 1 + show.episodes.length)
    t.equal(await count('packaging', 'waiting'), items.length)
    const movie = items.find((one: any) => one.itemId === alien)
    t.match(movie, { title: 'Alien', titleId: alien, kind: 'movie', season: null, episode: null, newestAt: String })
    t.equal(movie.files.length, 2)
    t.match(movie.files[0], { state: 'ready', hls: { state: 'processing', progress: 0, reason: null } })
    const episode = items.find((one: any) => one.itemId === show.episodes[0])
    t.match(episode, { title: 'Chernobyl', titleId: show.id, kind: 'episode', season: 1, episode: 1 })
  })

  t.test('packaged and failed files are in other lists', async (t) => {
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    t.strictSame((await list('?state=processing')).items, [])
    t.equal(await count('packaging', 'waiting'), 0)
    const [broken] = (await list('?state=ready&limit=100')).items.find((one: any) => one.itemId === alien).files
    const failure = { code: 'damaged', text: 'The file is damaged.' }
    await Media.updateOne({ _id: alien }, {
      $set: { 'files.$[file].hls.state': 'failed', 'files.$[file].hls.failure': failure },
    }, { arrayFilters: [{ 'file._id': new mongoose.Types.ObjectId(broken.id) }] })
    const failed = (await list('?state=failed')).items
    t.match(failed, [{ itemId: alien, files: [{ id: broken.id, hls: { state: 'failed', reason: failure } }] }])
    t.equal(failed[0].files.length, 1, 'without the other file, which is ready')
    t.equal(await count('packaging', 'failed'), 1)
    t.equal((await admin.post(`${URL}/${broken.id}/package`)).status, 202)
    t.strictSame((await list('?state=failed')).items, [])
  })

  t.test('pages contain each item once', async (t) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(`?limit=2${cursor}`)
      seen.push(...page.items.map((one: any) => one.itemId))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
    } while (cursor !== '')
    t.equal(seen.length, 1 + show.episodes.length)
    t.equal(new Set(seen).size, seen.length)
  })

  t.test('masters that wait, run or failed are counted', async (t) => {
    for (const state of ['waiting', 'running', 'failed', 'done', 'cancelled'] as const) {
      await addEncodingJob({ itemId: alien }, { state })
    }
    t.equal(await count('encoding', 'waiting'), 2)
    t.equal(await count('encoding', 'failed'), 1)
  })

  t.test('detections of markers that wait, run or failed are counted', async (t) => {
    for (const [i, state] of (['waiting', 'running', 'failed', 'done', 'skipped'] as const).entries()) {
      await addMarkerDetection({ titleId: show.id, season: i + 1 }, { state })
    }
    t.equal(await count('markers', 'waiting'), 2)
    t.equal(await count('markers', 'failed'), 1)
  })

  t.test('uploads and emails are counted', async (t) => {
    t.equal(await count('upload', 'waiting'), 0)
    t.equal(await count('upload', 'failed'), 0)
    t.equal(await count('email', 'waiting'), 0)
  })

  t.test('they are for the staff', async (t) => {
    const kim = await signUp(app)
    expectProblem(t, await kim.get(URL), 'forbidden', 403)
    expectProblem(t, await kim.get('/v1/admin/jobs'), 'forbidden', 403)
    expectProblem(t, await admin.get(`${URL}?state=other`), 'validation-failed', 400)
  })
})
