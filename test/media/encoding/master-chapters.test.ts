// Chapters of masters: they become chapters of the movie or episode, unless people set some.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { Movie } from '../../../models/movie.js'
import { addMovie, addShow } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from './programs.js'

const skip = await skipWithoutFfmpeg()

t.test('chapters of masters', { skip }, async (t) => {
  const folder = t.testdir({})

  /** A master of six seconds. @param chapters start in ms and title */
  async function makeMaster (chapters: ReadonlyArray<readonly [number, string | null]>, name: string, size = 320) {
    const ends = [...chapters.slice(1).map(([startMs]) => startMs), 6_000]
    const entries = chapters.map(([startMs, title], i) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startMs}\nEND=${ends[i]}\n${title === null ? '' : `title=${title}\n`}`
    )
    writeFileSync(path.join(folder, 'chapters.txt'), `;FFMETADATA1\n${entries.join('')}`)
    await makeFile(folder, [
      ...['-f', 'lavfi', '-i', `testsrc=size=${size}x180:rate=25:duration=6`],
      ...['-f', 'ffmetadata', '-i', 'chapters.txt', '-map', '0', '-map_chapters', '1', '-c:v', 'mpeg4', name],
    ])
    return readFileSync(path.join(folder, name))
  }

  const test = await startEncodingApp(t)
  const { app, admin } = test
  const kim = await signUp(app)
  const titled = await makeMaster([[0, 'Prologue'], [2_000, 'Über den Dächern'], [4_500, 'Epilogue']], 'titled.mkv')
  const readChapters = async (movie: string) => (await kim.get(`/v1/movies/${movie}`)).body.chapters
  const expected = [
    { startMs: 0, title: 'Prologue' },
    { startMs: 2_000, title: 'Über den Dächern' },
    { startMs: 4_500, title: 'Epilogue' },
  ]

  await t.test('become those of the movie', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, titled)
    await encodeMasters(test)
    t.strictSame(await readChapters(movie), expected)
    t.strictSame((await play(kim, movie)).body.chapters, expected)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('become those of the episode, with names where the file has none', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const master = await makeMaster([[0, null], [3_000, '00:00:03.000']], 'untitled.mp4')
    const { status } = await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/1/episodes/2/media?role=master`, {
      token: admin.token,
      body: master,
      headers: { 'content-type': 'application/octet-stream' },
    })
    t.equal(status, 202)
    await encodeMasters(test)
    t.strictSame((await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/2`)).body.chapters, [
      { startMs: 0, title: 'Chapter 1' },
      { startMs: 3_000, title: 'Chapter 2' },
    ])
    t.strictSame((await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/1`)).body.chapters, [])
  })

  await t.test('never replace those of people', async (t) => {
    const [movie, emptied] = [await addMovie(app, admin, {}, []), await addMovie(app, admin, {}, [])]
    const chapters = [{ startMs: 1_000, title: 'By hand' }]
    await admin.patch(`/v1/admin/movies/${movie}`, { chapters })
    await admin.patch(`/v1/admin/movies/${emptied}`, { chapters: [] })
    await uploadMaster(test, movie, titled)
    await uploadMaster(test, emptied, titled)
    await encodeMasters(test)
    t.strictSame(await readChapters(movie), chapters)
    t.strictSame(await readChapters(emptied), [])
  })

  await t.test('are replaced with their master, and go with it', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, titled)
    await encodeMasters(test)
    await uploadMaster(test, movie, await makeMaster([[0, 'One'], [1_000, 'Two']], 'second.mkv'))
    await encodeMasters(test)
    t.match(await readChapters(movie), [{ title: 'One' }, { startMs: 1_000 }])
    await encodeMasters(test)
    await uploadMaster(test, movie, await makeMaster([], 'third.mkv', 322))
    await encodeMasters(test)
    t.strictSame(await readChapters(movie), [])
    t.equal((await Movie.findById(movie).lean())?.chapters, undefined)
  })

  await t.test('of another edition do not replace those of the usual one', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, titled)
    await encodeMasters(test)
    const other = await makeMaster([[0, 'One'], [1_000, 'Two']], 'other.mkv')
    await uploadMaster(test, movie, other, '&edition=Final%20Cut')
    await encodeMasters(test)
    t.strictSame(await readChapters(movie), expected)
  })
})
