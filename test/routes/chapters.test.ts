// Chapters that people set, in the pages of titles, in playbacks, previews and the export of the catalogue.
import { Types } from 'mongoose'
import t from 'tap'
import { Movie } from '../../models/movie.js'
import { Show, type StoredShow } from '../../models/show.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

const CHAPTERS = [{ startMs: 0, title: 'The caller' }, { startMs: 20_000, title: 'The agents' }]
/** Those of a master. */
const STORED = { list: CHAPTERS, master: new Types.ObjectId() }

t.test('chapters', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const findMovie = async (id: string) => (await Movie.findById(id).lean())?.chapters ?? null
  const addMovieOfMaster = async (): Promise<string> => {
    const id = await addMovie(app, admin, {}, [])
    await Movie.updateOne({ _id: id }, { $set: { chapters: STORED } })
    return id
  }

  t.test('of a movie are sorted, and shown where the movie is played', async (t) => {
    const id = await addMovie(app, admin)
    t.strictSame((await kim.get(`/v1/movies/${id}`)).body.chapters, [])
    t.strictSame((await play(kim, id)).body.chapters, [])
    const sent = [{ startMs: 20_000, title: ' The agents ' }, { startMs: 0, title: 'The caller' }]
    const { body } = await admin.patch(`/v1/admin/movies/${id}`, { chapters: sent })
    t.strictSame(body.chapters, CHAPTERS)
    t.strictSame((await kim.get(`/v1/movies/${id}`)).body.chapters, CHAPTERS)
    t.strictSame((await play(kim, id)).body.chapters, CHAPTERS)
    t.strictSame((await admin.post('/v1/admin/previews', { itemId: id })).body.chapters, CHAPTERS)
  })

  t.test('of an episode too', async (t) => {
    const { id, episodes: [first = '', second = ''] } = await addShow(app, admin)
    const url = `/v1/admin/shows/${id}/seasons/1/episodes/1`
    t.strictSame((await admin.patch(url, { chapters: CHAPTERS })).body.chapters, CHAPTERS)
    t.strictSame((await play(kim, first)).body.chapters, CHAPTERS)
    t.strictSame((await play(kim, second)).body.chapters, [])
    const season = (await kim.get(`/v1/shows/${id}/seasons/1`)).body
    t.strictSame(season.episodes.map(({ chapters }: { chapters: unknown[] }) => chapters.length), [2, 0])
    t.strictSame((await admin.put(url, { title: 'Replaced' })).body.chapters, [], 'a replacement without chapters')
  })

  t.test('are validated', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const url = `/v1/admin/movies/${id}`
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ startMs: i, title: `Chapter ${i}` }))
    const invalid = [
      [{ startMs: 5, title: 'A' }, { startMs: 9, title: 'B' }, { startMs: 5, title: 'C' }],
      [{ startMs: -1, title: 'A' }],
      [{ startMs: 0.5, title: 'A' }],
      [{ startMs: 0, title: ' ' }],
      [{ startMs: 0, title: 'A'.repeat(201) }],
      [{ startMs: 0 }],
      [{ startMs: 0, title: 'A', endMs: 5 }],
      many(201),
    ]
    for (const chapters of invalid) expectProblem(t, await admin.patch(url, { chapters }), 'validation-failed', 400)
    const { body } = await admin.patch(url, { chapters: invalid[0] })
    t.equal(body.errors[0].pointer, '/chapters/2/startMs')
    t.equal((await admin.patch(url, { chapters: many(200) })).body.chapters.length, 200)
    expectProblem(t, await kim.patch(url, { chapters: CHAPTERS }), 'forbidden', 403)
  })

  t.test('that a master gave stay its own until people change them', async (t) => {
    const id = await addMovieOfMaster()
    const url = `/v1/admin/movies/${id}`
    await admin.patch(url, { title: 'Renamed' })
    t.match(await findMovie(id), STORED, 'another field changed')
    await admin.put(url, { title: 'Replaced' })
    t.match(await findMovie(id), STORED, 'a replacement without chapters')
    await admin.patch(url, { chapters: CHAPTERS })
    t.match(await findMovie(id), STORED, 'the same chapters')
    await admin.patch(url, { chapters: CHAPTERS.slice(0, 1) })
    t.strictSame(await findMovie(id), { list: CHAPTERS.slice(0, 1), master: null })
    await admin.patch(url, { chapters: [] })
    t.strictSame(await findMovie(id), { list: [], master: null }, 'an empty list is a decision')
    await admin.patch(url, { chapters: null })
    t.equal(await findMovie(id), null)
  })

  t.test('are part of the export, and an import of it changes nothing', async (t) => {
    const ids = { edited: await addMovie(app, admin, { chapters: CHAPTERS }, []), none: await addMovieOfMaster() }
    await admin.patch(`/v1/admin/movies/${ids.none}`, { chapters: [] })
    const ofMaster = await addMovieOfMaster()
    const show = await addShow(app, admin, {}, [])
    await Show.collection.updateOne({ _id: new Types.ObjectId(show.id) }, {
      $set: { 'seasons.1.episodes.0.chapters': STORED },
    })
    const body = (await app.inject({
      url: '/v1/admin/export',
      headers: { authorization: `Bearer ${admin.token}` },
    })).body
    const lines = body.trim().split('\n').map((line) => JSON.parse(line) as { id: string, chapters?: unknown })
    const chaptersOf = (id: string): unknown => lines.find((line) => line.id === id)?.chapters
    t.strictSame([chaptersOf(ids.edited), chaptersOf(ids.none), chaptersOf(ofMaster)], [CHAPTERS, [], CHAPTERS])
    for (const mode of ['merge', 'replace']) {
      const headers = { 'content-type': 'application/x-ndjson' }
      const url = `/v1/admin/import?mode=${mode}`
      const imported = await call(app, 'POST', url, { token: admin.token, body: Buffer.from(body), headers })
      t.match(imported.body, { total: lines.length, updated: 0, unchanged: lines.length, created: 0 }, mode)
    }
    t.match(await findMovie(ofMaster), STORED)
    const stored = await Show.findById(show.id).lean() as unknown as StoredShow
    t.match(stored.seasons[1]?.episodes[0]?.chapters, STORED)
    t.strictSame(await findMovie(ids.none), { list: [], master: null })
  })

  t.test('are checked by the model on every save', async (t) => {
    const movie = new Movie({ title: 'Heat', chapters: { list: CHAPTERS.toReversed(), master: null } })
    await t.rejects(movie.save(), /out of order/)
    const show = new Show({
      title: 'Heimat',
      seasons: [{ number: 1, episodes: [{ number: 1, title: 'A', chapters: { list: [{ startMs: 0, title: '' }] } }] }],
    })
    await t.rejects(show.save(), /incomplete/)
  })
})
